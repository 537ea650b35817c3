"""The session and the Delta tables of the baseline."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from delta.tables import DeltaTable
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F


def path(root: Path, table: str) -> str:
    """The folder of a table."""
    return str(root.joinpath(*table.split(".")))


def read(spark: SparkSession, root: Path, table: str) -> DataFrame:
    """A table as it is."""
    return spark.read.format("delta").load(path(root, table))


def exists(spark: SparkSession, root: Path, table: str) -> bool:
    """Whether there is such a table."""
    return DeltaTable.isDeltaTable(spark, path(root, table))


def append(frame: DataFrame, root: Path, table: str, *partition: str) -> None:
    """Append rows; the table is made when it is missing."""
    frame.write.format("delta").mode("append").partitionBy(*partition).save(path(root, table))


def merge(frame: DataFrame, root: Path, table: str, key: tuple[str, ...], better: str | None, *partition: str) -> None:
    """Insert the rows whose key is new; one that is there is replaced by a better one (None = never)."""
    spark = frame.sparkSession
    if not exists(spark, root, table):
        return append(frame, root, table, *partition)
    on = " AND ".join(f"t.{column} = s.{column}" for column in key)
    change = DeltaTable.forPath(spark, path(root, table)).alias("t").merge(frame.alias("s"), on)
    if better:
        change = change.whenMatchedUpdateAll(condition=better)
    change.whenNotMatchedInsertAll().execute()
    return None


def business_date(at: Column, timezone: str) -> Column:
    """The local day of an instant."""
    return F.to_date(F.from_utc_timestamp(at, timezone))


@contextmanager
def jobs_of(spark: SparkSession, table: str) -> Iterator[None]:
    """Mark the Spark jobs of the block, for the count at the end."""
    spark.sparkContext.setJobGroup(table, table)
    yield
    spark.sparkContext.setJobGroup("other", "other")


def say_jobs(spark: SparkSession, *tables: str) -> None:
    """Print how many jobs each table took, as one line of JSON."""
    tracker = spark.sparkContext.statusTracker()
    counts = {table: len(tracker.getJobIdsForGroup(table)) for table in (*tables, "other")}
    counts["other"] += len(tracker.getJobIdsForGroup())
    print(json.dumps(counts))
