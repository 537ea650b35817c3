"""Customers by the month of their first order, and how many of them order again in each month after it."""

from datetime import date

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.tables.exact import ratio
from krn.tables.folds import stacked
from krn.tables.silver import orders as orders_table
from krn.tables.silver import sales_entries
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, INT, MONEY_SUM, RATIO, TEXT

_KEY = ("first_month", "months_since", "currency")
_COHORT = ("first_month", "currency")


def customer_cohorts(entries: DataFrame, orders: DataFrame, today: date) -> DataFrame:
    """A customer is in one cohort of each currency; net sales count in the month in which their order was made.

    A month up to today's in which nobody ordered has a row that says so.
    """
    facts = _facts(entries, orders)
    # Goods may come back in another currency than their order's, which is older than the first in that currency.
    facts = facts.withColumn("months_since", F.greatest(_months("first_month", F.col("month")), F.lit(0)))
    every = stacked(facts, _months_upto(facts, today))
    sums = every.groupBy(*_KEY).agg(
        F.count_distinct("buyer").alias("customers"),
        F.coalesce(F.sum("net"), F.lit(0)).cast(MONEY_SUM).alias("net_sales"),
    )
    at_first = F.max(F.when(F.col("months_since") == 0, F.col("customers"))).over(Window.partitionBy(*_COHORT))
    sized = sums.withColumn("members", at_first)
    return sized.withColumn("retained", ratio(F.col("customers"), F.col("members"))).select(
        *(c.name for c in TABLE.columns)
    )


def _facts(entries: DataFrame, orders: DataFrame) -> DataFrame:
    """What known customers ordered, by the month of the order; `buyer` is null in entries of the ledger."""
    made = orders.where("is_complete").select(
        "customer_id", "currency", F.trunc("business_date", "MONTH").alias("month"), F.col("customer_id").alias("buyer")
    )
    sold = entries.where("order_date IS NOT NULL").select(
        "customer_id",
        "currency",
        F.trunc("order_date", "MONTH").alias("month"),
        (F.col("gross") - F.col("discount")).alias("net"),
    )
    both = stacked(made, sold).where("customer_id <> 'unknown'")
    same = Window.partitionBy("customer_id", "currency")
    ordered = F.min(F.when(F.col("buyer").isNotNull(), F.col("month"))).over(same)
    return both.withColumn("first_month", F.coalesce(ordered, F.min("month").over(same)))


def _months_upto(facts: DataFrame, today: date) -> DataFrame:
    """Every month of a cohort from its first to today's."""
    last = F.greatest(_months("first_month", F.lit(today)), F.lit(0))
    return facts.select(*_COHORT).distinct().withColumn("months_since", F.explode(F.sequence(F.lit(0), last)))


def _months(first: str, day: SparkColumn) -> SparkColumn:
    return (F.year(day) - F.year(first)) * 12 + F.month(day) - F.month(first)


TABLE = Table(
    name="gold.customer_cohorts",
    doc=__doc__,
    key=_KEY,
    scope=None,  # every order of a customer depends on the first, and the last month on today
    inputs={"entries": sales_entries.TABLE, "orders": orders_table.TABLE},
    args=("today",),
    may_be_empty=True,  # all may have bought as guests
    columns=(
        Column(
            "first_month",
            DAY,
            "first day of the month in which the customers first ordered in this currency; of those who never did and "
            "only sent goods back in it, of the month of the first order that these came from",
        ),
        Column("months_since", INT, "months from the first to this one; 0 = the first itself"),
        Column("currency", TEXT, "ISO 4217 code of the amount"),
        Column("members", COUNT, "customers who first ordered in this currency in that month; guests are not counted"),
        Column("customers", COUNT, "those of them with an order in this month, also one cancelled later"),
        Column("retained", RATIO, "customers / members; null without members"),
        Column(
            "net_sales",
            MONEY_SUM,
            "of the orders made in this month, less discounts, cancellations and returns; what came back in this "
            "currency of a customer's earlier order in another one counts in the first month, and what came back of "
            "customers without an order in this currency counts although they are no members",
        ),
    ),
    transform=customer_cohorts,
)
