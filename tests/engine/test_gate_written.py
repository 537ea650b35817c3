"""A candidate is counted while it is written, and judged by that where all of it was counted."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from judging import gated, judged_as_written, written
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from world import RANKING, TOTALS, built, deliver, order, step

from krn.engine.candidate import told
from krn.gate import Expectation, Number, Suite
from krn.gate.result import ROWS, SPARK
from krn.store import Store

NOT_NULL = Expectation("named", "expect_column_values_to_not_be_null", {"column": "name"}, "critical")
NO_NUMBER = Expectation(
    "number", "expect_column_values_to_not_be_null", {"column": "n", "row_condition": "cast(name AS int) > 0"}, "info"
)


def suite(*expectations: Expectation) -> Suite:
    return Suite("silver.things", expectations)


def things(spark: SparkSession, *rows: tuple[str, int, str | None]) -> DataFrame:
    return spark.createDataFrame(rows, "id string, n int, name string")


def test_rows_that_go_are_not_judged(spark: SparkSession, tmp_path: Path) -> None:
    old = things(spark, ("a", 1, "alice"), ("b", 1, None))
    result = judged_as_written(suite(NOT_NULL), things(spark, ("a", 2, "alice"), ("c", 1, "carol")), tmp_path, old)
    assert (result.status, result.rows) == ("passed", 2)


def test_rows_that_stay_are_judged(spark: SparkSession, tmp_path: Path) -> None:
    rows = things(spark, ("a", 1, None))
    assert judged_as_written(suite(NOT_NULL), rows, tmp_path, rows.union(things(spark, ("b", 1, "bob")))).failed


def test_what_spark_cannot_count_is_an_error_hides_no_other_check_and_shows_no_value(
    spark: SparkSession, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    both = suite(NOT_NULL, NO_NUMBER)
    made = written(both, things(spark, ("a", 1, "alice"), ("b", 1, None)), tmp_path)
    assert (made.counted, made.rows["insert"]) == ({}, 2)
    named, number = gated(made, both, spark).checks
    assert (named.status, named.unexpected_count) == ("held", 1)
    assert (number.status, "CAST_INVALID_INPUT" in number.error) == ("error", True)
    assert "alice" not in caplog.text


def test_a_condition_that_is_no_sql_is_an_error_and_hides_no_other_check(spark: SparkSession, tmp_path: Path) -> None:
    kwargs = {"min_value": 1, "row_condition": "n >"}
    both = suite(NOT_NULL, Expectation("rows", "expect_table_row_count_to_be_between", kwargs, "critical"))
    made = written(both, things(spark, ("a", 1, "alice")), tmp_path)
    assert made.counted == {}
    assert [check.status for check in gated(made, both, spark).checks] == ["passed", "error"]


def test_rows_that_spark_cannot_make_stop_the_build_leave_no_candidate_and_show_no_value(
    spark: SparkSession, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = things(spark, ("a", 1, "alice")).withColumn("n", F.col("name").cast("int"))
    with pytest.raises(SPARK):
        written(suite(NOT_NULL), rows, tmp_path)
    assert list(tmp_path.rglob("*.parquet")) == []
    assert "alice" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("kind", "kwargs"),
    [
        ("expect_column_unique_value_count_to_be_between", {"column": "name", "max_value": 1}),
        ("expect_column_sum_to_be_between", {"column": "n", "max_value": 1}),
    ],
)
def test_what_an_observed_write_might_never_tell_is_counted_by_a_pass_of_its_own(
    spark: SparkSession, tmp_path: Path, kind: str, kwargs: dict[str, object]
) -> None:
    both = suite(NOT_NULL, Expectation("few", kind, kwargs, "critical"))
    made = written(both, things(spark, ("a", 1, "alice"), ("b", 1, "bob")), tmp_path)
    assert made.plan is None
    assert [(check.id, check.observed) for check in gated(made, both, spark).failed] == [("few", 2)]


UNITS, NAMES = Number("units", "this", "sum(n)"), Number("names", "this", "count(DISTINCT name)")
AGE = Number("age", "this", "min(date_diff(today, DATE '2026-01-30'))")
EXPECTED = {"units": 3, "names": 1, "age": 1}


def with_numbers(*numbers: Number) -> Suite:
    """A suite that holds where its numbers are those of `EXPECTED`."""
    kind = "expect_column_values_to_be_in_set"
    kwargs = [{"column": number.name, "value_set": [EXPECTED[number.name]]} for number in numbers]
    reconcile = tuple(Expectation(of["column"], kind, of, "critical") for of in kwargs)
    return Suite("silver.things", (NOT_NULL,), numbers, reconcile)


def test_numbers_of_a_table_made_whole_are_counted_while_it_is_written(spark: SparkSession, tmp_path: Path) -> None:
    """But distinct counts, and what asks for today."""
    asked = with_numbers(UNITS, NAMES, AGE)
    made = written(asked, things(spark, ("a", 1, "alice"), ("b", 2, "alice")), tmp_path)
    assert {name: n for name, n in made.counted.items() if str(name).startswith("this.")} == {"this.units": 3}
    assert [(check.id, check.observed) for check in gated(made, asked, spark).checks[1:]] == list(EXPECTED.items())
    other = gated(replace(made, counted={**made.counted, "this.units": 4}), asked, spark)
    assert [check.observed for check in other.failed] == [4]  # so they were not counted once more


def test_numbers_of_a_table_that_rows_leave_are_those_of_the_rows_that_stay(
    spark: SparkSession, tmp_path: Path
) -> None:
    asked, new = with_numbers(UNITS), things(spark, ("a", 3, "alice"))
    made = written(asked, new, tmp_path, new.union(things(spark, ("b", 2, "bob"))))
    assert made.counted["this.units"] == 5
    assert gated(made, asked, spark).status == "passed"


@pytest.mark.parametrize("expression", ["-sum({})", "coalesce(sum({}), 0)", "sum(n) + sum({})"])
def test_a_sum_that_overflows_while_rows_are_written_shuts_the_gate(
    spark: SparkSession, tmp_path: Path, expression: str
) -> None:
    asked = with_numbers(replace(UNITS, expression=expression.format("n * 5000000000000000000L")))
    made = written(asked, things(spark, ("a", 1, "alice"), ("b", 1, "alice")).repartition(2), tmp_path)
    assert made.counted.get("this.units") is None
    result = gated(made, asked, spark)
    assert (result.status, result.rows) == ("error", 2)
    assert result.why == "numbers of its suite can't be counted: ArithmeticException: ARITHMETIC_OVERFLOW"


def test_an_observation_that_never_comes_is_not_waited_for(spark: SparkSession) -> None:
    never = Observation()
    spark.range(1).observe(never, F.count("id").alias("n"))
    assert told(never, patience=0.01) == {}


def test_a_count_of_other_rows_than_were_written_is_not_believed(spark: SparkSession, tmp_path: Path) -> None:
    made = written(suite(NOT_NULL), things(spark, ("a", 1, None)), tmp_path)
    nothing_unexpected = dict.fromkeys(made.counted, 0)
    counts = (made.counted, {**nothing_unexpected, ROWS: 1}, {**nothing_unexpected, ROWS: 2})
    results = [gated(replace(made, counted=counted), suite(NOT_NULL), spark) for counted in counts]
    assert [result.status for result in results] == ["held", "passed", "held"]


def test_a_build_with_a_gate_takes_no_more_jobs_than_one_without(store: Store) -> None:
    deliver(store, *(order(f"{n}") for n in range(3)))
    step(store, "r1", (TOTALS,))
    key = Expectation("key", "expect_key_to_be_unique", {"columns": ["order_id"]}, "critical")
    some = Expectation("some", "expect_table_row_count_to_be_between", {"min_value": 1}, "critical")
    jobs = []
    for run_id, of in (("off", None), ("on", Suite(RANKING.name, (key, some)))):
        one = Store(lambda: store.spark, store.root.parent / run_id)
        shutil.copytree(store.root, one.root)
        with one.jobs(run_id) as count:
            made = built(one, RANKING, run_id, suite_of=lambda table, of=of: of)
        jobs.append(count())
        assert (made.outcome, made.result and made.result.status) == ("published", of and "passed")
    assert jobs[0] == jobs[1]
