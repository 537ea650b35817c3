"""Orders by the day they were made, as they stand today: what was cancelled or returned since counts on that day."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.folds import stacked
from krn.tables.ledger import SALES, measures
from krn.tables.silver import orders as orders_table
from krn.tables.silver import sales_entries
from krn.tables.table import Column, Input, Table
from krn.tables.times import percentile_h, shortest_first, took
from krn.tables.types import COUNT, DAY, HOURS, MONEY_SUM, TEXT

_KEY = ("order_date", "currency")
#: The steps of an order and the instants between which each is taken.
_STEPS = {
    "paid": ("created_at", "paid_at"),
    "shipped": ("paid_at", "shipped_at"),
    "delivered": ("shipped_at", "delivered_at"),
}


def order_cohort_daily(entries: DataFrame, orders: DataFrame) -> DataFrame:
    """Returns whose order is unknown belong to no cohort; the ledger has them, so both differ by just these."""
    sold = entries.where("order_date IS NOT NULL").select(*_KEY, *SALES)
    facts = stacked(sold, _made(orders))
    sums = facts.groupBy(*_KEY).agg(
        F.count("order").alias("orders"),
        *measures(),
        *(F.count(end).alias(step) for step, (_, end) in _STEPS.items()),
        *(shortest_first(F.col(f"until_{step}")).alias(f"_until_{step}") for step in _STEPS),
    )
    medians = {f"median_{step}_h": percentile_h(F.col(f"_until_{step}"), 50) for step in _STEPS}
    return sums.withColumns(medians).select(*(c.name for c in TABLE.columns))


def _made(orders: DataFrame) -> DataFrame:
    """Each order with the microseconds of its steps; null where one was not taken, or before the one before it."""
    return orders.where("is_complete").select(
        F.col("business_date").alias("order_date"),
        "currency",
        F.lit(1).alias("order"),
        *(end for _, end in _STEPS.values()),
        *(took(F.col(start), F.col(end)).alias(f"until_{step}") for step, (start, end) in _STEPS.items()),
    )


def _median(step: str) -> str:
    return f"median hours from {step}, of orders that did both in this order; null where none did"


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
        Column("paid", COUNT, "orders paid in full by now"),
        Column("shipped", COUNT, "orders of which a parcel was shipped by now"),
        Column("delivered", COUNT, "orders of which a parcel was delivered by now; silver.orders tells which have all"),
        Column("median_paid_h", HOURS, _median("created to paid in full")),
        Column("median_shipped_h", HOURS, _median("paid in full to the first parcel shipped")),
        Column("median_delivered_h", HOURS, _median("the first parcel shipped to the first delivered")),
    ),
    transform=order_cohort_daily,
)
