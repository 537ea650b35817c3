"""One row per attempt to pay, with how it ended: received, or failed."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.contracts.payments import PAYMENT_FAILED, PAYMENT_RECEIVED
from krn.tables.folds import business_date, earliest
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, INSTANT, INT, MONEY, TEXT


def payments(received: DataFrame, failed: DataFrame, timezone: str) -> DataFrame:
    """Of several events about one attempt the earliest counts; received wins over failed."""
    came = earliest(received, "payment_id").withColumns(
        {"status": F.lit("received"), "reason": F.lit(None).cast("string")}
    )
    lost = earliest(failed, "payment_id").withColumns(
        {"status": F.lit("failed"), "installments": F.lit(None).cast("int"), "provider": F.lit(None).cast("string")}
    )
    shared = (
        "payment_id",
        "order_id",
        "status",
        "amount",
        "currency",
        "method",
        "installments",
        "provider",
        "reason",
        "event_time",
        "n_events",
    )
    both = came.select(*shared).unionByName(lost.select(*shared))
    one = both.groupBy("payment_id").agg(
        F.max_by(F.struct(*shared[1:-1]), "status").alias("last"), F.sum("n_events").alias("n_events")
    )
    return one.select("payment_id", "last.*", "n_events").select(
        *shared[:-2],
        F.col("event_time").alias("paid_at"),
        business_date(F.col("event_time"), timezone).alias("business_date"),
        "n_events",
    )


TABLE = Table(
    name="silver.payments",
    doc=__doc__,
    key=("payment_id",),
    scope="payment_id",
    inputs={"received": PAYMENT_RECEIVED, "failed": PAYMENT_FAILED},
    args=("timezone",),
    columns=(
        Column("payment_id", TEXT, "the attempt to pay"),
        Column("order_id", TEXT, "the order it pays for"),
        Column("status", TEXT, "received or failed"),
        Column("amount", MONEY, "what was paid or tried"),
        Column("currency", TEXT, "ISO 4217 code of the amount"),
        Column("method", TEXT, "card, voucher, transfer and so on, in the producer's words"),
        Column("installments", INT, "in how many parts the buyer pays; null where not said"),
        Column("provider", TEXT, "who moved the money; null where not said"),
        Column("reason", TEXT, "why it failed; null where not said, or received"),
        Column("paid_at", INSTANT, "when the money came, or the attempt failed"),
        Column("business_date", DAY, "business date of paid_at"),
        Column("n_events", COUNT, "events about this attempt"),
    ),
    transform=payments,
)
