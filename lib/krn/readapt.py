"""Readapt: bring accepted events of an older contract version to today's, in one commit, before judging new ones."""

import operator
from collections.abc import Iterable
from functools import reduce

import structlog
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn import cursors
from krn.contracts.contract import Contract
from krn.contracts.tokens import mark
from krn.engine.checking import Terms, checked_once
from krn.errors import KrnError, Unreadable, UsageError
from krn.failpoints import reached
from krn.gate import Result
from krn.outcome import Built, Run
from krn.rulings import again, draft_again, gated_verdicts, kept, record, terms_of
from krn.store import Store
from krn.tables.bronze import deliveries as bronze
from krn.tables.silver import deliveries as silver

log = structlog.get_logger()

_SHOWN = 5
_RESTORE = (
    "where the source had another `envelope` or `dead_letters_of` when they were accepted, put it back into the "
    "configuration and run again"
)
#: What an event is known by; a body that is read under another envelope may say another.
_IDENTITY = ("event_id", "event_source", "type")
#: What a verdict says, and which delivery it is about: new data changes none of it.
_KEPT = ("row_id", "verdict", "accepted_type", "reasons", "duplicate_of", "resolution")


def brought_to_today(store: Store, run: Run, terms: Terms) -> Built | None:
    """What became of accepted events of older terms; None when there are none.

    The cursor tells the terms, so Spark is asked only when they changed, or a run died before the cursor.
    """
    if is_of_today(store, terms):
        return None
    cursor = cursors.load(store.root, silver.TABLE.name)
    built = readapt(store, run, terms, cursor.fingerprint if cursor else "")
    reached("readapted")
    if built is None or built.is_open:
        record(store, terms)
        return built
    return kept(store, run, silver.TABLE, built, {}, str(again(store) / run.id / "readapted"))


def is_of_today(store: Store, terms: Terms) -> bool:
    """Whether what was accepted was written by these terms, as far as the cursor knows."""
    cursor = cursors.load(store.root, silver.TABLE.name)
    return not store.exists(silver.TABLE.name) or (cursor is not None and cursor.fingerprint == terms_of(terms))


def readapt(store: Store, run: Run, terms: Terms, before: str) -> Built | None:
    """Write the stale accepted rows anew from their bodies in bronze, gated; None when there is none. Verdicts stay.

    Stale is a row of an older version, and one with personal fields whose key is another than `before` says. An event
    that does not pass today's contract, or comes out as another event, stops the run and nothing is published: its
    adapter is wrong, or its source has another envelope than it had.
    """
    has_other_key = _has_other_key(terms, before)
    stale = _stale(store.read(silver.TABLE.name), terms.contracts, has_other_key)
    counts = {row.accepted_type: row["count"] for row in stale.groupBy("accepted_type").count().collect()}
    if not counts:
        return None
    bodies = store.read(bronze.TABLE.name).join(stale.select("row_id"), on="row_id", how="left_semi")
    fresh = checked_once(bodies, terms, draft_again(store, run) / "readapted")
    _all_pass(fresh, sum(counts.values()))
    _are_the_same(stale, fresh)
    rows = stale.select(*_KEPT).join(fresh.drop("reasons"), on="row_id", how="inner").select(*silver.TABLE.schema.names)
    ruling = gated_verdicts(rows, bodies, run, "readapted")
    reached("readapting")
    if not ruling.is_open:
        return ruling
    version = store.merge(
        silver.TABLE, rows.withColumn("_change", F.lit("update")), _commit(run, ruling.result, counts)
    )
    log.info("readapted", table=silver.TABLE.name, version=version, **counts)
    return Built(
        silver.TABLE.name,
        "published",
        "contracts or key changed",
        version,
        {"update": sum(counts.values())},
        ruling.result,
    )


def _has_other_key(terms: Terms, before: str) -> bool:
    told = before.partition("; key ")[2]
    if told and not terms.key:
        raise UsageError(
            "Tokens of personal values were made with a key, and KRN_PII_KEY is not set.",
            "export KRN_PII_KEY, then run again",
        )
    return told != mark(terms.key)


def _stale(deliveries: DataFrame, contracts: Iterable[Contract], has_other_key: bool) -> DataFrame:
    stale = [
        (F.col("accepted_type") == c.type)
        & (F.lit(has_other_key and bool(c.personal)) | (F.col("version") != c.version))
        for c in contracts
    ]
    return deliveries.where((F.col("verdict") == "accepted") & reduce(operator.or_, stale, F.lit(False)))


def _all_pass(fresh: DataFrame, wanted: int) -> None:
    found = fresh.agg(F.count("*").alias("n"), F.count_if(~F.col("ok")).alias("failing")).collect()[0]
    if found.n != wanted:
        lost = f"{bronze.TABLE.name} has {found.n} of the {wanted} accepted events that a new contract is about."
        raise Unreadable(lost, "restore bronze from a backup")
    if found.failing:
        rows = fresh.where("NOT ok").select("row_id", "source", "reasons").limit(_SHOWN).collect()
        named = "; ".join(f"row {row.row_id} of {row.source}: {', '.join(row.reasons)}" for row in rows)
        raise KrnError(
            f"{found.failing} accepted events don't pass today's version of their contract: {named}.",
            f"{_RESTORE}; else mend the contract's adapter, or run the krn that accepted them",
        )


def _are_the_same(stale: DataFrame, fresh: DataFrame) -> None:
    before = stale.select("row_id", *(F.col(name).alias(f"_{name}") for name in _IDENTITY))
    is_another = reduce(operator.or_, (~F.col(name).eqNullSafe(F.col(f"_{name}")) for name in _IDENTITY))
    others = fresh.join(before, on="row_id", how="inner").where(is_another)
    found = others.groupBy("source").agg(F.count("*").alias("n"), F.min("row_id").alias("first")).orderBy("source")
    if rows := found.collect():
        named = "; ".join(f"{row.n} of {row.source}, such as row {row.first}" for row in rows)
        raise KrnError(f"Accepted events would get another id, source or type: {named}.", _RESTORE)


def _commit(run: Run, result: Result | None, counts: dict[str, int]) -> dict[str, object]:
    return {**run.commit(result), "token": "readapt", "types": sorted(counts), "readapted": counts}
