"""Judge: check every pending bronze row against its contract, elect among equals, and write each with its verdict."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from krn import gate, holds
from krn.contracts import CONTRACTS
from krn.contracts.contract import Contract
from krn.engine.checking import Terms, checked_once
from krn.engine.election import LOST, losers, ruled
from krn.errors import Unreadable
from krn.failpoints import reached
from krn.outcome import Built, Run
from krn.readapt import brought_to_today
from krn.reelect import election, published
from krn.rulings import draft, gated, gated_verdicts, kept, settle, terms_for
from krn.store import Store
from krn.tables.bronze import deliveries as bronze
from krn.tables.silver import deliveries as silver

log = structlog.get_logger()


#: Up to so many pending rows, plans are made for small work.
FEW = 200_000


@dataclass(frozen=True)
class Pending:
    """The bronze rows that wait for a verdict, how many, up to which batch, and whether fixes may be among them."""

    rows: DataFrame
    n: int
    last: int
    may_fix: bool

    @property
    def over(self) -> dict[str, object]:
        """What a hold of them is over: a waiver is for no batch that came later."""
        return {"batches": self.last}


def judge(store: Store, run: Run, contracts: tuple[Contract, ...] = CONTRACTS) -> tuple[Built, ...]:
    """Give every bronze row behind the cursor exactly one verdict, in one commit; a hold on bronze stops here.

    The cursor is the greatest batch in silver.deliveries itself, so rows and cursor can't part. Events that were
    accepted under an older version of their contract are brought to today's first.
    """
    started = time.monotonic()
    terms = terms_for(run, contracts)
    with store.jobs(silver.TABLE.name) as jobs:
        readapted = brought_to_today(store, run, terms)
        built = (readapted,) if readapted and not readapted.is_open else _judge(store, run, terms)
        if readapted and built[-1].outcome == "unchanged":
            built = (*built[:-1], readapted)
    took = round(time.monotonic() - started, 3)
    last = replace(built[-1], seconds=took, ended_at=datetime.now(UTC), jobs=built[-1].jobs + jobs())
    log.info("judged", **last.told)
    return (*built[:-1], last)


def _judge(store: Store, run: Run, terms: Terms) -> tuple[Built, ...]:
    pending = _pending(store)
    if pending is None:
        return (*_overdue(run), _nothing_new(store, terms))
    with store.planned(pending.n + store.count(silver.TABLE.name), works_on_few=pending.n <= FEW):
        reached("read_bronze")
        with store.jobs(bronze.TABLE.name) as jobs:
            arrived = gated(bronze.TABLE, {"this": pending.rows}, run, "pending", store)
        arrived = replace(arrived, jobs=jobs())
        if not arrived.is_open:
            return (kept(store, run, bronze.TABLE, arrived, pending.over, ""),)
        ruling = (_elected_anew if pending.may_fix else _ruled)(store, run, pending, terms, arrived)
        if ruling.is_open:
            settle(store, terms)
            reached("wm")
        else:
            holds.clear(store.root, bronze.TABLE.name)  # its own gate opened
        return arrived, ruling


def _elected_anew(store: Store, run: Run, pending: Pending, terms: Terms, arrived: Built) -> Built:
    """The fix of an old row may win over what was accepted since."""
    made = election(store, terms, pending.rows, draft(store, run))
    return published(store, run, terms, made, "fixed", pending.over, arrived.result)


def _ruled(store: Store, run: Run, pending: Pending, terms: Terms, arrived: Built) -> Built:
    folder = draft(store, run)
    verdicts = _verdicts(store, pending.rows, folder, terms)
    reached("elected")
    ruling = gated_verdicts(verdicts, pending.rows, run, "pending", store=store, extra=_counts(terms))
    reached("gate_run")
    if not ruling.is_open:
        return kept(store, run, silver.TABLE, ruling, pending.over, str(folder / "checked"))
    counts, types = _counted(ruling, verdicts, terms)
    version = store.append(silver.TABLE, verdicts, {**run.commit(ruling.result, arrived.result), "types": types})
    reached("silver_committed")
    return replace(ruling, outcome="published", version=version, rows=counts)


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
    last, cursor = store.max(bronze.TABLE.name, "batch", 0, version), store.max(silver.TABLE.name, "batch", -1)
    after = rows.where(F.col("batch") > cursor)
    n_after = store.count_after(bronze.TABLE.name, "batch", cursor, version)
    if n_missing == (after.count() if n_after is None else n_after):
        return Pending(after, n_missing, last, _may_fix(store, cursor))
    log.error("verdicts_missing", bronze=received, judged=judged, after_the_cursor=n_after)
    missing = rows.join(store.read(silver.TABLE.name).select("row_id"), on="row_id", how="left_anti")
    return Pending(missing, n_missing, last, _may_fix(store, -1))


def _may_fix(store: Store, after: int) -> bool:
    return store.may_hold(bronze.TABLE.name, "source_kind", bronze.FIX, after=("batch", after))


def _verdicts(store: Store, pending: DataFrame, folder: Path, terms: Terms) -> DataFrame:
    """Check once and write the outcome, then rule over the written rows: what is gated is what is published."""
    rows = checked_once(pending, terms, folder / "checked")
    reached("parsed")
    before = store.read(silver.TABLE.name) if store.exists(silver.TABLE.name) else None
    losers(rows, before).write.parquet(str(folder / "lost"))
    return ruled(rows, store.spark.read.schema(LOST).parquet(str(folder / "lost")))


def _overdue(run: Run) -> tuple[Built, ...]:
    """Bronze with a row count of 0, where nothing has come for so long that this may be news."""
    suite = run.limited(bronze.TABLE, "pending") if run.history().is_overdue(bronze.TABLE.name) else None
    return (Built(bronze.TABLE.name, "unchanged", "nothing came", result=gate.nothing_came(suite)),) if suite else ()


def _counts(terms: Terms) -> dict[str, Column]:
    """Rows by verdict, and accepted ones by type."""
    verdicts = {verdict: F.count_if(F.col("verdict") == verdict) for verdict in silver.VERDICTS}
    return verdicts | {c.type: F.count_if(F.col("accepted_type") == c.type) for c in terms.contracts}


def _counted(ruling: Built, verdicts: DataFrame, terms: Terms) -> tuple[dict[str, int], list[str]]:
    """Rows by verdict, and the types with accepted events: what tells a table that it has nothing to do.

    The gate counted them on its way; where there is none they are counted here.
    """
    n: Mapping[str, Any] = ruling.result.extra if ruling.result else {}
    if not n:
        n = verdicts.agg(*(column.alias(name) for name, column in _counts(terms).items())).collect()[0].asDict()
    return {v: n[v] for v in silver.VERDICTS}, sorted(c.type for c in terms.contracts if n[c.type])


def _nothing_new(store: Store, terms: Terms) -> Built:
    if store.exists(silver.TABLE.name):
        settle(store, terms)
    return Built(silver.TABLE.name, "unchanged", "nothing new", store.head(silver.TABLE.name))
