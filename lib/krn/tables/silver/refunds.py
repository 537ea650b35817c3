"""One row per refund: the money that went back, under the order's channel and country where the order is known."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.contracts.orders import ORDER_REFUNDED
from krn.tables.folds import business_date, earliest, known
from krn.tables.silver import orders as orders_table
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, FLAG, INSTANT, MONEY, TEXT


def refunds(refunded: DataFrame, orders: DataFrame, timezone: str) -> DataFrame:
    """The earliest event about a refund counts; goods, if any came back, are in refund_lines."""
    first = earliest(refunded, "refund_id").withColumnsRenamed(
        {c: f"own_{c}" for c in ("channel", "country", "customer_id")}
    )
    placed = orders.where("is_complete").select(
        "order_id", "channel", "country", "customer_id", F.lit(True).alias("is_order_known")
    )
    both = first.join(placed, on="order_id", how="left")
    named = {c: F.coalesce(c, f"own_{c}") for c in ("channel", "country", "customer_id")}
    return both.withColumns(named).select(
        "refund_id",
        "order_id",
        "amount",
        "currency",
        known("channel"),
        known("country"),
        known("customer_id"),
        "reason",
        F.coalesce(F.size("lines"), F.lit(0)).cast("long").alias("n_lines"),
        F.coalesce("is_order_known", F.lit(False)).alias("is_order_known"),
        F.col("event_time").alias("refunded_at"),
        business_date(F.col("event_time"), timezone).alias("business_date"),
        "n_events",
    )


TABLE = Table(
    name="silver.refunds",
    doc=__doc__,
    key=("refund_id",),
    scope="refund_id",
    inputs={"refunded": ORDER_REFUNDED, "orders": Input(orders_table.TABLE, via="order_id")},
    args=("timezone",),
    columns=(
        Column("refund_id", TEXT, "the refund"),
        Column("order_id", TEXT, "the order; null where the refund names none"),
        Column("amount", MONEY, "what the buyer got back"),
        Column("currency", TEXT, "ISO 4217 code of the amount"),
        Column("channel", TEXT, "channel of the order, else of the refund, or unknown"),
        Column("country", TEXT, "country of the order, else of the refund, or unknown"),
        Column("customer_id", TEXT, "customer of the order, else of the refund; unknown for a guest", pii="P2"),
        Column("reason", TEXT, "why; null where not said"),
        Column("n_lines", COUNT, "lines of goods that came back; 0 = money only"),
        Column("is_order_known", FLAG, "whether the order it names has been created"),
        Column("refunded_at", INSTANT, "when the refund was made"),
        Column("business_date", DAY, "business date of refunded_at"),
        Column("n_events", COUNT, "events about this refund"),
    ),
    transform=refunds,
)
