"""How each rule does by week: what it hits, how much of that is fraud, how much of the fraud it finds.

A transaction is matured when the label delay has passed since the end of its day: by then fraud is known to be fraud,
and what has no such label counts as genuine. Only matured ones are judged. A rule that hit nothing has its row too.
"""

from datetime import date

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.exact import ratio
from krn.tables.folds import stacked
from krn.tables.gold import fraud_scores
from krn.tables.rules import RuleSet
from krn.tables.silver import labels as labels_table
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, MONEY_SUM, RATIO, TEXT

_OF = ("transaction_id", "business_date", "currency", "amount")


def fraud_rule_weekly(
    scores: DataFrame, labels: DataFrame, rules: RuleSet, today: date, label_delay_days: int
) -> DataFrame:
    """Relative to today, so made whole; only transactions that a rule hit are looked at one by one."""
    matured = F.col("business_date") < F.date_sub(F.lit(today), label_delay_days)
    frauds = labels.where((F.col("label") == "fraud") & F.col("is_latest") & matured).select(*_OF, "decision")
    found = frauds.select("transaction_id", F.lit(True).alias("is_fraud"), "decision")
    hit = scores.where("score > 0").select(*_OF, "card_id", F.explode("hits.rule").alias("rule"), matured.alias("old"))
    judged = hit.join(found, on="transaction_id", how="left").withColumn("week", _week())
    is_loss = F.col("is_fraud") & (F.col("decision") != "declined")
    by_rule = (
        stacked(judged, _every(scores, rules))
        .groupBy("rule", "week", "currency")
        .agg(
            F.count_distinct("card_id", "business_date").alias("alerts"),
            F.count("transaction_id").alias("hits"),
            F.count_if("old").alias("matured_hits"),
            F.count("is_fraud").alias("frauds_hit"),
            F.coalesce(F.sum(F.when(is_loss, F.col("amount"))), F.lit(0)).cast(MONEY_SUM).alias("amount_saved"),
        )
    )
    all_frauds = frauds.groupBy(_week().alias("week"), "currency").agg(F.count("*").alias("frauds"))
    rated = by_rule.join(all_frauds, on=["week", "currency"], how="left").withColumns(
        {
            "frauds": F.coalesce("frauds", F.lit(0)),
            "precision": ratio(F.col("frauds_hit"), F.col("matured_hits")),
            "recall": ratio(F.col("frauds_hit"), F.col("frauds")),
        }
    )
    return rated.select(*(c.name for c in TABLE.columns))


def _every(scores: DataFrame, rules: RuleSet) -> DataFrame:
    """Each rule in each week and currency that has transactions."""
    names = F.array(*(F.lit(rule.name) for rule in rules.rules))
    return scores.select(_week().alias("week"), "currency").distinct().withColumn("rule", F.explode(names))


def _week() -> SparkColumn:
    return F.to_date(F.date_trunc("week", "business_date"))


TABLE = Table(
    name="gold.fraud_rule_weekly",
    doc=__doc__,
    key=("rule", "week", "currency"),
    scope=None,
    inputs={
        "scores": Input(fraud_scores.TABLE, fields=("card_id", "business_date", "currency", "amount", "score", "hits")),
        "labels": Input(
            labels_table.TABLE, fields=("business_date", "currency", "amount", "label", "is_latest", "decision")
        ),
    },
    args=("rules", "today", "label_delay_days"),
    may_be_empty=True,
    columns=(
        Column("rule", TEXT, "the rule's name"),
        Column("week", DAY, "Monday of the week of the business dates"),
        Column("currency", TEXT, "ISO 4217 code of the amounts"),
        Column("alerts", COUNT, "cards, each on a day, that the rule hit"),
        Column("hits", COUNT, "transactions that the rule hit"),
        Column("matured_hits", COUNT, "of these, how many are matured"),
        Column("frauds_hit", COUNT, "of the matured hits, how many are fraud"),
        Column("frauds", COUNT, "matured transactions of the week and currency that are fraud"),
        Column("precision", RATIO, "frauds_hit / matured_hits; null without matured hits"),
        Column("recall", RATIO, "frauds_hit / frauds; null without frauds"),
        Column("amount_saved", MONEY_SUM, "amounts of frauds_hit but those declined, of which nothing was at stake"),
    ),
    transform=fraud_rule_weekly,
)
