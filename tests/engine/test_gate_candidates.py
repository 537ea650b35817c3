"""A suite of every kind of expectation, and for each a bad candidate that nobody may read."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from krn.gate import Expectation, Suite, judge

SCHEMA = (
    "id string, line int, kind string, currency string, country string, note string, units int, gross decimal(18,4), "
    "discount decimal(18,4), net decimal(18,4), rate double, is_paid boolean, paid_at timestamp, day date, at timestamp"
)
DAY, NOON = date(2026, 1, 5), datetime(2026, 1, 5, 12, tzinfo=UTC)
SOUND = [
    {
        "id": f"order-{n}",
        "line": 1,
        "kind": "sale",
        "currency": "EUR",
        "country": "DE",
        "note": "n",
        "units": n + 1,
        "gross": Decimal(10),
        "discount": Decimal(-1),
        "net": Decimal(9),
        "rate": n / 20,
        "is_paid": True,
        "paid_at": NOON + timedelta(hours=1),
        "day": DAY,
        "at": NOON,
    }
    for n in range(20)
]
ROW = "expect_column_values_to_"
#: By its name, an expectation and what makes one sound row break it.
OF_A_ROW: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "nothing is there": (f"{ROW}not_be_null", {"column": "id"}, {"id": None}),
    "something is there": (
        f"{ROW}be_null",
        {"column": "paid_at", "row_condition": "NOT is_paid"},
        {"is_paid": False, "paid_at": NOON},
    ),
    "missing where it must be": (
        f"{ROW}not_be_null",
        {"column": "paid_at", "row_condition": "is_paid"},
        {"paid_at": None},
    ),
    "an unknown word": (f"{ROW}be_in_set", {"column": "kind", "value_set": ["sale", "return"]}, {"kind": "Sale"}),
    "a placeholder": (f"{ROW}not_be_in_set", {"column": "id", "value_set": ["none", ""]}, {"id": ""}),
    "below the range": (f"{ROW}be_between", {"column": "units", "min_value": 1}, {"units": 0}),
    "above the range": (f"{ROW}be_between", {"column": "units", "max_value": 1000}, {"units": 1001}),
    "on a bound that is out": (
        f"{ROW}be_between",
        {"column": "rate", "max_value": 1, "strict_max": True},
        {"rate": 1.0},
    ),
    "not a number": (f"{ROW}be_between", {"column": "rate", "min_value": 0, "max_value": 1.5}, {"rate": float("nan")}),
    "off by the last digit": (
        f"{ROW}be_between",
        {"column": "gross", "max_value": 99999999999999},
        {"gross": Decimal("99999999999999.0001")},
    ),
    "a day of the year 9999": (f"{ROW}be_between", {"column": "day", "max_value": date(2200, 1, 1)}, {"day": date.max}),
    "a clock at 1970": (
        f"{ROW}be_between",
        {"column": "at", "min_value": datetime(2024, 1, 1, tzinfo=UTC)},
        {"at": datetime(1970, 1, 1, tzinfo=UTC)},
    ),
    "a newline at the end": (
        f"{ROW}match_regex",
        {"column": "currency", "regex": r"^[A-Z]{3}\z"},
        {"currency": "EUR\n"},
    ),
    "none of the forms": (
        f"{ROW}match_regex_list",
        {"column": "id", "regex_list": [r"^order-\d+\z", r"^\d+\z"]},
        {"id": "Order-1"},
    ),
    "a forbidden form": (f"{ROW}not_match_regex", {"column": "note", "regex": "@"}, {"note": "a@b"}),
    "one of the forbidden forms": (
        f"{ROW}not_match_regex_list",
        {"column": "note", "regex_list": ["<", ">"]},
        {"note": "<b>"},
    ),
    "a text too long": (
        "expect_column_value_lengths_to_be_between",
        {"column": "note", "max_value": 9},
        {"note": "n" * 10},
    ),
    "a code too short": ("expect_column_value_lengths_to_equal", {"column": "country", "value": 2}, {"country": "D"}),
    "paid before it was made": (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "paid_at", "column_B": "at", "or_equal": True},
        {"paid_at": NOON - timedelta(seconds=1)},
    ),
    "an amount that is another": (
        "expect_column_pair_values_to_be_equal",
        {"column_A": "gross", "column_B": "net", "row_condition": "discount = 0"},
        {"discount": Decimal(0)},
    ),
    "a pair that there is not": (
        "expect_column_pair_values_to_be_in_set",
        {"column_A": "currency", "column_B": "country", "value_pairs_set": [["EUR", "DE"], ["GBP", "GB"]]},
        {"currency": "GBP"},
    ),
    "words that must agree": (
        "expect_multicolumn_values_to_be_equal",
        {"column_list": ["currency", "kind"], "row_condition": "line = 9"},
        {"line": 9},
    ),
    "words that must differ": (
        "expect_select_column_values_to_be_unique_within_record",
        {"column_list": ["id", "kind", "country"]},
        {"country": "sale"},
    ),
    "parts that don't add up": (
        "expect_multicolumn_sum_to_equal",
        {"column_list": ["units", "line"], "sum_total": 7, "row_condition": "line = 2"},
        {"line": 2, "units": 4},
    ),
}
TOO_MANY = [{"units": 0}] * 2  # of 22 rows a tenth is 2.2, a twentieth 1.1
#: By its name, an expectation over all rows and the rows that are added to the sound ones.
OF_ALL_ROWS: dict[str, tuple[str, dict[str, Any], list[dict[str, Any]]]] = {
    "a key twice": ("expect_key_to_be_unique", {"columns": ["id", "line"]}, [{"id": "order-1"}]),
    "a key with a hole": ("expect_key_to_be_unique", {"columns": ["id", "line"]}, [{"line": None}]),
    "more than may differ": (f"{ROW}be_between", {"column": "units", "min_value": 1, "mostly": 0.95}, TOO_MANY),
    "a lowest value": ("expect_column_min_to_be_between", {"column": "units", "min_value": 1}, [{"units": 0}]),
    "a highest value": (
        "expect_column_max_to_be_between",
        {"column": "at", "max_value": NOON},
        [{"at": NOON.replace(hour=13)}],
    ),
    "a mean that moved": (
        "expect_column_mean_to_be_between",
        {"column": "gross", "max_value": 11},
        [{"gross": Decimal(100)}],
    ),
    "a median that moved": (
        "expect_column_median_to_be_between",
        {"column": "units", "max_value": 11},
        [{"units": 1000}] * 5,
    ),
    "a sum that is off": (
        "expect_column_sum_to_be_between",
        {"column": "net", "max_value": 180},
        [{"net": Decimal("0.0001")}],
    ),
    "a spread that grew": (
        "expect_column_stdev_to_be_between",
        {"column": "units", "max_value": 10},
        [{"units": 1000}],
    ),
    "too many holes": (
        "expect_column_proportion_of_non_null_values_to_be_between",
        {"column": "note", "min_value": 0.95},
        [{"note": None}] * 2,
    ),
    "too many words": (
        "expect_column_unique_value_count_to_be_between",
        {"column": "kind", "max_value": 1},
        [{"kind": "return"}],
    ),
    "the same again and again": (
        "expect_column_proportion_of_unique_values_to_be_between",
        {"column": "rate", "min_value": 0.9},
        [{"rate": 0.0}] * 5,
    ),
    "too many rows": ("expect_table_row_count_to_be_between", {"max_value": 20}, [{}]),
    "not the rows that came": ("expect_table_row_count_to_equal", {"value": 20}, [{}]),
}


def one(name: str, kind: str, kwargs: dict[str, Any]) -> Expectation:
    return Expectation(name, kind, {**kwargs, **_parser(kwargs)}, "critical")


def _parser(kwargs: dict[str, Any]) -> dict[str, str]:
    return {"condition_parser": "spark"} if "row_condition" in kwargs else {}


SUITE = Suite(
    "silver.things",
    tuple(one(name, kind, kwargs) for name, (kind, kwargs, _) in {**OF_A_ROW, **OF_ALL_ROWS}.items()),
)


def candidate(spark: SparkSession, *more: dict[str, Any]) -> DataFrame:
    rows = [*SOUND, *({**SOUND[0], "id": f"more-{n}", **row} for n, row in enumerate(more))]
    return spark.createDataFrame([tuple(row.values()) for row in rows], SCHEMA).coalesce(1)


def test_a_sound_candidate_is_published(spark: SparkSession):
    result = judge(SUITE, candidate(spark))
    assert (result.status, [check.id for check in result.checks if not check.success]) == ("passed", [])


def test_each_bad_row_is_found_by_its_expectation(spark: SparkSession):
    bad = [{"id": "order-99", **row} for *_, row in OF_A_ROW.values()]
    rows = Suite("silver.things", tuple(e for e in SUITE.expectations if e.id in OF_A_ROW))
    result = judge(rows, candidate(spark, *bad))
    assert [check.id for check in result.failed] == list(OF_A_ROW)
    assert {check.id for check in result.checks if check.error} == set()


@pytest.mark.parametrize("name", OF_ALL_ROWS)
def test_a_candidate_that_is_bad_as_a_whole_is_held(spark: SparkSession, name: str):
    kind, kwargs, more = OF_ALL_ROWS[name]
    result = judge(Suite("silver.things", (one(name, kind, kwargs),)), candidate(spark, *more))
    assert (result.status, result.is_open, result.checks[0].error) == ("held", False, "")


def test_one_null_is_not_greater_or_less_so_another_expectation_must_find_it(spark: SparkSession):
    kind, kwargs, _ = OF_A_ROW["paid before it was made"]
    heeded = ("both_values_are_missing", "either_value_is_missing", "neither")
    said = [one(ignored, kind, {**kwargs, "ignore_row_if": ignored}) for ignored in heeded]
    there = one("there", f"{ROW}not_be_null", {"column": "paid_at"})
    result = judge(Suite("silver.things", (*said, there)), candidate(spark, {"paid_at": None}))
    assert [check.id for check in result.failed] == ["there"]


def test_a_candidate_without_rows_does_not_pass_for_want_of_them(spark: SparkSession):
    measured = [name for name, (kind, *_) in OF_ALL_ROWS.items() if kind.startswith("expect_column_m")]
    result = judge(SUITE, spark.createDataFrame([], SCHEMA))
    assert {*measured, "a sum that is off", "a spread that grew", "too many holes", "not the rows that came"} <= {
        check.id for check in result.failed
    }


@pytest.mark.parametrize("change", [lambda of: of.drop("gross"), lambda of: of.withColumn("gross", F.col("id"))])
def test_a_candidate_of_other_columns_is_an_error_and_the_rest_is_judged(
    spark: SparkSession, change: Callable[[DataFrame], DataFrame]
):
    low = one("low", f"{ROW}be_between", {"column": "gross", "min_value": 0})
    there = one("there", f"{ROW}not_be_null", {"column": "id"})
    result = judge(Suite("silver.things", (low, there)), change(candidate(spark)))
    assert (result.status, result.is_open) == ("error", False)
    assert [bool(check.error) for check in result.checks] == [True, False]
