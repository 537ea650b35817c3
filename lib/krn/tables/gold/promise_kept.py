"""Promises by the day they fell due: kept, broken, or still open."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.exact import ratio
from krn.tables.silver import shipments as shipments_table
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, RATIO


def promise_kept(shipments: DataFrame, today: date) -> DataFrame:
    """Parcels that are open or lost count against the promise, unlike in a late rate over what was delivered.

    A promise is one of a parcel that is known: an order of which no parcel was told of yet is in gold.open_orders.
    """
    due = shipments.where(F.col("promised_on") <= F.lit(today))
    sums = due.groupBy("promised_on").agg(
        F.count("*").alias("due"),
        F.count_if(~F.col("is_late")).alias("on_time"),
        F.count_if("is_late").alias("late"),
        F.count_if(F.col("delivered_on").isNull()).alias("not_delivered"),
    )
    rate = ratio(F.col("on_time"), F.col("due"))
    return sums.withColumn("on_time_rate", rate).select(*(c.name for c in TABLE.columns))


TABLE = Table(
    name="gold.promise_kept",
    doc=__doc__,
    key=("promised_on",),
    scope=None,  # with today more promises fall due
    inputs={"shipments": shipments_table.TABLE},
    args=("today",),
    may_be_empty=True,  # a shop may promise nothing
    columns=(
        Column("promised_on", DAY, "local day promised, today at the latest"),
        Column("due", COUNT, "parcels promised for the day and known by now: shipped, tracked or delivered"),
        Column("on_time", COUNT, "of them, delivered by that day"),
        Column("late", COUNT, "of them, delivered after it"),
        Column("not_delivered", COUNT, "of them, not delivered yet, or lost"),
        Column("on_time_rate", RATIO, "on_time / due"),
    ),
    transform=promise_kept,
)
