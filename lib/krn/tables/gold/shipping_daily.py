"""Parcels by the day they were shipped, carrier and lane: how many came, how late, and how long it took."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.exact import ratio
from krn.tables.silver import shipments as shipments_table
from krn.tables.table import Column, Table
from krn.tables.times import percentile_h, shortest_first, took
from krn.tables.types import COUNT, DAY, HOURS, RATIO, TEXT

_KEY = ("shipped_on", "carrier", "origin", "destination")
_SPANS = {
    "handling": "the order's payment, else its creation, to shipped",
    "transit": "shipped to delivered",
    "total": "the order's creation to delivered",
}
_PERCENTS = (50, 90, 95)


def shipping_daily(shipments: DataFrame) -> DataFrame:
    """A parcel stays on the day it was shipped; what becomes of it later restates that day."""
    is_delivered = F.col("delivered_at").isNotNull()
    sums = (
        shipments.where("shipped_on IS NOT NULL")
        .groupBy(*_KEY)
        .agg(
            F.count("*").alias("shipped"),
            F.count_if(is_delivered).alias("delivered"),
            F.count("is_late").alias("rated"),
            F.count_if("is_late").alias("late"),
            F.count_if(F.col("n_exceptions") > 0).alias("exceptions"),
            F.count_if(is_delivered & (F.col("n_attempts") == 1)).alias("_at_first_attempt"),
            *(shortest_first(took(*map(F.col, shipments_table.SPANS[span]))).alias(f"_{span}") for span in _SPANS),
        )
    )
    hours = {f"{span}_p{p}_h": percentile_h(F.col(f"_{span}"), p) for span in _SPANS for p in _PERCENTS}
    rate = ratio(F.col("_at_first_attempt"), F.col("delivered"))
    return sums.withColumns({"first_attempt_rate": rate, **hours}).select(*(c.name for c in TABLE.columns))


TABLE = Table(
    name="gold.shipping_daily",
    doc=__doc__,
    key=_KEY,
    scope="shipped_on",
    inputs={"shipments": shipments_table.TABLE},
    columns=(
        Column("shipped_on", DAY, "day of the business on which they left the shop"),
        Column("carrier", TEXT, "who carries them, or unknown"),
        Column("origin", TEXT, "region they were sent from, or unknown"),
        Column("destination", TEXT, "region they go to, or unknown"),
        Column("shipped", COUNT, "parcels shipped on the day"),
        Column("delivered", COUNT, "of them, delivered by now"),
        Column("rated", COUNT, "of them, delivered and with a promise"),
        Column("late", COUNT, "of those rated, delivered after the promised day"),
        Column("exceptions", COUNT, "parcels with at least one exception on their way"),
        Column("first_attempt_rate", RATIO, "delivered at the first attempt / delivered; null where none was"),
        *(
            Column(f"{span}_p{p}_h", HOURS, f"percentile {p} of the hours from {what}; null where none has them")
            for span, what in _SPANS.items()
            for p in _PERCENTS
        ),
    ),
    transform=shipping_daily,
)
