"""Rivals: what takes part in an election besides the rows to be judged, from what was judged before."""

from collections.abc import Iterable
from functools import reduce
from pathlib import Path

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.contracts.reasons import Reason
from krn.engine.candidate import rows_in
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
    found = _found(store, fresh, folder)
    standing = found.where("ok")
    bodies = store.read(bronze.TABLE.name).join(standing, on="row_id", how="left_semi")
    again = checked_once(bodies, terms, folder / "again")
    _stand_still(standing, again)
    return again.unionByName(found.where("NOT ok").select(*SCHEMA.names))


def _found(store: Store, fresh: DataFrame, folder: Path) -> DataFrame:
    """The rows as they were judged, written once."""
    judged = store.read(silver.TABLE.name).where(NOT_DROPPED).withColumn("ok", F.expr(STANDS))
    placed = judged.join(F.broadcast(fixes(store)), on="row_id", how="left").withColumn("place", place())
    beside = placed.join(beside_of(fresh, placed, folder), on="row_id", how="left_semi")
    return _written(beside.select(*SCHEMA.names, "verdict"), folder / "rivals")


def beside_of(fresh: DataFrame, placed: DataFrame, folder: Path) -> DataFrame:
    """The row_ids of `placed` without whom `fresh` can't be elected: what is left out shares no event with either.

    `placed` are rows as they were judged, with their `place` and whether they are `ok`. A place whose rows are of
    several events ties these together, whichever of the rows stands, so the search goes on until it adds no event.
    """
    own = fresh.select(place().alias("place"))
    first = _all([frame.where("ok").select("id_hash") for frame in (fresh, _at(placed, own))])
    events = _spread(first, _ties(placed), folder)
    shared = placed.where("ok").join(events, on="id_hash", how="left_semi").select("place")
    return _at(placed, _all([own, shared])).select("row_id").join(fresh, on="row_id", how="left_anti")


def _ties(placed: DataFrame) -> DataFrame:
    """The places whose valid rows are of more than one event, with those events: few, since they need a fix."""
    fixed = _at(placed.where("ok"), placed.where("repairs IS NOT NULL"))
    pairs = fixed.select("place", "id_hash").distinct()
    n = F.count("*").over(Window.partitionBy("place"))
    return pairs.withColumn("n", n).where("n > 1").drop("n")


def _spread(first: DataFrame, ties: DataFrame, folder: Path) -> DataFrame:
    """The events of `first` and all that are tied to them. Each round adds an event or is the last."""
    tied = _written(ties, folder / "ties")
    rounds = [_written(first, folder / "events" / "0")]
    while rows_in(folder / "ties") and rows_in(folder / "events" / str(len(rounds) - 1)):
        places = tied.join(rounds[-1], on="id_hash", how="left_semi")
        more = _at(tied, places).select("id_hash").distinct()
        new = more.join(_all(rounds), on="id_hash", how="left_anti")
        rounds.append(_written(new, folder / "events" / str(len(rounds))))
    return _all(rounds)


def _at(frame: DataFrame, wanted: DataFrame) -> DataFrame:
    """The rows of `frame` at the places of `wanted`."""
    return frame.join(wanted.select("place"), on="place", how="left_semi").select(*frame.columns)


def _all(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(DataFrame.unionByName, frames).distinct()


def _written(frame: DataFrame, path: Path) -> DataFrame:
    frame.write.parquet(str(path))
    return frame.sparkSession.read.schema(frame.schema).parquet(str(path))


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
