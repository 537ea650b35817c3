"""Rivals: what takes part in an election besides the rows to be judged, from what was judged before."""

from collections.abc import Iterable
from functools import reduce
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.contracts.reasons import Reason
from krn.engine.checking import SCHEMA, Terms, checked_once, repaired
from krn.engine.election import place
from krn.errors import KrnError
from krn.store import Store
from krn.tables.bronze import deliveries as bronze
from krn.tables.silver import deliveries as silver

#: A row that passed its check, whether or not it was elected.
STANDS = f"(verdict <> 'quarantined' OR array_contains(reasons, '{Reason.ID_CONFLICT.word}'))"
#: What a person dropped takes no part any more.
NOT_DROPPED = f"NOT coalesce(startswith(resolution, '{silver.DROPPED}'), false)"

_SHOWN = 5


def fixes(store: Store) -> DataFrame:
    """Every fix in bronze: its row_id and the row it repairs."""
    every = store.read(bronze.TABLE.name).where(F.col("source_kind") == bronze.FIX)
    found = every.select("row_id", repaired().alias("repairs"))
    return found if store.may_hold(bronze.TABLE.name, "source_kind", bronze.FIX) else found.limit(0)


def rivals(store: Store, terms: Terms, fresh: DataFrame, folder: Path) -> DataFrame:
    """The rows that take part besides the checked rows of `fresh`, as checked rows.

    What stands is checked again, since contents are compared by hashes that today's contracts make. What does not is
    there only to be resolved by its fix, and stays out for the reasons it has: nobody asked to judge it.
    """
    found = _found(store, fresh, folder / "rivals")
    standing = found.where("ok")
    bodies = store.read(bronze.TABLE.name).join(standing, on="row_id", how="left_semi")
    again = checked_once(bodies, terms, folder / "again")
    _stand_still(standing, again)
    return again.unionByName(found.where("NOT ok").select(*SCHEMA.names))


def _found(store: Store, fresh: DataFrame, path: Path) -> DataFrame:
    """The rows as they were judged, written once."""
    judged = store.read(silver.TABLE.name).where(NOT_DROPPED).withColumn("ok", F.expr(STANDS))
    placed = judged.join(F.broadcast(fixes(store)), on="row_id", how="left").withColumn("place", place())
    found = placed.join(_beside(fresh, placed), on="row_id", how="left_semi").select(*SCHEMA.names, "verdict")
    found.write.parquet(str(path))
    return store.spark.read.schema(found.schema).parquet(str(path))


def _beside(fresh: DataFrame, placed: DataFrame) -> DataFrame:
    """The row_ids of `placed` that share a place or an event with a row of `fresh`, or a place with one that does."""
    same_place = _of_places(placed, fresh.select(place().alias("place")))
    ids = _all([fresh.where("ok").select("id_hash"), same_place.where("ok").select("id_hash")])
    same_event = placed.where("ok").join(ids, on="id_hash", how="left_semi").select(*placed.columns)
    every = _all([frame.select("row_id") for frame in (same_place, same_event, _of_places(placed, same_event))])
    return every.join(fresh, on="row_id", how="left_anti")


def _of_places(placed: DataFrame, wanted: DataFrame) -> DataFrame:
    return placed.join(wanted.select("place"), on="place", how="left_semi").select(*placed.columns)


def _all(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(DataFrame.unionByName, frames).distinct()


def _stand_still(before: DataFrame, again: DataFrame) -> None:
    """An accepted event that fails by today's contracts, or a row that becomes another event, is no rival: it is a
    sign that a contract is wrong.
    """
    known = before.select("row_id", "verdict", F.col("id_hash").alias("had"))
    fails = (F.col("verdict") == "accepted") & ~F.col("ok")
    is_another = F.col("ok") & (F.col("id_hash") != F.col("had"))
    wrong = again.join(known, on="row_id", how="inner").where(fails | is_another).orderBy("row_id")
    if rows := wrong.select("row_id", "source", "reasons").limit(_SHOWN).collect():
        named = "; ".join(f"row {r.row_id} of {r.source}: {', '.join(r.reasons) or 'another id'}" for r in rows)
        raise KrnError(
            f"Accepted events don't pass today's contracts, or become others: {named}. No verdict was changed.",
            "mend the contract or the source's envelope, or raise the contract's version and write an adapter",
        )
