"""Orders that wait for something: in which stage, for how long, how far past the promise, and which are stuck."""

from datetime import date

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.folds import business_date
from krn.tables.silver import orders as orders_table
from krn.tables.table import Column, Table
from krn.tables.types import DAY, FLAG, INT, MONEY, TEXT

#: The instant at which an order enters a stage, and the days it may stay there.
STAGES = {
    "created": ("created_at", 7),
    "part_paid": ("first_payment_at", 7),
    "paid": ("paid_at", 3),
    "shipped": ("shipped_at", 14),
}
_LIMITS = ", ".join(f"{stage} {days}" for stage, (_, days) in STAGES.items())


def open_orders(orders: DataFrame, today: date, timezone: str) -> DataFrame:
    """The stage of an open order is its status; once it is delivered, cancelled or returned it leaves the table."""
    open_ = orders.where("is_complete").where(F.col("status").isin(*STAGES))
    staged = open_.withColumns(
        {"stage": F.col("status"), "since": business_date(_entered_at(), timezone), "value": F.col("order_total")}
    )
    days = {
        "days_in_stage": _days_since("since", today),
        "days_past_promise": F.when(F.col("promised_on").isNotNull(), _days_since("promised_on", today)),
    }
    return staged.withColumns(days).withColumn("stuck", _is_stuck()).select(*(c.name for c in TABLE.columns))


def _entered_at() -> SparkColumn:
    return F.coalesce(*(F.when(F.col("status") == stage, F.col(at)) for stage, (at, _) in STAGES.items()))


def _days_since(day: str, today: date) -> SparkColumn:
    """Not below 0: an order of the minutes around midnight may be of a day that is not yet today's."""
    return F.greatest(F.datediff(F.lit(today), day), F.lit(0))


def _is_stuck() -> SparkColumn:
    limits = (F.when(F.col("stage") == stage, days) for stage, (_, days) in STAGES.items())
    return F.col("days_in_stage") > F.coalesce(*limits)


TABLE = Table(
    name="gold.open_orders",
    doc=__doc__,
    key=("order_id",),
    scope=None,  # days in a stage depend on today
    inputs={"orders": orders_table.TABLE},
    args=("today", "timezone"),
    may_be_empty=True,  # a shop may have nothing open
    columns=(
        Column("order_id", TEXT, "the order"),
        Column("stage", TEXT, "created, part_paid, paid or shipped: the order's status"),
        Column("since", DAY, "business date of its creation, first payment, full payment or first parcel"),
        Column("days_in_stage", INT, "days from since to today"),
        Column("promised_on", DAY, "local date the buyer was promised; null where none"),
        Column("days_past_promise", INT, "days from promised_on to today, 0 while not past; null without a promise"),
        Column("stuck", FLAG, f"longer in its stage than it may be, in days: {_LIMITS}"),
        Column("value", MONEY, "what the shop says is owed for it"),
        Column("currency", TEXT, "ISO 4217 code of the value"),
        Column("country", TEXT, "the buyer's country, or unknown"),
    ),
    transform=open_orders,
)
