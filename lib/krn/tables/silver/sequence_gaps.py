"""One row per run of numbers that are missing where an event source counts its events: sent, and never accepted."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.tables.folds import EVENT_ORDER, earliest
from krn.tables.silver import deliveries
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, INSTANT, TEXT

_STREAM = "to_json(array(event_source, partition_key))"
_IS_COUNTED = "verdict = 'accepted' AND sequence IS NOT NULL"


def sequence_gaps(told: DataFrame) -> DataFrame:
    """An event that comes late closes its gap, or splits it. Before the first and after the last nobody can tell.

    A number that two events have is no gap; the first of them by EVENT_ORDER names it.
    """
    counted = told.where(_IS_COUNTED).withColumn("stream", F.expr(_STREAM))
    once = earliest(counted, "stream", "sequence")
    before = F.lag(F.struct("sequence", "event_id", "event_time")).over(
        Window.partitionBy("stream").orderBy("sequence")
    )
    gaps = once.withColumn("before", before).where("sequence - before.sequence > 1")
    return gaps.select(
        "stream",
        "event_source",
        "partition_key",
        (F.col("before.sequence") + 1).alias("first_missing"),
        (F.col("sequence") - 1).alias("last_missing"),
        (F.col("sequence") - F.col("before.sequence") - 1).alias("n_missing"),
        F.col("before.event_id").alias("before_event_id"),
        F.col("before.event_time").alias("before_event_at"),
        F.col("event_id").alias("after_event_id"),
        F.col("event_time").alias("after_event_at"),
    )


TABLE = Table(
    name="silver.sequence_gaps",
    doc=__doc__,
    key=("stream", "first_missing"),
    scope="stream",
    inputs={
        "told": Input(
            deliveries.TABLE,
            scope=f"CASE WHEN {_IS_COUNTED} THEN {_STREAM} END",
            fields=("verdict", "sequence", "partition_key", *EVENT_ORDER),
        )
    },
    may_be_empty=True,  # as a rule nothing is lost, and many sources don't count
    columns=(
        Column("stream", TEXT, "what counts: JSON list of event_source and partition_key", pii="P2"),
        Column("event_source", TEXT, "who counts"),
        Column("partition_key", TEXT, "the part of it that counts alone; null where it has none", pii="P2"),
        Column("first_missing", COUNT, "the first number that is missing"),
        Column("last_missing", COUNT, "the last number that is missing in a row with it"),
        Column("n_missing", COUNT, "how many they are"),
        Column("before_event_id", TEXT, "the event with the number before them"),
        Column("before_event_at", INSTANT, "when that happened"),
        Column("after_event_id", TEXT, "the event with the number after them"),
        Column("after_event_at", INSTANT, "when that happened"),
    ),
    transform=sequence_gaps,
)
