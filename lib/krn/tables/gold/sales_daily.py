"""Sales by business day, currency and channel: a cancellation or return counts on its own day."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.exact import ratio
from krn.tables.folds import stacked
from krn.tables.ledger import SALES, measures
from krn.tables.silver import buyers as buyers_table
from krn.tables.silver import orders as orders_table
from krn.tables.silver import refunds as refunds_table
from krn.tables.silver import sales_entries
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, MONEY_SUM, RATIO, TEXT

_KEY = ("business_date", "currency", "channel")


def sales_daily(entries: DataFrame, orders: DataFrame, refunds: DataFrame, buyers: DataFrame) -> DataFrame:
    """Orders are counted by the day they were made, also those without lines and those cancelled later."""
    made = _made(orders, buyers)
    paid_back = refunds.select(*_KEY, F.col("amount").alias("refund"))
    facts = stacked(entries.select(*_KEY, *SALES), made, paid_back)
    sums = facts.groupBy(*_KEY).agg(
        F.count("order").alias("orders"),
        F.count_distinct("newcomer").alias("new_customers"),
        (F.count_distinct("customer") - F.count_distinct("newcomer")).alias("returning_customers"),
        *measures(),
        F.coalesce(F.sum("refund"), F.lit(0)).cast(MONEY_SUM).alias("refunds_paid"),
    )
    totals = sums.withColumn("total_sales", (F.col("net_sales") + F.col("tax") + F.col("shipping")).cast(MONEY_SUM))
    return totals.withColumn("aov", ratio(F.col("gross_sales") - F.col("discounts"), F.col("orders"))).select(
        *(c.name for c in TABLE.columns)
    )


def _made(orders: DataFrame, buyers: DataFrame) -> DataFrame:
    """Each order with its `customer`, null for a guest, who is its `newcomer` where it is the customer's first."""
    firsts = buyers.select(F.col("first_order_id").alias("order_id"), F.col("customer_id").alias("newcomer"))
    complete = orders.where("is_complete").join(firsts, on="order_id", how="left")
    customer = F.nullif("customer_id", F.lit("unknown")).alias("customer")
    return complete.select(*_KEY, F.lit(1).alias("order"), customer, "newcomer")


TABLE = Table(
    name="gold.sales_daily",
    doc=__doc__,
    key=_KEY,
    scope="business_date",
    inputs={
        "entries": sales_entries.TABLE,
        "orders": orders_table.TABLE,
        "refunds": refunds_table.TABLE,
        # An earlier order that comes late moves a customer's first day: the buyer's change names the old and the new.
        "buyers": Input(buyers_table.TABLE, scope="first_order_on", fields=("first_order_id", "first_order_on")),
    },
    columns=(
        Column("business_date", DAY, "day of the business"),
        Column("currency", TEXT, "ISO 4217 code of every amount"),
        Column("channel", TEXT, "where it was sold, or unknown"),
        Column("orders", COUNT, "orders made that day, also those without lines and those cancelled later"),
        Column("new_customers", COUNT, "customers whose first order is among these orders; guests are not counted"),
        Column("returning_customers", COUNT, "customers with one of these orders, but not their first"),
        Column("units", COUNT, "units sold that day"),
        Column("gross_sales", MONEY_SUM, "value of the units sold, before discounts"),
        Column("discounts", MONEY_SUM, "taken off gross_sales"),
        Column("returns", MONEY_SUM, "value less discount of what was cancelled or came back that day"),
        Column("net_sales", MONEY_SUM, "gross_sales - discounts - returns"),
        Column("tax", MONEY_SUM, "of sales, less what was given back that day"),
        Column("shipping", MONEY_SUM, "freight of sales, less what was given back that day"),
        Column("total_sales", MONEY_SUM, "net_sales + tax + shipping"),
        Column("refunds_paid", MONEY_SUM, "money refunded that day, with or without goods"),
        Column(
            "aov",
            RATIO,
            "average order value: (gross_sales - discounts) / orders; null without orders or beyond 14 digits",
        ),
    ),
    transform=sales_daily,
)
