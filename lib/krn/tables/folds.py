"""How events become rows: one event per business fact, days of the business, and what silver says for nothing."""

from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

#: When events happened, in a total order: two events never share source and id.
EVENT_ORDER = ("event_time", "event_source", "event_id")


def earliest(events: DataFrame, *key: str) -> DataFrame:
    """One event per key: the first by EVENT_ORDER, since a shop may tell one fact twice; `n_events` counts them."""
    same = Window.partitionBy(*key)
    first = F.row_number().over(same.orderBy(*EVENT_ORDER).rowsBetween(Window.unboundedPreceding, Window.currentRow))
    numbered = events.withColumns({"_nth": first, "n_events": F.count("*").over(same)})
    return numbered.where("_nth = 1").drop("_nth")


def stacked(*facts: DataFrame) -> DataFrame:
    """Facts of several kinds in one frame, each with its own columns filled, so that one grouping folds them all."""
    return reduce(lambda upper, lower: upper.unionByName(lower, allowMissingColumns=True), facts)


def business_date(at: Column, timezone: str) -> Column:
    """The day of an instant where the business is: UTC days put 13.8 % of one real shop's orders on another day."""
    return F.to_date(F.from_utc_timestamp(at, timezone))


def known(column: str) -> Column:
    """The column, or `unknown` where it is null: keys, scopes and dimensions are never null beyond silver."""
    return F.coalesce(F.col(column), F.lit("unknown")).alias(column)
