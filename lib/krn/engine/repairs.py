"""Repairs: of a delivery and the fixes of it one stands for election, in the place of the delivery."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from krn.engine.election import losers, place, ruled
from krn.tables.silver.deliveries import FIXED


def elected(checked: DataFrame) -> DataFrame:
    """The verdicts on rows of which some are fixes, when no row outside of `checked` stands for their events.

    The last valid one of a row and its fixes stands. If it is in, as the accepted row or a copy of it, it resolves the
    others; those of them that are valid themselves share its verdict, and never count beside it.
    """
    each = Window.partitionBy("place")
    placed = checked.withColumn("place", place())
    standing = placed.withColumn("stands", F.max(F.when(F.col("ok"), F.col("row_id"))).over(each))
    lost = losers(standing.where("row_id = stands"), None)
    return ruled(checked, _of_all(standing.select("row_id", "ok", "stands"), lost))


def _of_all(standing: DataFrame, lost: DataFrame) -> DataFrame:
    """What the row that stands has lost, and what that makes of the others of its place."""
    outcome = lost.select(F.col("row_id").alias("stands"), "duplicate_of", "is_conflict")
    both = standing.join(outcome, on="stands", how="left")
    is_other, is_in = F.col("row_id") != F.col("stands"), ~F.coalesce("is_conflict", F.lit(False))
    repeats = F.when(is_other, F.coalesce("duplicate_of", "stands")).otherwise(F.col("duplicate_of"))
    return both.select(
        "row_id",
        F.when(F.col("ok"), repeats).alias("duplicate_of"),
        (F.col("ok") & F.coalesce("is_conflict", F.lit(False))).alias("is_conflict"),
        F.when(is_other & is_in, _fixed_by(F.col("stands"))).alias("resolution"),
    )


def _fixed_by(row_id: Column) -> Column:
    return F.format_string(f"{FIXED} %d", row_id)


def repeats_of_fixes(verdicts: DataFrame, fixes: DataFrame) -> DataFrame:
    """The rows of `verdicts` that repeat a fix which came after them and has an earlier place, or their own.

    `fixes` are row_id and repairs of bronze.
    """
    own = verdicts.join(F.broadcast(fixes), on="row_id", how="left").withColumn("place", place())
    repeated = fixes.select(F.col("row_id").alias("duplicate_of"), F.col("repairs").alias("taken"))
    both = own.join(F.broadcast(repeated), on="duplicate_of", how="inner")
    return both.where("duplicate_of > row_id AND taken <= place").select("row_id")
