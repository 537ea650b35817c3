"""Judge: check every pending bronze row against its contract, elect among equals, and write each with its verdict."""

import shutil
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn import cursors, gate, holds
from krn.contracts import CONTRACTS
from krn.contracts.contract import Contract
from krn.cursors import Cursor
from krn.engine import numbers
from krn.engine.checking import SCHEMA, Terms, checked
from krn.engine.election import losers, ruled
from krn.errors import KrnError, Unreadable
from krn.failpoints import reached
from krn.gate import Result
from krn.outcome import Built, Run, held
from krn.readapt import readapt, terms_of
from krn.store import Store
from krn.tables.bronze import deliveries as bronze
from krn.tables.silver import deliveries as silver
from krn.tables.table import Table

log = structlog.get_logger()


#: Up to so many pending rows, plans are made for small work.
FEW = 200_000


@dataclass(frozen=True)
class Pending:
    """The bronze rows that wait for a verdict, and how many they are."""

    rows: DataFrame
    n: int


def judge(store: Store, run: Run, contracts: tuple[Contract, ...] = CONTRACTS) -> tuple[Built, ...]:
    """Give every bronze row behind the cursor exactly one verdict, in one commit; a hold on bronze stops here.

    The cursor is the greatest batch in silver.deliveries itself, so rows and cursor can't part. Events that were
    accepted under an older version of their contract are brought to today's first.
    """
    started = time.monotonic()
    terms = Terms(str(run.args["currency"]), contracts, run.key, run.envelopes, run.dead_letters)
    with store.jobs(silver.TABLE.name) as jobs:
        readapted = _brought_to_today(store, run, terms)
        built = (readapted,) if readapted and not readapted.is_open else _judge(store, run, terms)
        if readapted and built[-1].outcome == "unchanged":
            built = (*built[:-1], readapted)
    last = replace(built[-1], seconds=round(time.monotonic() - started, 3), jobs=jobs())
    log.info(
        "judged",
        table=last.table,
        outcome=last.outcome,
        why=last.why,
        **last.rows,
        seconds=last.seconds,
        jobs=last.jobs,
    )
    return (*built[:-1], last)


def _brought_to_today(store: Store, run: Run, terms: Terms) -> Built | None:
    """The cursor tells the terms, so Spark is asked only when they changed, or a run died before the cursor."""
    cursor = cursors.load(store.root, silver.TABLE.name)
    before = cursor.fingerprint if cursor else ""
    if not store.exists(silver.TABLE.name) or before == terms_of(terms):
        return None
    built = readapt(
        store,
        run,
        terms,
        before,
        lambda rows, bodies: _gated(silver.TABLE, {"this": rows, "bronze": bodies}, run, "readapted"),
    )
    reached("readapted")
    if built is None or built.is_open:
        _record(store, terms)
        return built
    return _kept(store, run, built, str(store.root / "_candidates" / silver.TABLE.name / run.id))


def _judge(store: Store, run: Run, terms: Terms) -> tuple[Built, ...]:
    pending = _pending(store)
    if pending is None:
        return (*_silence(run), _nothing_new(store, terms))
    with store.small_plans() if pending.n <= FEW else nullcontext():
        return _ruled(store, run, pending.rows, terms)


def _ruled(store: Store, run: Run, pending: DataFrame, terms: Terms) -> tuple[Built, ...]:
    reached("read_bronze")
    arrived = _gated(bronze.TABLE, {"this": pending}, run)
    if not arrived.is_open:
        return (_kept(store, run, arrived, ""),)
    folder = store.root / "_candidates" / silver.TABLE.name / run.id
    verdicts = _verdicts(store, pending, folder, terms)
    reached("elected")
    ruling = _gated(silver.TABLE, {"this": verdicts, "bronze": pending}, run)
    reached("gate_run")
    if not ruling.is_open:
        return arrived, _kept(store, run, ruling, str(folder))
    counts, types = _counted(verdicts)
    version = store.append(silver.TABLE, verdicts, {**run.commit(ruling.result), "types": types})
    reached("silver_committed")
    _settle(store, terms)
    reached("wm")
    return arrived, replace(ruling, outcome="published", version=version, rows=counts)


def _pending(store: Store) -> Pending | None:
    """The bronze rows without a verdict, or None when all have one.

    They are the batches after the cursor; if the counts up to it don't agree, the rows that are really missing.
    """
    version = store.head(bronze.TABLE.name)  # ingest may commit while this runs
    received, judged = store.count(bronze.TABLE.name, version), store.count(silver.TABLE.name)
    if received == judged:
        return None
    if received < judged:
        lost = f"{bronze.TABLE.name} has {received} rows, but {judged} have a verdict: bronze was lost or replaced."
        raise Unreadable(lost, "restore bronze from a backup, or start a new warehouse")
    rows, n_missing = store.read(bronze.TABLE.name, version), received - judged
    cursor = store.max(silver.TABLE.name, "batch", -1)
    after = rows.where(F.col("batch") > cursor)
    n_after = store.count_after(bronze.TABLE.name, "batch", cursor, version)
    if n_missing == (after.count() if n_after is None else n_after):
        return Pending(after, n_missing)
    log.error("verdicts_missing", bronze=received, judged=judged, after_the_cursor=n_after)
    return Pending(rows.join(store.read(silver.TABLE.name).select("row_id"), on="row_id", how="left_anti"), n_missing)


def _verdicts(store: Store, pending: DataFrame, folder: Path, terms: Terms) -> DataFrame:
    """Check once and write the outcome, then rule over the written rows: what is gated is what is published."""
    shutil.rmtree(folder.parent, ignore_errors=True)  # of runs that were held or died
    spark = store.spark
    checked(pending, terms).write.parquet(str(folder / "checked"))
    reached("parsed")
    rows = spark.read.schema(SCHEMA).parquet(str(folder / "checked"))
    before = store.read(silver.TABLE.name) if store.exists(silver.TABLE.name) else None
    losers(rows, before).write.parquet(str(folder / "lost"))
    return ruled(
        rows, spark.read.schema("row_id LONG, duplicate_of LONG, is_conflict BOOLEAN").parquet(str(folder / "lost"))
    )


def _gated(table: Table, frames: Mapping[str, DataFrame], run: Run, kind: str = "pending") -> Built:
    suite = run.limited(table, kind)
    if suite is None:
        return Built(table.name, "unchanged")
    judged = gate.judge(suite, frames["this"], engine=run.engine)
    today = run.args["today"]
    result = gate.with_reconciled(judged, suite, lambda: numbers.of(suite, lambda name: frames[name], today))
    return Built(table.name, "unchanged", result=result) if result.is_open else held(table, result, {})


def _silence(run: Run) -> tuple[Built, ...]:
    """Bronze with a row count of 0, where nothing has come for so long that this may be news."""
    suite = run.limited(bronze.TABLE, "pending") if run.history().is_silent(bronze.TABLE.name) else None
    return (Built(bronze.TABLE.name, "unchanged", "nothing came", result=gate.silent(suite)),) if suite else ()


def _counted(verdicts: DataFrame) -> tuple[dict[str, int], list[str]]:
    """Rows by verdict, and the types with accepted events: what tells a table that it has nothing to do."""
    rows = verdicts.groupBy("verdict", "accepted_type").count().collect()
    counts = {v: sum(r["count"] for r in rows if r.verdict == v) for v in ("accepted", "duplicate", "quarantined")}
    return counts, sorted(r.accepted_type for r in rows if r.accepted_type)


def _kept(store: Store, run: Run, built: Built, candidate: str) -> Built:
    result: Result | None = built.result
    holds.put(
        store.root,
        built.table,
        {"run": run.id, "why": built.why, "status": result.status if result else "", "candidate": candidate},
    )
    return built


def _nothing_new(store: Store, terms: Terms) -> Built:
    if store.exists(silver.TABLE.name):
        _settle(store, terms)
    return Built(silver.TABLE.name, "unchanged", "nothing new", store.head(silver.TABLE.name))


def _settle(store: Store, terms: Terms) -> None:
    """Record what was published, lift the holds and drop the candidates."""
    _record(store, terms)
    for table in (bronze.TABLE, silver.TABLE):
        holds.clear(store.root, table.name)
    shutil.rmtree(store.root / "_candidates" / silver.TABLE.name, ignore_errors=True)


def _record(store: Store, terms: Terms) -> None:
    """The version that other tables pin. Only judge writes here, so it is the head, also after a crash."""
    head, before = store.head(silver.TABLE.name), cursors.load(store.root, silver.TABLE.name)
    if head is None:
        raise KrnError(f"{silver.TABLE.name} was published but is not there.", "look at the warehouse's folder")
    now = Cursor(silver.TABLE.name, head, store.table_id(silver.TABLE.name), head, terms_of(terms), {})
    if before != now:
        cursors.save(store.root, now)
