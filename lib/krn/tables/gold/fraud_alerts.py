"""One row per card and business day on which a rule hit: what to review, the worst first."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType

from krn.tables.gold import fraud_scores
from krn.tables.silver import labels as labels_table
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, FLAG, INT, MONEY_SUM, TEXT


def fraud_alerts(scores: DataFrame, labels: DataFrame, review_capacity: int) -> DataFrame:
    """Ranked by the highest score, then by how many transactions were hit: amounts of two currencies don't compare."""
    known = labels.where("is_latest").select("transaction_id", "label")
    hit = scores.where("score > 0").join(known, on="transaction_id", how="left")
    worst = F.max(F.struct("score", "initiated_at", "transaction_id", "currency")).over(
        Window.partitionBy("card_id", "business_date")
    )
    at_risk = F.when(F.col("currency") == F.col("worst.currency"), F.col("amount"))
    alerts = (
        hit.withColumn("worst", worst)
        .groupBy("card_id", "business_date", "worst")
        .agg(
            F.count("*").alias("transactions"),
            F.array_sort(F.array_distinct(F.flatten(F.collect_list("hits.rule")))).alias("reasons"),
            F.sum(at_risk).cast(MONEY_SUM).alias("amount_at_risk"),
            F.count_if(F.col("label") == "fraud").alias("_frauds"),
            F.count_if(F.col("label") == "genuine").alias("_genuine"),
        )
    )
    order = (F.col("worst.score").desc(), F.col("transactions").desc(), "card_id")
    return alerts.select(
        "card_id",
        "business_date",
        F.row_number().over(Window.partitionBy("business_date").orderBy(*order)).alias("rank"),
        F.col("worst.score").alias("score"),
        F.col("worst.transaction_id").alias("transaction_id"),
        "reasons",
        "transactions",
        F.col("worst.currency").alias("currency"),
        "amount_at_risk",
        F.when(F.col("_frauds") > 0, "fraud")
        .when(F.col("_genuine") == F.col("transactions"), "genuine")
        .otherwise("open")
        .alias("outcome"),
    ).withColumn("is_within_capacity", F.col("rank") <= review_capacity)


TABLE = Table(
    name="gold.fraud_alerts",
    doc=__doc__,
    key=("card_id", "business_date"),
    scope="business_date",
    inputs={
        "scores": fraud_scores.TABLE,
        "labels": Input(labels_table.TABLE, fields=("business_date", "label", "is_latest")),
    },
    args=("review_capacity",),
    may_be_empty=True,
    columns=(
        Column("card_id", TEXT, "token of the card", pii="P2"),
        Column("business_date", DAY, "business day of its transactions"),
        Column("rank", INT, "place among the day's alerts: by score, then transactions, then card_id"),
        Column("score", INT, "the highest score of the card on the day"),
        Column("transaction_id", TEXT, "the transaction with that score; of several the latest"),
        Column("reasons", ArrayType(TEXT), "the rules that hit on the day, by name"),
        Column("transactions", COUNT, "transactions of the card that a rule hit on the day"),
        Column("currency", TEXT, "ISO 4217 code of amount_at_risk: that of transaction_id"),
        Column("amount_at_risk", MONEY_SUM, "amounts of the transactions that a rule hit, of those in this currency"),
        Column(
            "outcome", TEXT, "fraud where one of them is labelled so, genuine where all are, else open; as now known"
        ),
        Column("is_within_capacity", FLAG, "rank is within what can be reviewed a day"),
    ),
    transform=fraud_alerts,
)
