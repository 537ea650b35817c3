"""The one pass finds what plain Great Expectations finds: for every allowed type, on every kind of frame."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pytest
from judging import found, judged_as_written, rides
from pyspark.sql import SparkSession

from krn.gate import Expectation, Result, Suite, judge
from krn.gate.vocabulary import ALLOWED

SCHEMA = (
    "id string, part int, units int, amount decimal(18,4), net decimal(18,4), ratio double, day date, at timestamp, "
    "code string"
)


def row(
    name: str | None,
    part: int,
    units: int | None,
    amount: str | None,
    net: str | None = None,
    days: int | None = 1,
    ratio: float | None = None,
):
    money = [Decimal(text) if text else None for text in (amount, net or amount)]
    day = date(2026, 1, days) if days else None
    at = datetime(2026, 1, days, 12, tzinfo=UTC) if days else None
    eighth = units / 8 if units is not None else None
    return (name, part, units, *money, eighth if ratio is None else ratio, day, at, "abc"[part])


FRAMES = {
    "clean": [row("a", 1, 1, "1.10"), row("b", 1, 2, "2.00", "1.50"), row("c", 2, 3, "0.29", "0.10")],
    "dirty": [
        row("a", 1, 0, "-1.10", "0.50"),
        row("a", 1, 99, "200.00"),
        row("zz\n", 2, 3, "0.30", days=31),
        row("", 1, 2, "0.28"),
        row(None, 1, None, None, "1.00", days=None),
        row(None, 2, None, None, days=None),
    ],
    "voids": [row("a", 1, None, None, days=None), row("b", 2, None, None, days=None)],
    "nulls": [
        row(None, 1, None, None, days=None),
        row("a", 2, None, "1.00", days=None),
        row(None, 1, 5, None, "1.00"),
        row(None, 2, 1, "3.00"),
    ],
    "floats": [row("a", 1, 1, "1.00", ratio=of) for of in (0.125, float("nan"), float("nan"), float("inf"), -0.0, 0.0)],
    "empty": [],
}

Cases = dict[str, tuple[str, dict[str, object]]]

_BOUNDS = {"min_value": 1, "max_value": 5}
_ROW: Cases = {
    "not-null": ("expect_column_values_to_not_be_null", {"column": "id"}),
    "null": ("expect_column_values_to_be_null", {"column": "id"}),
    "in-set": ("expect_column_values_to_be_in_set", {"column": "id", "value_set": ["a", "b", "c"]}),
    "in-set-of-money": ("expect_column_values_to_be_in_set", {"column": "amount", "value_set": [1.1, 2, 0.29]}),
    "in-set-of-days": ("expect_column_values_to_be_in_set", {"column": "day", "value_set": [date(2026, 1, 1)]}),
    "not-in-set": ("expect_column_values_to_not_be_in_set", {"column": "id", "value_set": ["zz\n"]}),
    "between": ("expect_column_values_to_be_between", {"column": "units", **_BOUNDS}),
    "between-strict": (
        "expect_column_values_to_be_between",
        {"column": "units", **_BOUNDS, "strict_min": True, "strict_max": True},
    ),
    "between-money": ("expect_column_values_to_be_between", {"column": "amount", "min_value": 0.29}),
    "between-floats": ("expect_column_values_to_be_between", {"column": "ratio", "max_value": 0.375}),
    "between-days": ("expect_column_values_to_be_between", {"column": "day", "max_value": date(2026, 1, 30)}),
    "between-instants": (
        "expect_column_values_to_be_between",
        {"column": "at", "max_value": datetime(2026, 1, 1, 12, tzinfo=UTC)},
    ),
    "regex": ("expect_column_values_to_match_regex", {"column": "id", "regex": r"^[a-z]+\z"}),
    "not-regex": ("expect_column_values_to_not_match_regex", {"column": "id", "regex": "z"}),
    "lengths": ("expect_column_value_lengths_to_be_between", {"column": "id", "min_value": 1, "max_value": 2}),
    "length": ("expect_column_value_lengths_to_equal", {"column": "id", "value": 1}),
    "equal": ("expect_column_pair_values_to_be_equal", {"column_A": "amount", "column_B": "net"}),
    "equal-where-both": (
        "expect_column_pair_values_to_be_equal",
        {"column_A": "amount", "column_B": "net", "ignore_row_if": "either_value_is_missing"},
    ),
    "equal-always": (
        "expect_column_pair_values_to_be_equal",
        {"column_A": "amount", "column_B": "net", "ignore_row_if": "neither"},
    ),
    "greater": ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "amount", "column_B": "net"}),
    "not-less": (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "amount", "column_B": "net", "or_equal": True},
    ),
    "any-regex": (
        "expect_column_values_to_match_regex_list",
        {"column": "id", "regex_list": [r"^[ab]\z", r"^c\z"], "match_on": "any"},
    ),
    "all-regexes": (
        "expect_column_values_to_match_regex_list",
        {"column": "id", "regex_list": [r"^[a-c]\z", r"^\w+\z"], "match_on": "all"},
    ),
    "no-regex": ("expect_column_values_to_not_match_regex_list", {"column": "id", "regex_list": ["^z", r"^\z"]}),
    "pairs": (
        "expect_column_pair_values_to_be_in_set",
        {"column_A": "part", "column_B": "code", "value_pairs_set": [[1, "b"]]},
    ),
    "many-equal": (
        "expect_multicolumn_values_to_be_equal",
        {"column_list": ["amount", "net"], "ignore_row_if": "any_value_is_missing"},
    ),
    "many-differ": (
        "expect_select_column_values_to_be_unique_within_record",
        {"column_list": ["id", "code"], "ignore_row_if": "never"},
    ),
    "many-sum": ("expect_multicolumn_sum_to_equal", {"column_list": ["part", "units"], "sum_total": 2}),
    "many-sum-with-a-fraction": (
        "expect_multicolumn_sum_to_equal",
        {"column_list": ["part", "units"], "sum_total": 0.2},
    ),
    "many-sum-of-money": ("expect_multicolumn_sum_to_equal", {"column_list": ["amount", "net"], "sum_total": 2.2}),
}
_TABLE: Cases = {
    "min": ("expect_column_min_to_be_between", {"column": "units", **_BOUNDS}),
    "min-day": ("expect_column_min_to_be_between", {"column": "day", "min_value": date(2026, 1, 1)}),
    "max": ("expect_column_max_to_be_between", {"column": "amount", "max_value": 2}),
    "mean": ("expect_column_mean_to_be_between", {"column": "amount", "min_value": 0.1, "max_value": 1.13}),
    "sum": ("expect_column_sum_to_be_between", {"column": "amount", "max_value": 3.39}),
    "sum-of-whole": ("expect_column_sum_to_be_between", {"column": "units", "max_value": 7, "strict_max": True}),
    "median": ("expect_column_median_to_be_between", {"column": "units", "min_value": 1, "max_value": 2}),
    "stdev": ("expect_column_stdev_to_be_between", {"column": "units", "max_value": 1.5}),
    "present": ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "id", "min_value": 0.9}),
    "distinct": ("expect_column_unique_value_count_to_be_between", {"column": "id", "min_value": 3}),
    "distinct-share": (
        "expect_column_proportion_of_unique_values_to_be_between",
        {"column": "id", "max_value": 0.75, "strict_max": True},
    ),
    "share": ("expect_column_share_in_set_to_be_between", {"column": "id", "value_set": ["a"], "max_value": 0.4}),
    "share-of-money": (
        "expect_column_share_in_set_to_be_between",
        {"column": "amount", "value_set": [1.1, 0.29], "min_value": 0.5},
    ),
    "percentile": ("expect_column_percentile_to_be_between", {"column": "units", "percentile": 0.5, "max_value": 2}),
    "percentile-of-money": (
        "expect_column_percentile_to_be_between",
        {"column": "amount", "percentile": 0.9, "min_value": 1.5, "max_value": 1.9, "strict_max": True},
    ),
    "rows": ("expect_table_row_count_to_be_between", {"min_value": 3, "max_value": 3}),
    "rows-equal": ("expect_table_row_count_to_equal", {"value": 6}),
}
_KEY: Cases = {
    "key": ("expect_key_to_be_unique", {"columns": ["id"]}),
    "key-of-two": ("expect_key_to_be_unique", {"columns": ["id", "part"]}),
}
#: Of the dirty rows two have one id and two have none; a condition may leave them out, or be null of them.
_KEY_WHERE: Cases = {
    f"key where {condition}": (
        "expect_key_to_be_unique",
        {"columns": ["id"], "row_condition": condition, "condition_parser": "spark"},
    )
    for condition in ("units > 1", "units IS NULL", "units < 100")
}


def _where(cases: Cases, **kwargs: object) -> Cases:
    """One case of each type, with a condition and more arguments, where the type heeds them."""
    one_each = {kind: (name, given) for name, (kind, given) in cases.items()}
    return {f"{name} where": (kind, {**given, **_heeded(kind, kwargs)}) for kind, (name, given) in one_each.items()}


def _heeded(kind: str, kwargs: dict[str, object]) -> dict[str, object]:
    more = {"row_condition": "part = 1 OR units IS NULL", "condition_parser": "spark", **kwargs}
    return {name: value for name, value in more.items() if ALLOWED[kind].may.get(name, "unheeded") != "unheeded"}


#: Of a column that holds what is no number, or is beyond all.
_FLOATS: Cases = {
    "float-not-null": ("expect_column_values_to_not_be_null", {"column": "ratio"}),
    "float-between": ("expect_column_values_to_be_between", {"column": "ratio", "min_value": 0}),
    "float-in-set": ("expect_column_values_to_be_in_set", {"column": "ratio", "value_set": [0.125, 0.25]}),
    "float-min": ("expect_column_min_to_be_between", {"column": "ratio", "min_value": 0}),
    "float-max": ("expect_column_max_to_be_between", {"column": "ratio", "max_value": 1}),
    "float-mean": ("expect_column_mean_to_be_between", {"column": "ratio", "max_value": 1}),
    "float-sum": ("expect_column_sum_to_be_between", {"column": "ratio", "max_value": 1}),
    "float-stdev": ("expect_column_stdev_to_be_between", {"column": "ratio", "max_value": 1}),
    "float-distinct": ("expect_column_unique_value_count_to_be_between", {"column": "ratio", "max_value": 2}),
    "float-key": ("expect_key_to_be_unique", {"columns": ["ratio"]}),
}

CASES = {**_ROW, **_TABLE, **_KEY, **_where(_ROW, mostly=0.5), **_where(_TABLE), **_KEY_WHERE}
#: Of columns without any value.
_VOIDS = {name: CASES[name] for name in ("between", "between-days", "equal", "min-day", "mean", "median", "distinct")}
OF_FRAMES = {**dict.fromkeys(FRAMES, CASES), "floats": _FLOATS, "voids": _VOIDS}
#: Plain Great Expectations takes 10 s for each frame; the dirty one has nulls as well.
SLOW = {"nulls": pytest.mark.slow}
PAIRS = [pytest.param(frame, case, marks=SLOW.get(frame, ())) for frame, cases in OF_FRAMES.items() for case in cases]
Results = Callable[[str], tuple[Result, Result]]


def suite(cases: Cases) -> Suite:
    return Suite("silver.things", tuple(Expectation(name, *said, "critical") for name, said in cases.items()))


@pytest.fixture(scope="module")
def results(spark: SparkSession) -> Results:
    """By frame, what the one pass and what plain Great Expectations finds."""

    @cache
    def of(name: str) -> tuple[Result, Result]:
        frame, asked = spark.createDataFrame(FRAMES[name], SCHEMA), suite(OF_FRAMES[name])
        return judge(asked, frame), judge(asked, frame, engine="plain")

    return of


def _found(result: Result, case: str) -> tuple[object, ...]:
    return found(next(check for check in result.checks if check.id == case))


@pytest.mark.parametrize(("frame", "case"), PAIRS)
def test_one_pass_finds_what_plain_great_expectations_finds(results, frame, case):
    fused, plain = results(frame)
    assert _found(fused, case) == _found(plain, case)
    assert _found(fused, case)[-1] == ""


@pytest.mark.parametrize("frame", ["clean", "dirty", pytest.param("nulls", marks=SLOW["nulls"]), "floats"])
def test_what_is_counted_while_it_is_written_is_what_the_one_pass_finds(spark, results, tmp_path, frame):
    """But for sums, shares, percentiles and distinct values, which take a pass of their own."""
    rows = spark.createDataFrame(FRAMES[frame], SCHEMA)
    riding = {case: said for case, said in OF_FRAMES[frame].items() if rides(rows, suite({case: said}))}
    written = judged_as_written(suite(riding), rows, tmp_path)
    assert (written.rows, len(riding) >= 5) == (len(FRAMES[frame]), True)
    assert [_found(written, case) for case in riding] == [_found(results(frame)[0], case) for case in riding]


def test_every_allowed_type_is_compared():
    assert {kind for kind, _ in CASES.values()} == set(ALLOWED)


def test_the_frames_make_every_case_fail_and_pass(results):
    of = [results(frame)[0] for frame in ("clean", "dirty", "empty")]
    outcomes = {case: {_found(fused, case)[0] for fused in of} for case in (*_ROW, *_TABLE, *_KEY)}
    assert [case for case, seen in outcomes.items() if seen != {True, False}] == []
