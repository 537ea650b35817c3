"""One row per line of a refund: goods that came back."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.contracts.orders import ORDER_REFUNDED
from krn.tables.folds import business_date, earliest, known
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, INSTANT, INT, MONEY, TEXT


def refund_lines(refunded: DataFrame, timezone: str) -> DataFrame:
    """The lines of the earliest event about a refund, numbered as they stand in it."""
    refunds = earliest(refunded, "refund_id")
    lines = refunds.select("*", F.posexplode("lines").alias("at", "line"))
    return lines.select(
        "refund_id",
        (F.col("at") + 1).alias("position"),
        "order_id",
        "line.line_no",
        "line.product_id",
        F.coalesce("line.description", F.lit("unknown")).alias("description"),
        F.col("line.quantity").cast("long").alias("quantity"),
        "line.unit_price",
        "currency",
        known("channel"),
        known("country"),
        known("customer_id"),
        F.col("event_time").alias("refunded_at"),
        business_date(F.col("event_time"), timezone).alias("business_date"),
        "event_source",
        "event_id",
    )


TABLE = Table(
    name="silver.refund_lines",
    doc=__doc__,
    key=("refund_id", "position"),
    scope="refund_id",
    inputs={"refunded": ORDER_REFUNDED},
    args=("timezone",),
    may_be_empty=True,  # a refund may be money only
    columns=(
        Column("refund_id", TEXT, "the refund"),
        Column("position", INT, "place of the line in the refund, from 1"),
        Column("order_id", TEXT, "the order; null where the refund names none"),
        Column("line_no", INT, "line of the order; null where the refund names none"),
        Column("product_id", TEXT, "the product that came back"),
        Column("description", TEXT, "the product's name, or unknown"),
        Column("quantity", COUNT, "units that came back"),
        Column("unit_price", MONEY, "value given back for one unit"),
        Column("currency", TEXT, "ISO 4217 code of unit_price"),
        Column("channel", TEXT, "the refund's own channel, or unknown"),
        Column("country", TEXT, "the refund's own country, or unknown"),
        Column("customer_id", TEXT, "the refund's own customer, or unknown", pii="P2"),
        Column("refunded_at", INSTANT, "when the refund was made"),
        Column("business_date", DAY, "business date of refunded_at"),
        Column("event_source", TEXT, "source of the event that says so"),
        Column("event_id", TEXT, "id of the event that says so"),
    ),
    transform=refund_lines,
)
