"""What a gate costs: 20 expectations on 2 million rows, in one pass and as Great Expectations runs them.

Run: python bench/gate.py [rows]. CPU is that of the whole process, the JVM included; each figure is the best of nine.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import great_expectations as gx
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from krn.gate import Expectation, Suite, judge
from krn.session import open_session

HOME = Path(__file__).parents[1]
STATUSES = ["created", "paid", "shipped", "delivered"]


@dataclass(frozen=True)
class Cost:
    """The cheapest of some runs: seconds of processor and of wall clock, and Spark jobs."""

    cpu: float
    wall: float
    jobs: int


def orders(spark: SparkSession, rows: int) -> DataFrame:
    """Orders that pass the suite, with every twentieth customer unknown."""
    n = F.col("id")
    return spark.range(rows).select(
        F.format_string("order-%09d", n).alias("order_id"),
        F.when(n % 20 != 0, F.concat(F.lit("customer-"), n % 50_000)).alias("customer_id"),
        F.element_at(F.array(*map(F.lit, STATUSES)), (n % 4 + 1).cast("int")).alias("status"),
        F.element_at(F.array(F.lit("EUR"), F.lit("GBP")), (n % 2 + 1).cast("int")).alias("currency"),
        (n % 9 + 1).cast("int").alias("units"),
        (n % 100_000 / 100).cast("decimal(18,4)").alias("items_total"),
        (n % 100_000 / 100 + 5).cast("decimal(18,4)").alias("order_total"),
        F.date_add(F.lit("2025-01-01").cast("date"), (n % 365).cast("int")).alias("business_date"),
        F.timestamp_seconds(n % 31_000_000 + 1_735_689_600).alias("created_at"),
        F.timestamp_seconds(n % 31_000_000 + 1_735_693_200).alias("shipped_at"),
    )


def suite(with_key: bool = True, statuses: list[str] = STATUSES) -> Suite:
    """20 expectations, as a table of orders would have them; without one of the statuses a quarter of the rows fail."""
    required = ("order_id", "status", "currency", "units", "items_total", "order_total", "business_date", "created_at")
    said: list[tuple[str, dict[str, object]]] = [
        *(("expect_column_values_to_not_be_null", {"column": column}) for column in required),
        ("expect_column_values_to_not_be_null", {"column": "customer_id", "mostly": 0.9}),
        ("expect_column_values_to_be_in_set", {"column": "status", "value_set": statuses}),
        ("expect_column_values_to_be_in_set", {"column": "currency", "value_set": ["EUR", "GBP"]}),
        ("expect_column_values_to_be_between", {"column": "units", "min_value": 1, "max_value": 1000}),
        ("expect_column_values_to_be_between", {"column": "order_total", "min_value": 0}),
        ("expect_column_values_to_match_regex", {"column": "order_id", "regex": r"^order-\d{9}\z"}),
        ("expect_column_value_lengths_to_be_between", {"column": "order_id", "min_value": 1, "max_value": 200}),
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": "order_total", "column_B": "items_total", "or_equal": True},
        ),
        ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "shipped_at", "column_B": "created_at"}),
        ("expect_column_mean_to_be_between", {"column": "order_total", "min_value": 1, "max_value": 10_000}),
        ("expect_table_row_count_to_be_between", {"min_value": 1}),
    ]
    key = ("expect_key_to_be_unique", {"columns": ["order_id"]})
    last = key if with_key else ("expect_column_values_to_not_be_null", {"column": "shipped_at"})
    return Suite(
        "silver.orders", tuple(Expectation(f"e{i}", t, k, "critical") for i, (t, k) in enumerate([*said, last]))
    )


def by_itself(frame: DataFrame, said: Suite) -> None:
    """The suite as Great Expectations runs it at `BASIC`; a key of one column is its own `be_unique`."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_spark("spark", persist=False)  # as krn.gate.plain runs it
    batch = source.add_dataframe_asset("orders").add_batch_definition_whole_dataframe("whole")
    wanted = [ExpectationConfiguration(*_as_it_names_it(e)).to_domain_obj() for e in said.expectations]
    whole = batch.get_batch({"dataframe": frame})
    found = whole.validate(gx.ExpectationSuite("orders", expectations=wanted), result_format="BASIC")
    if not found.success:
        raise SystemExit(f"Great Expectations disagrees: {found.statistics}")


def _as_it_names_it(of: Expectation) -> tuple[str, dict[str, object]]:
    if of.type != "expect_key_to_be_unique":
        return of.type, dict(of.kwargs)
    return "expect_column_values_to_be_unique", {"column": of.kwargs["columns"][0]}


def cost(spark: SparkSession, work: Callable[[], object], runs: int = 9) -> Cost:
    """The cheapest of some runs, after one that warms up."""
    work()
    found = [_once(spark, f"{id(work)} {run}", work) for run in range(runs)]
    return Cost(min(c.cpu for c in found), min(c.wall for c in found), found[0].jobs)


def _once(spark: SparkSession, group: str, work: Callable[[], object]) -> Cost:
    spark.sparkContext.setJobGroup(group, group)
    spent, wall = cpu(spark), time.monotonic()
    work()
    jobs = len(spark.sparkContext.statusTracker().getJobIdsForGroup(group))
    return Cost(cpu(spark) - spent, time.monotonic() - wall, jobs)


def cpu(spark: SparkSession) -> float:
    # of Linux: user and system ticks of the JVM are fields 14 and 15, counted from after the name in brackets
    fields = Path(f"/proc/{spark.sparkContext._gateway.proc.pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(rows: int) -> None:
    spark = open_session(HOME, "bench gate", {"spark.master": "local[2]"})
    with tempfile.TemporaryDirectory() as folder:
        orders(spark, rows).write.parquet(f"{folder}/orders")
        frame, files = spark.read.parquet(f"{folder}/orders"), sorted(Path(folder).glob("orders/*.parquet"))
        ways: dict[str, Callable[[], object]] = {
            "scan all columns": lambda: frame.write.format("noop").mode("overwrite").save(),
            "fused": lambda: judge(suite(), frame, files=files),
            "fused, rows fail": lambda: judge(suite(statuses=STATUSES[1:]), frame, files=files),
            "fused, key by Spark": lambda: judge(suite(), frame),
            "fused, no key": lambda: judge(suite(with_key=False), frame),
            "Great Expectations": lambda: by_itself(frame, suite()),
            "the same, no samples, our key": lambda: judge(suite(), frame, engine="plain"),
        }
        print(f"{rows:,} rows, {len(suite().expectations)} expectations: {judge(suite(), frame).status}")
        print(f"{'':32}{'CPU s':>8}{'wall s':>8}{'jobs':>6}{'CPU / scan':>12}{'wall / scan':>12}")
        found: dict[str, Cost] = {}
        for name, work in ways.items():
            found[name] = cost(spark, work)
            print(_line(name, found[name], found["scan all columns"]))
        print(*_promises(found), sep="\n")
    spark.stop()


def _line(name: str, of: Cost, scan: Cost) -> str:
    return f"{name:32}{of.cpu:8.1f}{of.wall:8.1f}{of.jobs:6}{of.cpu / scan.cpu:12.1f}{of.wall / scan.wall:12.1f}"


def _promises(found: dict[str, Cost]) -> list[str]:
    """What the gate is to keep, and whether it did here."""
    scan, fused, plain = (found[name] for name in ("scan all columns", "fused", "Great Expectations"))
    kept = {
        "a clean candidate takes at most 3 jobs": fused.jobs <= 3,
        "and at most 4 more when rows fail": found["fused, rows fail"].jobs <= fused.jobs + 4,
        "at most 2.0 times the wall clock of a scan": fused.wall <= 2.0 * scan.wall,
        "at least 2 times less CPU than Great Expectations": plain.cpu >= 2 * fused.cpu,
        "at least 10 times fewer jobs": plain.jobs >= 10 * fused.jobs,
    }
    return [f"{'kept  ' if is_kept else 'BROKEN'}  {promise}" for promise, is_kept in kept.items()]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
