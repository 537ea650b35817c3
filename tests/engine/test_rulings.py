"""What a gate of verdicts counts beside its suite: numbers ride in the same pass, and a bad one hides nothing."""

from dataclasses import replace

import pytest
from judging import a_run
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from krn.gate import Expectation, Number, Suite
from krn.rulings import gated
from krn.store import Store
from krn.tables.table import Column, Table
from krn.tables.types import INT, TEXT

TABLE = Table("silver.things", "", ("id",), (Column("id", TEXT, ""), Column("n", INT, "")))
NAMED = Expectation("named", "expect_column_values_to_not_be_null", {"column": "id"}, "critical")
SUM = Number("units", "this", "sum(n)")
AGREE = Expectation("agree", "expect_column_values_to_be_in_set", {"column": "units", "value_set": [3]}, "critical")
SUITE = Suite(TABLE.name, (NAMED,), (SUM,), (AGREE,))


def test_numbers_of_the_rows_ride_in_the_pass_that_judges_them(store: Store) -> None:
    frame = store.spark.createDataFrame([("a", 1), ("b", 2)], "id string, n int")
    with store.jobs("all") as jobs:
        built = gated(TABLE, {"this": frame}, a_run(SUITE), "pending", store, {"accepted": F.count_if(F.col("n") > 1)})
    assert (built.outcome, jobs()) == ("unchanged", 1)
    assert built.result
    assert [(check.id, check.status, check.observed) for check in built.result.checks] == [
        ("named", "passed", None),
        ("agree", "passed", 3),
    ]
    assert built.result.extra["accepted"] == 1


def test_rows_whose_number_is_another_are_held(spark: SparkSession, store: Store) -> None:
    frame = spark.createDataFrame([("a", 1)], "id string, n int")
    built = gated(TABLE, {"this": frame}, a_run(SUITE), "pending", store)
    assert built.result
    assert [(check.id, check.observed) for check in built.result.failed] == [("agree", 1)]


@pytest.mark.parametrize("expression", ["sum(CAST(id AS INT))", "sum(n * 5000000000000000000L)"])
def test_a_number_that_cannot_be_counted_shuts_the_gate_and_hides_no_check(
    spark: SparkSession, store: Store, caplog: pytest.LogCaptureFixture, expression: str
) -> None:
    frame = spark.createDataFrame([("a", 1), (None, 1)], "id string, n int")
    suite = replace(SUITE, numbers=(replace(SUM, expression=expression),))
    result = gated(TABLE, {"this": frame}, a_run(suite), "pending", store).result
    assert result
    assert (result.status, [check.id for check in result.failed], result.rows) == ("error", ["named"], 2)
    assert result.why.startswith("numbers of its suite can't be counted: ")
    assert "'a'" not in caplog.text + result.why
