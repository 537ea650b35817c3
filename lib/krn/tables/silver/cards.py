"""One row per card: when it was seen first."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.silver import transactions as transactions_table
from krn.tables.table import Column, Input, Table
from krn.tables.types import INSTANT, TEXT


def cards(transactions: DataFrame) -> DataFrame:
    """A card whose transactions are known by their decisions alone is not seen yet."""
    tried = transactions.where("initiated_at IS NOT NULL")
    return tried.groupBy("card_id").agg(F.min("initiated_at").alias("first_seen_at"))


TABLE = Table(
    name="silver.cards",
    doc=__doc__,
    key=("card_id",),
    scope="card_id",
    inputs={
        "transactions": Input(
            transactions_table.TABLE,
            scope="CASE WHEN initiated_at IS NOT NULL THEN card_id END",
            fields=("card_id", "initiated_at"),
        )
    },
    columns=(
        Column("card_id", TEXT, "token of the card", pii="P2"),
        Column("first_seen_at", INSTANT, "when it was used first, whatever was decided"),
    ),
    transform=cards,
)
