"""One row per card transaction: what was tried, and how it was decided."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.contracts.transactions import TRANSACTION_APPROVED, TRANSACTION_DECLINED, TRANSACTION_INITIATED
from krn.tables.folds import business_date, earliest, known, stacked
from krn.tables.table import Column, Table
from krn.tables.times import took
from krn.tables.types import COUNT, DAY, FLAG, INSTANT, MEASURE, MONEY, TEXT

_SAID = tuple(field.name for field in TRANSACTION_INITIATED.fields if field.name not in ("transaction_id", "card_id"))


def transactions(initiated: DataFrame, approved: DataFrame, declined: DataFrame, timezone: str) -> DataFrame:
    """Of several decisions the earliest counts. One known only by its decision keeps a row, which heals."""
    facts = stacked(_tried(initiated), _decided(approved, declined))
    folded = facts.groupBy("transaction_id").agg(
        F.max("tried").alias("tried"), F.max("decided").alias("decided"), F.sum("n_events").alias("n_events")
    )
    named = folded.withColumns(
        {
            **{name: F.col(f"tried.{name}") for name in _SAID},
            "card_id": F.coalesce("tried.card_id", "decided.card_id"),
            "initiated_at": F.col("tried.at"),
            "decided_at": F.col("decided.at"),
        }
    )
    latency = took(F.col("initiated_at"), F.col("decided_at"))
    concluded = named.withColumns(
        {
            **{name: known(name) for name in ("channel", "mcc", "country", "entry_mode")},
            "ip_token": F.col("ip"),
            "initiated_on": F.to_date("initiated_at"),
            "business_date": business_date(F.col("initiated_at"), timezone),
            "decision": F.coalesce("decided.decision", F.lit("pending")),
            "decline_reason": F.col("decided.decline_reason"),
            "risk_score": F.col("decided.risk_score"),
            "decision_latency_ms": F.call_function("div", latency, F.lit(1_000)),
            "is_complete": F.col("tried").isNotNull(),
        }
    )
    return concluded.select(*(c.name for c in TABLE.columns))


def _tried(initiated: DataFrame) -> DataFrame:
    said = F.struct("card_id", *_SAID, F.col("event_time").alias("at"))
    return earliest(initiated, "transaction_id").select("transaction_id", said.alias("tried"), "n_events")


def _decided(approved: DataFrame, declined: DataFrame) -> DataFrame:
    both = stacked(
        approved.withColumn("decision", F.lit("approved")), declined.withColumn("decision", F.lit("declined"))
    )
    said = F.struct("decision", "card_id", "decline_reason", "risk_score", F.col("event_time").alias("at"))
    return earliest(both, "transaction_id").select("transaction_id", said.alias("decided"), "n_events")


TABLE = Table(
    name="silver.transactions",
    doc=__doc__,
    key=("transaction_id",),
    scope="transaction_id",
    inputs={"initiated": TRANSACTION_INITIATED, "approved": TRANSACTION_APPROVED, "declined": TRANSACTION_DECLINED},
    args=("timezone",),
    columns=(
        Column("transaction_id", TEXT, "the transaction"),
        Column("card_id", TEXT, "token of the card; null until an event names it", pii="P2"),
        Column("merchant_id", TEXT, "who is to be paid; null until transaction.initiated comes"),
        Column("terminal_id", TEXT, "the till or page where the card was used; null where not said"),
        Column("customer_id", TEXT, "whose card it is; null where not said", pii="P2"),
        Column("amount", MONEY, "what is to be paid; null until transaction.initiated comes"),
        Column("currency", TEXT, "ISO 4217 code of the amount; null until transaction.initiated comes"),
        Column("channel", TEXT, "how it was paid, or unknown"),
        Column("mcc", TEXT, "the merchant's category code, or unknown"),
        Column("device_id", TEXT, "the buyer's device; null where not said", pii="P2"),
        Column("ip_token", TEXT, "token of the buyer's address; null where not said, or there is no key", pii="P2"),
        Column("country", TEXT, "where the card was used, or unknown"),
        Column("lat", MEASURE, "where the card was used, degrees north; null where not said"),
        Column("lon", MEASURE, "where the card was used, degrees east; null where not said"),
        Column("entry_mode", TEXT, "how the card was read, or unknown"),
        Column("order_id", TEXT, "the order it pays for; null where not said"),
        Column("initiated_at", INSTANT, "when it was tried; null until transaction.initiated comes"),
        Column("initiated_on", DAY, "UTC day of initiated_at; null until transaction.initiated comes"),
        Column("business_date", DAY, "business date of initiated_at; null until transaction.initiated comes"),
        Column("decision", TEXT, "approved, declined or pending: the earliest that was said"),
        Column("decided_at", INSTANT, "when it was decided; null while pending"),
        Column("decline_reason", TEXT, "why it was declined; null where not said, or not declined"),
        Column("risk_score", MEASURE, "how risky the bank found it, on its own scale; null where not said"),
        Column("decision_latency_ms", COUNT, "from initiated_at to decided_at; null while pending, or when < 0"),
        Column("is_complete", FLAG, "transaction.initiated has come"),
        Column("n_events", COUNT, "events about this transaction, but labels"),
    ),
    transform=transactions,
)
