"""One row per customer who ever ordered: the first order, and how many there were."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.silver import orders as orders_table
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, TEXT


def buyers(orders: DataFrame) -> DataFrame:
    """First is the earliest by (created_at, order_id), also where it was cancelled later; guests are no buyers."""
    first = F.struct("created_at", "order_id", "business_date", "currency", "channel")
    made = orders.where("is_complete AND customer_id <> 'unknown'")
    folded = made.groupBy("customer_id").agg(F.min(first).alias("first"), F.count("*").alias("n_orders"))
    return folded.select(
        "customer_id",
        F.col("first.order_id").alias("first_order_id"),
        F.col("first.business_date").alias("first_order_on"),
        F.col("first.currency").alias("first_currency"),
        F.col("first.channel").alias("first_channel"),
        "n_orders",
    )


TABLE = Table(
    name="silver.buyers",
    doc=__doc__,
    key=("customer_id",),
    scope="customer_id",
    inputs={"orders": Input(orders_table.TABLE, scope="nullif(customer_id, 'unknown')")},
    columns=(
        Column("customer_id", TEXT, "the buyer; never a guest", pii="P2"),
        Column("first_order_id", TEXT, "the earliest order; of several at one instant the lowest order_id"),
        Column("first_order_on", DAY, "business date of the first order"),
        Column("first_currency", TEXT, "ISO 4217 code of the first order"),
        Column("first_channel", TEXT, "channel of the first order, or unknown"),
        Column("n_orders", COUNT, "orders made, also those cancelled later"),
    ),
    transform=buyers,
)
