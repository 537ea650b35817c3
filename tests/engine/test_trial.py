"""A suite tried on what is published: over all rows and the inputs that they were made of, and nothing changes."""

from datetime import date

import pytest
from pyspark.sql import SparkSession
from world import DAILY, HOME, TOTALS, deliver, order, step

from krn import holds, suites
from krn.errors import UsageError
from krn.gate import Expectation, Number, Suite
from krn.store import Store
from krn.tables.silver.deliveries import TABLE as DELIVERIES
from krn.trial import as_table, tried

FEW = Expectation("few", "expect_column_values_to_be_between", {"column": "n", "max_value": 1}, "critical", "Few.")
NONE = Expectation("none", "expect_column_values_to_be_null", {"column": "n", "row_condition": "n > 9"}, "warning", "")
AGREE = Expectation(
    "agree", "expect_column_pair_values_to_be_equal", {"column_A": "sold", "column_B": "made"}, "critical"
)
TODAY = date(2026, 1, 31)
SUITE = Suite(
    DAILY.name,
    (
        FEW,
        NONE,
        Expectation("rows", "expect_table_row_count_to_be_between", {"min_value": 3}, "warning", "Three days."),
    ),
    (Number("sold", "this", "sum(n)"), Number("made", "totals", "count(*)")),
    (AGREE,),
)


@pytest.fixture(scope="module")
def store(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A day of two orders and a day of one; then a third order that gold has not seen."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("trial") / "warehouse")
    deliver(store, order("a"), order("b"), order("c", day=2))
    step(store, "r1", [TOTALS, DAILY])
    deliver(store, order("d", day=3))
    step(store, "r2", [TOTALS])
    deliver(store, order("e", day=3))
    return store


def test_each_expectation_says_what_it_finds_and_nothing_is_held(store: Store):
    before = store.head(DAILY.name)
    result = tried(DAILY, SUITE, store, TODAY)
    assert result.status == "held"
    assert [(row["status"], row["expectation"], row["found"]) for row in as_table(result).to_pylist()] == [
        ("held", "few", "1 of 2"),
        ("passed", "none", "no row to judge"),
        ("warned", "rows", "2"),
        ("passed", "agree", "0"),
    ]
    assert (store.head(DAILY.name), holds.of(store.root, DAILY.name)) == (before, None)


def test_deliveries_are_compared_with_bronze_as_far_as_they_are_judged(store: Store):
    result = tried(DELIVERIES, suites.read(HOME, DELIVERIES), store, TODAY)
    assert [check.id for check in result.failed] == []


def test_a_table_that_is_not_there_is_said(spark: SparkSession, tmp_path):
    with pytest.raises(UsageError, match=r"gold\.daily has not been published\. Next: krn run"):
        tried(DAILY, SUITE, Store(lambda: spark, tmp_path), TODAY)
