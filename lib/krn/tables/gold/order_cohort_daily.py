"""Orders by the day they were made, as they stand today: what was cancelled or returned since counts on that day."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.exact import percentile
from krn.tables.folds import hours, stacked
from krn.tables.ledger import SALES, measures
from krn.tables.silver import orders as orders_table
from krn.tables.silver import sales_entries
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, MONEY_SUM, RATIO, TEXT

_KEY = ("order_date", "currency")


def order_cohort_daily(entries: DataFrame, orders: DataFrame) -> DataFrame:
    """Returns whose order is unknown belong to no cohort; the ledger has them, so both differ by just these."""
    sold = entries.where("order_date IS NOT NULL").select(*_KEY, *SALES)
    facts = stacked(sold, _made(orders))
    sums = facts.groupBy(*_KEY).agg(
        F.count("order").alias("orders"),
        *measures(),
        F.count("paid_at").alias("paid"),
        F.array_sort(F.collect_list("until_paid")).alias("_until_paid"),
    )
    return sums.withColumn("median_paid_h", percentile(F.col("_until_paid"), 50)).select(
        *(c.name for c in TABLE.columns)
    )


def _made(orders: DataFrame) -> DataFrame:
    """Each order with the hours from created to paid; null where clocks that differ say that it was before."""
    return orders.where("is_complete").select(
        F.col("business_date").alias("order_date"),
        "currency",
        F.lit(1).alias("order"),
        "paid_at",
        hours(F.col("created_at"), F.col("paid_at")).alias("until_paid"),
    )


TABLE = Table(
    name="gold.order_cohort_daily",
    doc=__doc__,
    key=_KEY,
    scope="order_date",
    inputs={"entries": sales_entries.TABLE, "orders": Input(orders_table.TABLE, scope="business_date")},
    columns=(
        Column("order_date", DAY, "day on which the orders were made"),
        Column("currency", TEXT, "ISO 4217 code of every amount"),
        Column("orders", COUNT, "orders made that day, also those without lines and those cancelled since"),
        Column("gross_sales", MONEY_SUM, "value of the units sold, before discounts"),
        Column("discounts", MONEY_SUM, "taken off gross_sales"),
        Column("cancelled", MONEY_SUM, "value less discount of what was cancelled of these orders by now"),
        Column("returned", MONEY_SUM, "value less discount of what came back of these orders by now"),
        Column("net_sales", MONEY_SUM, "gross_sales - discounts - cancelled - returned: what is left of them today"),
        Column("paid", COUNT, "orders paid by now"),
        Column(
            "median_paid_h",
            RATIO,
            "median hours from created to paid, of orders that were paid after they were made; null where none was",
        ),
    ),
    transform=order_cohort_daily,
)
