"""Card transactions by business day and currency: how many were declined, how many proved to be fraud."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.exact import ratio
from krn.tables.folds import stacked
from krn.tables.gold import fraud_alerts
from krn.tables.silver import labels as labels_table
from krn.tables.silver import transactions as transactions_table
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, MONEY_SUM, RATIO, TEXT

_KEY = ("business_date", "currency")


def fraud_daily(transactions: DataFrame, labels: DataFrame, alerts: DataFrame) -> DataFrame:
    """A fraud counts on the day of its transaction, by the label that holds now."""
    made = transactions.where("business_date IS NOT NULL").select(*_KEY, "amount", "decision")
    frauds = labels.where("is_latest AND label = 'fraud' AND business_date IS NOT NULL")
    facts = stacked(
        made,
        frauds.select(*_KEY, F.col("amount").alias("fraud")),
        alerts.select(*_KEY, F.lit(1).alias("alert")),
    )
    sums = facts.groupBy(*_KEY).agg(
        F.count("decision").alias("transactions"),
        F.coalesce(F.sum("amount"), F.lit(0)).cast(MONEY_SUM).alias("amount"),
        F.count_if(F.col("decision") == "approved").alias("approved"),
        F.count_if(F.col("decision") == "declined").alias("declined"),
        F.count("fraud").alias("frauds"),
        F.coalesce(F.sum("fraud"), F.lit(0)).cast(MONEY_SUM).alias("fraud_amount"),
        F.count("alert").alias("alerts"),
    )
    rates = {
        "decline_rate": ratio(F.col("declined"), F.col("approved") + F.col("declined")),
        "fraud_bps": ratio(F.col("fraud_amount") * 10_000, F.col("amount")),
    }
    return sums.withColumns(rates).select(*(c.name for c in TABLE.columns))


TABLE = Table(
    name="gold.fraud_daily",
    doc=__doc__,
    key=_KEY,
    scope="business_date",
    inputs={
        "transactions": Input(transactions_table.TABLE, fields=("business_date", "currency", "amount", "decision")),
        "labels": Input(labels_table.TABLE, fields=("business_date", "currency", "amount", "label", "is_latest")),
        "alerts": Input(fraud_alerts.TABLE, fields=("business_date", "currency")),
    },
    columns=(
        Column("business_date", DAY, "day of the business"),
        Column("currency", TEXT, "ISO 4217 code of the amounts"),
        Column("transactions", COUNT, "transactions tried"),
        Column("amount", MONEY_SUM, "their amounts"),
        Column("approved", COUNT, "transactions approved"),
        Column("declined", COUNT, "transactions declined"),
        Column("decline_rate", RATIO, "declined / (approved + declined); null before any is decided"),
        Column("frauds", COUNT, "transactions of the day that are labelled as fraud, as now known"),
        Column("fraud_amount", MONEY_SUM, "their amounts"),
        Column("fraud_bps", RATIO, "fraud_amount / amount in ten-thousandths; null where amount is 0"),
        Column("alerts", COUNT, "cards on which a rule hit"),
    ),
    transform=fraud_daily,
)
