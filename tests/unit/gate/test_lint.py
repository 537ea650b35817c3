"""Lint names each mistake in a suite before any data is read."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    StringType,
    StructType,
    TimestampType,
)

from krn.gate import Expectation, Number, Suite, lint
from krn.gate.coverage import gaps
from krn.gate.regex import fault
from krn.gate.vocabulary import ALLOWED, BANNED
from krn.tables.table import Column, Table

TYPES: dict[str, DataType] = {
    "id": StringType(),
    "units": IntegerType(),
    "amount": DecimalType(18, 4),
    "ratio": DoubleType(),
    "is_open": BooleanType(),
    "day": DateType(),
    "at": TimestampType(),
    "parts": StructType(),
}
SOURCE = Table("silver.source", "", key=(), columns=(Column("id", StringType(), ""),))
TABLE = Table(
    "silver.things",
    "",
    key=("id",),
    columns=tuple(Column(name, of, "") for name, of in TYPES.items()),
    inputs={"source": SOURCE},
)
IN_SET, BETWEEN = "expect_column_values_to_be_in_set", "expect_column_values_to_be_between"
SHARE, MAX = "expect_column_share_in_set_to_be_between", "expect_column_max_to_be_between"
PERCENTILE, ROW_COUNT = "expect_column_percentile_to_be_between", "expect_table_row_count_to_be_between"
USUAL_HIGH = {"$PARAMETER": "usual_high"}
REGEX, NOT_NULL = "expect_column_values_to_match_regex", "expect_column_values_to_not_be_null"
REGEXES, PRESENT = f"{REGEX}_list", "expect_column_proportion_of_non_null_values_to_be_between"
EQUAL, SUM = "expect_column_pair_values_to_be_equal", "expect_multicolumn_sum_to_equal"
STDEV = "expect_column_stdev_to_be_between"
PAIRS, GREATER = "expect_column_pair_values_to_be_in_set", "expect_column_pair_values_a_to_be_greater_than_b"


def said(kind: str, severity: str = "warning", **kwargs: object) -> Expectation:
    return Expectation("e", kind, kwargs, severity, description="what", notes="why")


def problems(*expectations: Expectation, **parts: object) -> tuple[str, ...]:
    """What is wrong but for the key and columns that nobody judges: these have their own tests."""
    suite = Suite("silver.things", expectations, **parts)
    of_coverage = set(gaps(suite, TABLE))
    return tuple(str(fault) for fault in lint(suite, TABLE) if fault not in of_coverage)


RIGHT = said(NOT_NULL, column="id")


def test_a_suite_without_mistakes_has_no_problems():
    right = (
        RIGHT,
        replace(said(BETWEEN, "critical", column="amount", min_value=0.5, mostly=1.0), id="b"),
        replace(said("expect_key_to_be_unique", "critical", columns=["id", "day"]), id="c"),
        replace(
            said("expect_key_to_be_unique", columns=["id"], row_condition="units > 1", condition_parser="spark"),
            id="c2",
        ),
        replace(said("expect_table_row_count_to_be_between", min_value={"$PARAMETER": "usual_low"}), id="d"),
        replace(
            said(IN_SET, column="id", value_set=["a"], row_condition="units > 1", condition_parser="spark"), id="e2"
        ),
    )
    equal = replace(said("expect_column_pair_values_to_be_equal", column_A="here", column_B="there"), id="f")
    numbers = (Number("here", "this", "count(*)"), Number("there", "source", "count(*)"))
    assert problems(*right, numbers=numbers, reconcile=(equal,)) == ()


@pytest.mark.parametrize(
    ("expectation", "problem"),
    [
        (replace(RIGHT, unknown=("severty",)), "e: unknown key severty: write severity"),
        (replace(RIGHT, id=""), f"{NOT_NULL}: no id: write"),
        (replace(RIGHT, description=""), "e: no description: write what holds"),
        (replace(RIGHT, notes=""), "e: no notes: write the reason to care"),
        (replace(RIGHT, severity=""), "e: no severity: write one of critical, warning, info"),
        (replace(RIGHT, severity="fatal"), "e: no severity fatal: write one of critical, warning, info"),
        (said("expect_the_unexpected"), "e: unknown type expect_the_unexpected: docs/reference"),
        (said("expect_column_values_to_not_be_nul", column="id"), f"e: unknown type {NOT_NULL[:-1]}: write {NOT_NULL}"),
        (said(NOT_NULL), "e: no argument column: write it"),
        (said(NOT_NULL, column="id", colum="id"), "e: unknown argument colum: write column"),
        (said(IN_SET, "critical", column="id", value_set=["a"]), "e: critical without mostly"),
        (said(BETWEEN, column="units"), "e: neither min_value nor max_value"),
        (said(NOT_NULL, column="nope"), "e: column nope is unknown; known: id, units"),
        (said(NOT_NULL, column=["id"]), "e: column ['id'] is unknown; known: id, units"),
        (said(NOT_NULL, column={"id": 1}), "e: column {'id': 1} is unknown"),
        (said("expect_key_to_be_unique", columns=["id", ["day"]]), "e: columns ['day'] is unknown"),
        (said(IN_SET, column="id", value_set=["a", ["b"]]), "e: value_set ['b'] does not fit a string column"),
        (said(REGEXES, column="id", regex_list=[[r"^a\z"]]), "e: regex_list is a text"),
        (said(PAIRS, column_A="id", column_B="units", value_pairs_set=[[["a"], 1]]), "e: value_pairs_set: ['a'] does"),
        (said("expect_key_to_be_unique", columns=["id", "nope"]), "e: columns nope is unknown"),
        (said("expect_key_to_be_unique", columns="id"), "e: columns is a list of columns"),
        (said("expect_column_pair_values_to_be_equal", column_A="id", column_B="nope"), "e: column_B nope is unknown"),
        (
            said("expect_column_pair_values_to_be_equal", column_A="units", column_B="amount", ignore_row_if="never"),
            "e: ignore_row_if is",
        ),
        (said(NOT_NULL, column="id", mostly=0), "e: mostly is a share"),
        (said(NOT_NULL, column="id", mostly=1.5), "e: mostly is a share"),
        (said(BETWEEN, "critical", column="units", min_value=1, mostly=0.2), "e: mostly 0.2 lets most rows differ"),
        (said(IN_SET, column="is_open", value_set=[True, False]), "e: value_set is all that there is"),
        *(
            (said(REGEX, column="id", regex=regex), "e: regex passes almost anything")
            for regex in (r"^(?s:.)*\z", r"^[\s\S]{1,}\z", r"^.{0,299}\z", r"^[^~]*\z", r"^[^@]+\z")
        ),
        (said(STDEV, column="units", min_value=0), "e: its range passes anything"),
        (said(STDEV, column="units", min_value=-1), "e: min_value is a number from 0"),
        (said(NOT_NULL, column="id", row_condition=" "), "e: row_condition is text"),
        (
            said(NOT_NULL, column="id", row_condition="is_open", condition_parser="pandas"),
            "e: condition_parser is spark",
        ),
        (said(BETWEEN, column="units", min_value=1, strict_min="yes"), "e: strict_min is true or false"),
        (said("expect_table_row_count_to_equal", value=1.5), "e: value is a whole number"),
        (said("expect_column_mean_to_be_between", column="amount", min_value="1"), "e: min_value is a number"),
        (
            said("expect_column_mean_to_be_between", column="id", min_value=1),
            "e: string column; this type is for number columns",
        ),
        (
            said("expect_column_max_to_be_between", column="id", min_value="a"),
            "e: string column; this type is for ordered columns",
        ),
        (said(REGEX, column="units", regex=r"^1\z"), "e: int column; this type is for text columns"),
        (said(IN_SET, column="id", value_set=[]), "e: value_set is a list of values"),
        (said(REGEX, column="id", regex="^a$"), "e: regex is searched for, not matched"),
        (said(REGEXES, column="id", regex_list=[r"^a\z", "b"]), "e: regex_list is searched for, not matched"),
        (said(REGEXES, column="id", regex_list=[]), "e: regex_list is a list of regular expressions"),
        (said(REGEXES, column="id", regex_list=[r"^a\z"], match_on="some"), "e: match_on is any or all"),
        (said(BETWEEN, column="units", min_value=3, max_value=1), "e: nothing lies between 3 and 1"),
        (said(BETWEEN, column="units", min_value=1, max_value=1, strict_max=True), "e: nothing lies between 1 and 1"),
        (
            said(BETWEEN, column="units", min_value=1, max_value=2, strict_min=True, strict_max=True),
            "e: no whole number lies between 1 and 2",
        ),
        (said(BETWEEN, column="units", max_value=2**53 + 1), "e: Great Expectations makes 9007199254740993 a float"),
        (said("expect_table_row_count_to_be_between", min_value=0), "e: its range passes anything"),
        (said("expect_table_row_count_to_be_between", min_value=-1), "e: min_value is a whole number from 0"),
        (
            said("expect_column_value_lengths_to_be_between", column="id", min_value=0),
            "e: its range passes anything",
        ),
        (said(PRESENT, column="id", min_value=0, max_value=1), "e: its range passes anything"),
        (said(PRESENT, column="id", min_value=1.5), "e: min_value is a share from 0 to 1"),
        (said(IN_SET, column="id", value_set=["a", None]), "e: value_set has a null, which is in no set"),
        (said(IN_SET, column="id", value_set=["a", "a"]), "e: value_set has a value twice"),
        (said(NOT_NULL, column="id", row_condition="unit > 1"), "e: row_condition names unit; known: id, units"),
        (said(NOT_NULL, column="id", row_condition="1 = 1"), "e: row_condition names no column"),
        (said(NOT_NULL, column="id", row_condition="units = NULL"), "e: row_condition compares with null"),
        (said(NOT_NULL, column="id", row_condition="units > 5 AND units < 3"), "e: row_condition is true for no row"),
        (said(EQUAL, column_A="id", column_B="units"), "e: id is string, units is int: compare columns of one kind"),
        (said(GREATER, column_A="amount", column_B="ratio"), "e: a row with a null in one of them passes: say so"),
        (
            said(GREATER, column_A="amount", column_B="ratio", ignore_row_if="neither"),
            "e: a row with a null in one of them passes: say so (ignore_row_if: either_value_is_missing), and where",
        ),
        (said(EQUAL, column_A="id", column_B="id"), "e: id is compared with itself: name two columns"),
        (said(SUM, column_list=["units", "id"], sum_total=1), "e: string column; this type is for number columns"),
        (said(SUM, column_list=["units"], sum_total=1), "e: units is compared with itself: name two columns"),
        (said(SUM, column_list=["units", "ratio", "units"], sum_total=1), "e: column_list names a column twice"),
        (
            said(PAIRS, column_A="id", column_B="units", value_pairs_set=["a", 1]),
            "e: value_pairs_set is a list of pairs",
        ),
        (
            said(PAIRS, column_A="id", column_B="units", value_pairs_set=[["a", "1"]]),
            "e: value_pairs_set: '1' does not fit a int column: write a whole number",
        ),
        (
            said(PAIRS, column_A="id", column_B="units", value_pairs_set=[["a", 1]], row_condition="units > 1"),
            "e: row_condition is not heeded here by Great Expectations",
        ),
        (said(SHARE, column="id", value_set=["a"], max_value=1.5), "e: max_value is a share"),
        (said(SHARE, column="id", value_set=[1], max_value=0.5), "e: value_set 1 does not fit a string column"),
        (said(PERCENTILE, column="id", percentile=0.5, max_value=1), "e: string column; this type is for number"),
        (said(PERCENTILE, column="units", percentile=50, max_value=1), "e: percentile is a share"),
        (said(PERCENTILE, column="units", max_value=1), "e: no argument percentile"),
        (said(ROW_COUNT, min_value=USUAL_HIGH), "e: min_value is asked for as usual_high: min_value may be usual_low"),
        (said(ROW_COUNT, max_value={"$PARAMETER": "most"}), "e: max_value is asked for as most"),
        (said(ROW_COUNT, "critical", max_value=USUAL_HIGH), "e: critical by limits of former runs"),
        (said(BETWEEN, column="units", max_value=USUAL_HIGH), "e: limits of former runs are for a number of the whole"),
        (said(MAX, column="day", max_value=USUAL_HIGH), "e: limits of former runs are for a number of the whole"),
    ],
)
def test_each_mistake_is_named(expectation, problem):
    assert [p[: len(problem)] for p in problems(expectation)] == [problem]


@pytest.mark.parametrize(
    ("column", "fitting", "unfit"),
    [
        ("id", ["a"], ["a", 1]),
        ("units", [1], [1, "x"]),
        ("units", [0], [0.5]),
        ("units", [0], [True]),
        ("amount", [1, 0.5], ["0.5"]),
        ("ratio", [0.5], [float("nan")]),
        ("is_open", [True], [1]),
        ("day", [date(2026, 1, 1)], ["2026-01-01"]),
        ("day", [date(2026, 1, 1)], [datetime(2026, 1, 1, tzinfo=UTC)]),
        ("at", [datetime(2026, 1, 1, tzinfo=UTC)], [datetime(2026, 1, 1)]),
        ("at", [datetime(2026, 1, 1, tzinfo=UTC)], [date(2026, 1, 1)]),
    ],
)
def test_a_value_must_be_of_the_columns_own_type(column, fitting, unfit):
    assert problems(said(IN_SET, column=column, value_set=fitting)) == ()
    assert problems(said(IN_SET, column=column, value_set=unfit))[0].startswith(
        f"e: value_set {unfit[-1]!r} does not fit a "
    )


def test_a_banned_type_is_refused_with_what_to_use_instead():
    unique = said("expect_column_values_to_be_unique", column="id", row_condition="units > 1")
    assert problems(unique)[0].startswith("e: expect_column_values_to_be_unique is banned: use expect_key_to_be_unique")
    assert not set(BANNED) & set(ALLOWED)


def test_every_type_of_great_expectations_is_allowed_or_refused_with_what_to_use_instead():
    package = find_spec("great_expectations")
    assert package and package.origin
    core = Path(package.origin).parent / "expectations" / "core"
    theirs = {path.stem for path in core.glob("*expect*.py")}
    assert theirs - ALLOWED.keys() - BANNED.keys() == set()
    assert (ALLOWED.keys() | BANNED.keys()) - theirs == {"expect_key_to_be_unique", SHARE, PERCENTILE}


def test_what_is_banned_names_a_type_that_is_allowed_or_another_place():
    named = {kind: [w for w in re.findall(r"expect_\w+", instead) if "_to_" in w] for kind, instead in BANNED.items()}
    assert [kind for kind, words in named.items() if not all(word in ALLOWED for word in words)] == []


def test_an_id_is_used_once():
    other = replace(RIGHT, kwargs={"column": "day"})
    assert problems(RIGHT, other) == ("e: its id is used twice: give each its own",)


def test_a_suite_says_something_and_of_its_own_table():
    faults = [str(fault) for fault in lint(Suite("silver.others", (), unknown=("owner",)), TABLE)]
    assert faults[:3] == [
        "the suite is for silver.others: write `table: silver.things`",
        "unknown key owner: it takes table, expectations, numbers, reconcile, waived",
        "a suite without expectations passes anything: write one",
    ]


def test_what_is_reconciled_is_a_number_of_the_suite():
    nope = replace(said(BETWEEN, column="rows", min_value=0), id="r")
    assert problems(RIGHT, reconcile=(nope,)) == ("r: column rows is unknown; known: ",)


def test_a_number_is_reconciled_with_something():
    assert problems(RIGHT, numbers=(Number("rows", "this", "count(*)"),)) == (
        "number rows: no expectation of `reconcile` compares it: write one, or drop the number",
    )


def test_two_numbers_that_are_taken_alike_are_named():
    numbers = (Number("made", "this", "count(*)"), Number("sold", "this", "count(*)"))
    equal = replace(said(EQUAL, column_A="made", column_B="sold"), id="r")
    found = ("number sold: is taken as made is, so they always agree: mend one",)
    assert problems(RIGHT, numbers=numbers, reconcile=(equal,)) == found


def test_a_number_without_a_column_is_named():
    none = replace(said(IN_SET, column="n", value_set=[0]), id="r")
    found = problems(RIGHT, numbers=(Number("n", "this", "count_if(false)"),), reconcile=(none,))
    assert found == ("number n: its expression names no column, so it is always the same: mend it",)


def test_a_number_of_the_table_is_made_of_its_columns():
    none = replace(said(IN_SET, column="n", value_set=[0]), id="r")
    found = problems(RIGHT, numbers=(Number("n", "this", "count_if(unit > 1 OR id = 'unit')"),), reconcile=(none,))
    assert found == ("number n: unit is no column of silver.things: mend the expression",)


def test_a_number_is_taken_of_the_table_or_of_an_input():
    none = replace(said(IN_SET, column="rows", value_set=[0]), id="r")
    assert problems(RIGHT, numbers=(Number("rows", "nope", "count(*)"),), reconcile=(none,)) == (
        "number rows: of nope: write `this` or an input: source",
    )


def test_a_table_that_is_not_built_names_its_frames_itself():
    none = replace(said(IN_SET, column="arrived", value_set=[0]), id="r")
    arrived = Suite("silver.source", (RIGHT,), (Number("arrived", "bronze", "count(*)"),), (none,))
    assert lint(arrived, SOURCE) == ()


def test_a_reconciled_bound_is_whole_since_it_becomes_a_float():
    cents = replace(said(BETWEEN, column="gap", min_value=0, max_value=0.01), id="r")
    found = problems(RIGHT, numbers=(Number("gap", "this", "sum(amount)"),), reconcile=(cents,))
    assert found == ("r: max_value 0.01 does not fit a bigint column: write a whole number",)


def test_a_reconciled_number_may_be_limited_by_former_runs():
    age = replace(said(BETWEEN, column="days_old", max_value=USUAL_HIGH), id="r")
    assert problems(RIGHT, numbers=(Number("days_old", "this", "min(date_diff(today, day))"),), reconcile=(age,)) == ()


def test_only_exact_types_reconcile():
    found = problems(
        RIGHT, reconcile=(replace(said("expect_column_sum_to_be_between", column="x", min_value=0), id="r"),)
    )
    assert found[0].startswith("r: expect_column_sum_to_be_between reconciles nothing: use one of expect_column_")


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"^a\z", r"^(a|b)\z", r"^(?:a|b)c\z", r"^[a|b]\z", r"^a\|b\z", r"^\(a\)\z", r"^[()|]+\z"),
        *(r"(?i)^a\z", r"^\p{Lu}[\p{L}-]*\z", r"^[\p{L}-' ]+\z", r"^\pL+\z", r"^(?<y>\d{4})\z"),  # as Java reads them
        *(r"^\(?P<\d+\z", r"^[(?P<]+\z"),
    ],
)
def test_a_pattern_around_the_whole_value_is_anchored(pattern):
    assert fault(pattern, anchored=True) == ""


@pytest.mark.parametrize(
    "pattern", ["a", "^a", r"a\z", "^a$", r"^a|b\z", r"^(a)|(b)\z", r"^a\\z", r"^\(a|b\)\z", r"(?m)^a\z"]
)
def test_a_pattern_that_lets_more_through_is_not(pattern):
    assert "searched for" in fault(pattern, anchored=True)


def test_a_broken_pattern_is_named():
    assert fault(r"^(a\z", anchored=True).startswith("is no regular expression")
    assert fault("a(").startswith("is no regular expression")
    assert fault(7) == "is a text"
    assert fault("a|b") == ""
    assert fault(r"^(?P<letter>a)\z", anchored=True).startswith("names a group as Python does")


def test_lint_does_not_import_great_expectations():
    code = "import sys; from krn.gate import lint, load; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
