"""Carriers on their lanes over the last 28 and 90 days and all time: how late, how sure that is, what it costs."""

from datetime import date, timedelta

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.tables.exact import ratio
from krn.tables.silver import shipments as shipments_table
from krn.tables.table import Column, Table
from krn.tables.times import percentile_h, shortest_first, took
from krn.tables.types import COUNT, FLAG, HOURS, INT, RATIO, TEXT

WINDOWS = {"28d": 28, "90d": 90}
_LANE = ("origin", "destination", "carrier")
_PERCENTS = (50, 90, 95)
_FEW = 30
#: Of a normal distribution 95 % lie within so many standard deviations.
_Z = 1.959963984540054


def lane_performance(shipments: DataFrame, today: date) -> DataFrame:
    """A parcel is in a window by the day it was shipped; the window of n days ends with `today`."""
    facts = shipments.where(F.col("shipped_on") <= F.lit(today)).withColumn("window", F.explode(_windows(today)))
    sums = facts.groupBy("window", *_LANE).agg(
        F.count("*").alias("n"),
        F.count("delivered_at").alias("delivered"),
        F.count("is_late").alias("rated"),
        F.count_if("is_late").alias("late"),
        shortest_first(took(*map(F.col, shipments_table.SPANS["transit"]))).alias("_transit"),
    )
    measures = {
        **{f"transit_p{p}_h": percentile_h(F.col("_transit"), p) for p in _PERCENTS},
        "late_rate": ratio(F.col("late"), F.col("rated")),
        "late_low": _wilson(-_Z),
        "late_high": _wilson(_Z),
        "small_sample": F.col("n") < _FEW,
        "excess_late": _excess_late(),
    }
    return sums.withColumns(measures).withColumn("rank", _rank()).select(*(c.name for c in TABLE.columns))


def _windows(today: date) -> SparkColumn:
    """The names of the windows that hold a parcel."""
    within = (F.when(F.col("shipped_on") > F.lit(today - timedelta(days=days)), name) for name, days in WINDOWS.items())
    return F.array_compact(F.array(*within, F.lit("all")))


def _wilson(z: float) -> SparkColumn:
    """A Wilson bound of late / rated (Wilson 1927): it stays within 0 to 1 and holds for few parcels too.

    Its root is no decimal, so a float is used: of one row's counts alone, so no order of rows can change it.
    """
    late, rated = F.col("late"), F.nullif(F.col("rated"), F.lit(0))
    spread = F.sqrt(late * (rated - late) / rated + z * z / 4)
    return F.round((late + z * z / 2 + z * spread) / (rated + z * z), 4).cast(RATIO)


def _excess_late() -> SparkColumn:
    """late - rated * (all late / all rated), brought to one fraction so that it is rounded once."""
    among = Window.partitionBy("window").rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    all_late, all_rated = F.sum("late").over(among), F.sum("rated").over(among)
    return ratio(F.col("late") * all_rated - F.col("rated") * all_late, all_rated)


def _rank() -> SparkColumn:
    return F.row_number().over(Window.partitionBy("window").orderBy(F.col("excess_late").desc_nulls_last(), *_LANE))


TABLE = Table(
    name="gold.lane_performance",
    doc=__doc__,
    key=("window", *_LANE),
    scope=None,  # a rank depends on every other row, and the windows on today
    inputs={"shipments": shipments_table.TABLE},
    args=("today",),
    may_be_empty=True,  # nothing may have been shipped yet
    columns=(
        Column(
            "window",
            TEXT,
            "28d or 90d, the days that end with today, or all; a word of SQL, so it stands in double quotes there",
        ),
        Column("origin", TEXT, "region they were sent from, or unknown"),
        Column("destination", TEXT, "region they go to, or unknown"),
        Column("carrier", TEXT, "who carries them, or unknown"),
        Column("n", COUNT, "parcels shipped in the window"),
        Column("delivered", COUNT, "of them, delivered by now"),
        *(
            Column(f"transit_p{p}_h", HOURS, f"percentile {p} of the hours from shipped to delivered; null where none")
            for p in _PERCENTS
        ),
        Column("rated", COUNT, "of those delivered, the ones with a promise"),
        Column("late", COUNT, "of those rated, delivered after the promised day"),
        Column("late_rate", RATIO, "late / rated; null where none is rated"),
        Column("late_low", RATIO, "lower 95 % Wilson bound of the late rate; null where none is rated"),
        Column("late_high", RATIO, "upper 95 % Wilson bound of the late rate; null where none is rated"),
        Column("small_sample", FLAG, f"n is below {_FEW}, however many are rated: read the bounds, not the rate"),
        Column(
            "excess_late",
            RATIO,
            "late parcels beyond what the window's overall late rate would give; below 0 = fewer; "
            "null where none of the window is rated",
        ),
        Column("rank", INT, "place by excess_late in the window, ties by origin, destination, carrier; 1 = costs most"),
    ),
    transform=lane_performance,
)
