"""Election: of one event delivered more than once, the first in bronze order is accepted."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from krn.contracts.reasons import Reason
from krn.tables.silver import deliveries

_IDENTITY = ("id_hash", "event_source", "event_id")
#: What others make of a row: the accepted row it repeats, whether its content differs, and what resolved it.
LOST = "row_id LONG, duplicate_of LONG, is_conflict BOOLEAN, resolution STRING"

_ELECTION = ("row_id", "place", *_IDENTITY, "content_hash")


def losers(checked: DataFrame, judged: DataFrame | None) -> DataFrame:
    """The valid rows of `checked` that repeat an event, in the columns of `LOST`.

    `judged` is silver.deliveries as it is, None on the first run. Only what passed its check can be elected, so a
    broken copy kills no good event. A fix stands in the place of the row that it repairs.
    """
    standing = checked.where("ok").withColumn("place", place()).select(*_ELECTION, F.lit(True).alias("is_new"))
    if judged is not None:
        standing = standing.unionByName(_accepted_before(standing, judged))
    first = (
        Window.partitionBy(*_IDENTITY)
        .orderBy("is_new", "place")
        .rowsBetween(Window.unboundedPreceding, Window.currentRow)
    )
    ranked = standing.withColumns(
        {"duplicate_of": F.first("row_id").over(first), "_content": F.first("content_hash").over(first)}
    )
    lost = ranked.where(F.col("is_new") & (F.col("row_id") != F.col("duplicate_of")))
    is_conflict = (F.col("content_hash") != F.col("_content")).alias("is_conflict")
    return lost.select("row_id", "duplicate_of", is_conflict, F.lit(None).cast("string").alias("resolution"))


def place() -> Column:
    """Where a checked row stands in the order of the election."""
    return F.coalesce("repairs", "row_id")


def _accepted_before(standing: DataFrame, judged: DataFrame) -> DataFrame:
    ids = standing.select("id_hash").distinct()
    accepted = judged.where("verdict = 'accepted'").withColumn("place", F.col("row_id"))
    accepted = accepted.select(*_ELECTION, F.lit(False).alias("is_new"))
    return accepted.join(ids, on="id_hash", how="left_semi").select(*_ELECTION, "is_new")


def ruled(checked: DataFrame, lost: DataFrame) -> DataFrame:
    """Every checked row with its verdict, in the columns of silver.deliveries; `lost` has those of `LOST`."""
    both = checked.join(lost, on="row_id", how="left")
    columns = both.withColumns(
        {
            "verdict": _verdict(),
            "reasons": _reasons(),
            "data": F.when(_verdict() != "quarantined", F.col("data")),
        }
    ).withColumn("accepted_type", F.when(F.col("verdict") == "accepted", F.col("type")))
    return columns.select(*(c.name for c in deliveries.TABLE.columns))


def _verdict() -> Column:
    is_conflict = F.coalesce("is_conflict", F.lit(False))
    quarantined = ~F.col("ok") | is_conflict
    return F.when(quarantined, "quarantined").when(F.col("duplicate_of").isNotNull(), "duplicate").otherwise("accepted")


def _reasons() -> Column:
    conflict = F.array(F.lit(Reason.ID_CONFLICT.word))
    return F.when(F.coalesce("is_conflict", F.lit(False)), conflict).otherwise(F.col("reasons"))
