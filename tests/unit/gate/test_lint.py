"""Lint names each mistake in a suite before any data is read."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime

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


def said(kind: str, severity: str = "warning", **kwargs: object) -> Expectation:
    return Expectation("e", kind, kwargs, severity, description="what", notes="why")


def problems(*expectations: Expectation, **parts: object) -> tuple[str, ...]:
    return lint(Suite("silver.things", expectations, **parts), TABLE)


RIGHT = said(NOT_NULL, column="id")


def test_a_suite_without_mistakes_has_no_problems():
    right = (
        RIGHT,
        replace(said(BETWEEN, "critical", column="amount", min_value=0.5, mostly=1.0), id="b"),
        replace(said("expect_key_to_be_unique", "critical", columns=["id", "day"]), id="c"),
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
        (replace(RIGHT, unknown=("severty",)), "e: unknown key severty"),
        (replace(RIGHT, id=""), f"{NOT_NULL}: no id"),
        (replace(RIGHT, description=""), "e: no description"),
        (replace(RIGHT, notes=""), "e: no notes"),
        (replace(RIGHT, severity=""), "e: severity is one of critical, warning, info"),
        (replace(RIGHT, severity="fatal"), "e: severity is one of critical, warning, info"),
        (said("expect_the_unexpected"), "e: unknown type expect_the_unexpected"),
        (said(NOT_NULL), "e: no argument column"),
        (said(NOT_NULL, column="id", colum="id"), "e: unknown argument colum"),
        (said(IN_SET, "critical", column="id", value_set=["a"]), "e: critical without mostly"),
        (said(BETWEEN, column="units"), "e: neither min_value nor max_value"),
        (said(NOT_NULL, column="nope"), "e: column nope is unknown; known: id, units"),
        (said("expect_key_to_be_unique", columns=["id", "nope"]), "e: columns nope is unknown"),
        (said("expect_key_to_be_unique", columns="id"), "e: columns is a list of columns"),
        (
            said("expect_key_to_be_unique", columns=["id"], row_condition="units > 1"),
            "e: unknown argument row_condition",
        ),
        (said("expect_column_pair_values_to_be_equal", column_A="id", column_B="nope"), "e: column_B nope is unknown"),
        (
            said("expect_column_pair_values_to_be_equal", column_A="id", column_B="id", ignore_row_if="never"),
            "e: ignore_row_if is",
        ),
        (said(NOT_NULL, column="id", mostly=0), "e: mostly is a share"),
        (said(NOT_NULL, column="id", mostly=1.5), "e: mostly is a share"),
        (said(NOT_NULL, column="id", row_condition=" "), "e: row_condition is text"),
        (said(NOT_NULL, column="id", row_condition="a", condition_parser="pandas"), "e: condition_parser is spark"),
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
        (said(SHARE, column="id", value_set=["a"], max_value=1.5), "e: max_value is a share"),
        (said(SHARE, column="id", value_set=[1], max_value=0.5), "e: value_set does not fit a string column"),
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
    assert problems(said(IN_SET, column=column, value_set=unfit))[0].startswith("e: value_set does not fit a ")


def test_a_banned_type_is_refused_with_what_to_use_instead():
    unique = said("expect_column_values_to_be_unique", column="id", row_condition="units > 1")
    assert problems(unique)[0].startswith("e: expect_column_values_to_be_unique is banned; use expect_key_to_be_unique")
    assert not set(BANNED) & set(ALLOWED)


def test_an_id_is_used_once():
    assert problems(RIGHT, RIGHT) == ("e: used 2 times",)


def test_a_suite_says_something_and_of_its_own_table():
    assert lint(Suite("silver.others", (), unknown=("owner",)), TABLE) == (
        "the suite is for silver.others, not for silver.things",
        "unknown key owner",
        "a suite without expectations passes anything",
    )


def test_what_is_reconciled_is_a_number_of_the_suite():
    nope = replace(said(BETWEEN, column="rows", min_value=0), id="r")
    assert problems(RIGHT, reconcile=(nope,)) == ("r: column rows is unknown; known: ",)


def test_a_number_is_taken_of_the_table_or_of_an_input():
    assert problems(RIGHT, numbers=(Number("rows", "nope", "count(*)"),)) == (
        "number rows: of nope, which is neither `this` nor an input",
    )


def test_a_table_that_is_not_built_names_its_frames_itself():
    arrived = Suite("silver.source", (RIGHT,), numbers=(Number("arrived", "bronze", "count(*)"),))
    assert lint(arrived, SOURCE) == ()


def test_a_reconciled_bound_is_whole_since_it_becomes_a_float():
    cents = replace(said(BETWEEN, column="gap", min_value=0, max_value=0.01), id="r")
    found = problems(RIGHT, numbers=(Number("gap", "this", "sum(amount)"),), reconcile=(cents,))
    assert found == ("r: max_value does not fit a bigint column",)


def test_a_reconciled_number_may_be_limited_by_former_runs():
    age = replace(said(BETWEEN, column="days_old", max_value=USUAL_HIGH), id="r")
    assert problems(RIGHT, numbers=(Number("days_old", "this", "min(1)"),), reconcile=(age,)) == ()


def test_only_exact_types_reconcile():
    found = problems(
        RIGHT, reconcile=(replace(said("expect_column_sum_to_be_between", column="x", min_value=0), id="r"),)
    )
    assert found[0].startswith("r: reconcile takes only expect_column_pair_values")


@pytest.mark.parametrize(
    "pattern", [r"^a\z", r"^(a|b)\z", r"^(?:a|b)c\z", r"^[a|b]\z", r"^a\|b\z", r"^\(a\)\z", r"^[()|]+\z"]
)
def test_a_pattern_around_the_whole_value_is_anchored(pattern):
    assert fault(pattern, anchored=True) == ""


@pytest.mark.parametrize("pattern", ["a", "^a", r"a\z", "^a$", r"^a|b\z", r"^(a)|(b)\z", r"^a\\z", r"^\(a|b\)\z"])
def test_a_pattern_that_lets_more_through_is_not(pattern):
    assert "searched for" in fault(pattern, anchored=True)


def test_a_broken_pattern_is_named():
    assert fault(r"^(a\z", anchored=True).startswith("is no regular expression")
    assert fault("a(").startswith("is no regular expression")
    assert fault(7) == "is a text"
    assert fault("a|b") == ""


def test_lint_does_not_import_great_expectations():
    code = "import sys; from krn.gate import lint, load; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
