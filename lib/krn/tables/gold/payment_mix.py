"""Payments by business day, method and currency: how much came in which way, and how often it failed."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.exact import ratio
from krn.tables.silver import payments as payments_table
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, MONEY_SUM, RATIO, TEXT

_KEY = ("business_date", "method", "currency")


def payment_mix(payments: DataFrame) -> DataFrame:
    """An attempt that failed and was received later is received, on the day the money came."""
    is_received = F.col("status") == "received"
    sums = payments.groupBy(*_KEY).agg(
        F.count_if(is_received).alias("payments"),
        F.count_distinct(F.when(is_received, F.col("order_id"))).alias("orders"),
        F.coalesce(F.sum(F.when(is_received, F.col("amount"))), F.lit(0)).cast(MONEY_SUM).alias("amount"),
        F.count_if(~is_received).alias("failed"),
        F.sum(F.when(is_received, F.col("installments"))).alias("_installments"),
        F.count(F.when(is_received, F.col("installments"))).alias("_with_installments"),
    )
    rates = {
        "failure_rate": ratio(F.col("failed"), F.col("payments") + F.col("failed")),
        "mean_installments": ratio(F.col("_installments"), F.col("_with_installments")),
    }
    return sums.withColumns(rates).select(*(c.name for c in TABLE.columns))


TABLE = Table(
    name="gold.payment_mix",
    doc=__doc__,
    key=_KEY,
    scope="business_date",
    inputs={"payments": payments_table.TABLE},
    columns=(
        Column("business_date", DAY, "day of the business"),
        Column("method", TEXT, "card, voucher, transfer and so on"),
        Column("currency", TEXT, "ISO 4217 code of the amount"),
        Column("payments", COUNT, "payments received"),
        Column("orders", COUNT, "orders that they paid for"),
        Column("amount", MONEY_SUM, "sum of the payments received"),
        Column("failed", COUNT, "attempts that failed and were not received later"),
        Column("failure_rate", RATIO, "failed / (payments + failed)"),
        Column("mean_installments", RATIO, "mean over the received payments that say so; null where none does"),
    ),
    transform=payment_mix,
)
