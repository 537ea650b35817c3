"""One row per card transaction with its score from 0 to 100, and the rules that made it."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.gold import transaction_features
from krn.tables.rules import HITS, RuleSet, hits_of
from krn.tables.table import Column, Table
from krn.tables.types import DAY, INSTANT, INT, MONEY, TEXT


def fraud_scores(features: DataFrame, rules: RuleSet) -> DataFrame:
    """A transaction that no rule hits has a score of 0."""
    scored = features.withColumns(
        {
            "hits": hits_of(rules.rules),
            "score": F.expr(rules.score).cast(INT),
            "rule_set": F.lit(rules.name),
        }
    )
    return scored.select(*(c.name for c in TABLE.columns))


TABLE = Table(
    name="gold.fraud_scores",
    doc=__doc__,
    key=("transaction_id",),
    scope="initiated_on",
    inputs={"features": transaction_features.TABLE},
    args=("rules",),
    columns=(
        Column("transaction_id", TEXT, "the transaction"),
        Column("card_id", TEXT, "token of the card", pii="P2"),
        Column("amount", MONEY, "what is to be paid"),
        Column("currency", TEXT, "ISO 4217 code of the amount"),
        Column("initiated_at", INSTANT, "when it was tried"),
        Column("initiated_on", DAY, "UTC day of initiated_at"),
        Column("business_date", DAY, "business date of initiated_at"),
        Column("score", INT, "the points of all rules that hit, at most 100"),
        Column("hits", HITS, "each rule that hit, in the order of the rules, with what it saw and what it allows"),
        Column("rule_set", TEXT, "name of the rules that were applied"),
    ),
    transform=fraud_scores,
)
