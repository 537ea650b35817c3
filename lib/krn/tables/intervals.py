"""Versions of a thing as intervals of time: what was said of it holds until something else is said."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.tables.folds import earliest
from krn.tables.table import Column
from krn.tables.types import COUNT, FLAG, INSTANT

#: The columns that `versions` adds, as tables declare them.
VALIDITY = (
    Column("valid_from", INSTANT, "when it was said; this version holds from then on"),
    Column("valid_to", INSTANT, "when the next version was said, and this one ended; null while it holds"),
    Column("is_current", FLAG, "whether it still holds: no later version is known"),
    Column("n_events", COUNT, "events that say something of it at valid_from; the first counts"),
)


def versions(said: DataFrame, key: str) -> DataFrame:
    """One version per `key` and instant, valid_from <= t < valid_to; one that comes late splits its interval.

    Of several events at one instant the first by EVENT_ORDER counts. A version that changes nothing is kept as well.
    """
    once = earliest(said, key, "event_time")
    until = F.lead("event_time").over(Window.partitionBy(key).orderBy("event_time"))
    validity = {"valid_from": F.col("event_time"), "valid_to": until, "is_current": until.isNull()}
    return once.withColumns(validity)
