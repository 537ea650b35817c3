"""One row per label of a transaction: what it was known to be, from when until a later label."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.contracts.transactions import TRANSACTION_LABELLED
from krn.tables.folds import earliest
from krn.tables.silver import transactions as transactions_table
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, FLAG, INSTANT, MONEY, TEXT

_OF_TRANSACTION = (
    *("card_id", "terminal_id", "merchant_id", "amount", "currency", "initiated_at", "business_date", "decision"),
)


def labels(labelled: DataFrame, transactions: DataFrame) -> DataFrame:
    """Of several labels that became known at one instant the first by source and id counts."""
    told = earliest(labelled, "transaction_id", "event_time").withColumnRenamed("event_time", "known_at")
    later = F.lead("known_at").over(Window.partitionBy("transaction_id").orderBy("known_at"))
    spans = told.select("transaction_id", "known_at", later.alias("superseded_at"), "label", "reason", "n_events")
    of = transactions.select("transaction_id", *_OF_TRANSACTION)
    return spans.join(of, on="transaction_id", how="left").select(
        "transaction_id",
        "known_at",
        F.to_date("known_at").alias("known_on"),
        "superseded_at",
        F.col("superseded_at").isNull().alias("is_latest"),
        "label",
        "reason",
        *_OF_TRANSACTION,
        "n_events",
    )


TABLE = Table(
    name="silver.labels",
    doc=__doc__,
    key=("transaction_id", "known_at"),
    scope="transaction_id",
    inputs={
        "labelled": Input(TRANSACTION_LABELLED, fields=("transaction_id", "label", "reason")),
        "transactions": Input(transactions_table.TABLE, fields=_OF_TRANSACTION),
    },
    columns=(
        Column("transaction_id", TEXT, "the transaction"),
        Column("known_at", INSTANT, "when the label became known"),
        Column("known_on", DAY, "UTC day of known_at"),
        Column("superseded_at", INSTANT, "when another label became known; null while this one holds"),
        Column("is_latest", FLAG, "no later label is known"),
        Column("label", TEXT, "fraud, genuine or dispute"),
        Column("reason", TEXT, "how that is known; null where not said"),
        Column("card_id", TEXT, "the transaction's card; null where no event names it", pii="P2"),
        Column("terminal_id", TEXT, "the transaction's terminal; null where not said, or it is not known"),
        Column("merchant_id", TEXT, "the transaction's merchant; null until transaction.initiated comes"),
        Column("amount", MONEY, "the transaction's amount; null until transaction.initiated comes"),
        Column("currency", TEXT, "ISO 4217 code of the amount; null until transaction.initiated comes"),
        Column("initiated_at", INSTANT, "when the transaction was tried; null until transaction.initiated comes"),
        Column("business_date", DAY, "business date of the transaction; null until transaction.initiated comes"),
        Column("decision", TEXT, "approved, declined or pending; null until an event of the transaction comes"),
        Column("n_events", COUNT, "events that told this label at this instant"),
    ),
    transform=labels,
    may_be_empty=True,  # labels come days after their transactions, if at all
)
