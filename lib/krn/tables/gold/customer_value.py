"""What each customer is worth in each currency: orders, net sales, and recency, frequency and money in five classes."""

from datetime import date

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.window import WindowSpec

from krn.tables.exact import ratio
from krn.tables.folds import stacked
from krn.tables.silver import orders as orders_table
from krn.tables.silver import sales_entries
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, INT, MONEY_SUM, RATIO, TEXT

CLASSES = 5
SEGMENTS = ("champions", "loyal", "promising", "at_risk", "lost")
_KEY = ("customer_id", "currency")


def customer_value(entries: DataFrame, orders: DataFrame, today: date) -> DataFrame:
    """Guests are no customers; goods that came back in a currency without orders make a row without scores."""
    made = orders.where("is_complete").select(*_KEY, F.col("business_date").alias("order_on"))
    worth = F.col("gross") - F.col("discount")
    net = entries.select(*_KEY, worth.alias("net"), F.when(F.col("kind") == "sale", worth).alias("sold"))
    facts = stacked(made, net).where("customer_id <> 'unknown'")
    sums = facts.groupBy(*_KEY).agg(
        F.min("order_on").alias("first_order_on"),
        F.max("order_on").alias("last_order_on"),
        F.count("order_on").alias("orders"),
        F.coalesce(F.sum("net"), F.lit(0)).cast(MONEY_SUM).alias("net_sales"),
        F.coalesce(F.sum("sold"), F.lit(0)).cast(MONEY_SUM).alias("_sold"),
    )
    known = sums.withColumns(
        {
            "recency_days": F.datediff(F.lit(today), F.col("last_order_on")),
            "aov": ratio(F.col("_sold"), F.col("orders")),
        }
    )
    return _scored(known).withColumn("segment", _segment()).select(*(c.name for c in TABLE.columns))


def _scored(known: DataFrame) -> DataFrame:
    """r, f and m from 1 to 5, the higher the better: few days since the last order, many orders, much money."""
    measures = ("recency_days", "orders", "net_sales")
    places = {f"_{measure}": F.row_number().over(_among().orderBy(measure, "customer_id")) - 1 for measure in measures}
    ranked = known.withColumns({**places, "_last": F.count("*").over(_among()) - 1})
    passed = {measure: _passed(measure) for measure in measures}
    has_orders = F.col("orders") > 0
    scores = {
        "r": CLASSES - passed["recency_days"],
        "f": passed["orders"] + 1,
        "m": passed["net_sales"] + 1,
    }
    return ranked.withColumns({name: F.when(has_orders, score).cast(INT) for name, score in scores.items()})


def _among() -> WindowSpec:
    """Customers are compared within a currency, and only those with orders."""
    return Window.partitionBy("currency", F.col("orders") > 0)


def _passed(measure: str) -> SparkColumn:
    """How many of the four cut points the measure is above; a value at a cut point stays below it.

    The cut points are the 20, 40, 60 and 80 % quantiles, linearly interpolated. Both sides are taken five times, so
    that whole numbers stay whole and nothing is rounded.
    """
    above = (F.col(measure) * CLASSES > _five_cuts(measure, nth) for nth in range(1, CLASSES))
    return sum((F.when(condition, 1).otherwise(0) for condition in above), F.lit(0))


def _five_cuts(measure: str, nth: int) -> SparkColumn:
    """Five times the nth cut point, which lies at place last * nth / 5 of the sorted values, counted from 0."""
    fifths = F.col("_last") * nth
    rest = fifths % CLASSES
    below = _value_at(measure, fifths - rest)
    beyond = F.coalesce(_value_at(measure, fifths - rest + CLASSES), below)
    return below * CLASSES + (beyond - below) * rest


def _value_at(measure: str, fifths: SparkColumn) -> SparkColumn:
    return F.max(F.when(F.col(f"_{measure}") * CLASSES == fifths, F.col(measure))).over(_among())


def _segment() -> SparkColumn:
    """By r and f alone: who bought lately and often, lately, often, or neither."""
    is_recent, is_frequent = F.col("r") >= 3, F.col("f") >= 3
    is_best, is_scored = (F.col("r") >= 4) & (F.col("f") >= 4), F.col("r").isNotNull()
    conditions = (is_best, is_recent & is_frequent, is_recent, is_frequent, is_scored)
    return F.coalesce(*(F.when(holds, name) for holds, name in zip(conditions, SEGMENTS, strict=True)))


TABLE = Table(
    name="gold.customer_value",
    doc=__doc__,
    key=_KEY,
    scope=None,  # a score depends on every other customer, and recency on today
    inputs={"entries": sales_entries.TABLE, "orders": orders_table.TABLE},
    args=("today",),
    may_be_empty=True,  # all may have bought as guests
    columns=(
        Column("customer_id", TEXT, "the customer; never a guest", pii="P2"),
        Column("currency", TEXT, "ISO 4217 code of every amount"),
        Column("first_order_on", DAY, "business date of the first order in this currency; null without orders"),
        Column("last_order_on", DAY, "business date of the last order in this currency; null without orders"),
        Column("orders", COUNT, "orders made, also those cancelled later"),
        Column("net_sales", MONEY_SUM, "what the customer bought, less discounts, cancellations and returns"),
        Column("recency_days", INT, "days from last_order_on to today; null without orders"),
        Column(
            "aov", RATIO, "sold less discounts / orders, as in sales_daily; null without orders or beyond 14 digits"
        ),
        Column("r", INT, "5 = ordered most lately … 1: recency_days <= its 20, 40, 60, 80 % quantile of the currency"),
        Column("f", INT, "1 = fewest orders … 5: orders <= their 20, 40, 60, 80 % quantile of the currency"),
        Column("m", INT, "1 = least net_sales … 5: net_sales <= their 20, 40, 60, 80 % quantile of the currency"),
        Column(
            "segment",
            TEXT,
            "champions (r and f >= 4), loyal (both >= 3), promising (r >= 3), at_risk (f >= 3) or lost; "
            "null without orders",
        ),
    ),
    transform=customer_value,
)
