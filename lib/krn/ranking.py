"""How well a score ranks: what a person finds who works through transactions, or a day's cards, from the top."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F


def average_precision(scored: DataFrame, score: str) -> float | None:
    """The mean, over the frauds, of the share of fraud among all that rank as high or higher; None without fraud.

    `scored` has the column `is_fraud`. What has one score shares one rank.
    """
    ranks = scored.groupBy(score).agg(F.count("*").alias("n"), F.count_if("is_fraud").alias("frauds"))
    down = Window.orderBy(F.col(score).desc()).rowsBetween(Window.unboundedPreceding, 0)
    precision = F.sum("frauds").over(down) / F.sum("n").over(down)
    found = ranks.select("frauds", precision.alias("precision"))
    return _only(found, F.try_divide(F.sum(F.col("frauds") * F.col("precision")), F.sum("frauds")))


def card_precision(scored: DataFrame, score: str, capacity: int) -> float | None:
    """The mean, over the days, of the share of cards with fraud among the first `capacity`, or all of fewer.

    Cards rank by their highest score, then by how many transactions they have, as alerts do.
    """
    cards = scored.groupBy("business_date", "card_id").agg(
        F.max(score).alias("_score"), F.count("*").alias("_n"), F.max("is_fraud").alias("_has_fraud")
    )
    order = Window.partitionBy("business_date").orderBy(F.col("_score").desc(), F.col("_n").desc(), "card_id")
    first = cards.withColumn("_rank", F.row_number().over(order)).where(F.col("_rank") <= capacity)
    days = first.groupBy("business_date").agg((F.count_if("_has_fraud") / F.count("*")).alias("precision"))
    return _only(days, F.avg("precision"))


def _only(rows: DataFrame, value: Column) -> float | None:
    found: float | None = rows.agg(value).collect()[0][0]
    return found
