"""Rulings: what becomes of verdicts, whoever made them: gated, kept while held, recorded once they are published."""

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from krn import cursors, gate, holding, holds, waivers
from krn.contracts.contract import Contract
from krn.contracts.tokens import mark
from krn.cursors import Cursor
from krn.engine import gating, numbers
from krn.engine.checking import Terms
from krn.errors import KrnError
from krn.outcome import Built, Run, held
from krn.store import Store
from krn.tables.bronze import deliveries as bronze
from krn.tables.silver import deliveries as silver
from krn.tables.table import Table


def terms_for(run: Run, contracts: tuple[Contract, ...]) -> Terms:
    """What a run judges by."""
    return Terms(str(run.args["currency"]), contracts, run.key, run.envelopes, run.dead_letters)


def terms_of(terms: Terms) -> str:
    """The versions and the key that accepted events are written by; beside a cursor it tells what changed since."""
    versions = ", ".join(sorted(f"{c.type} {c.version}" for c in terms.contracts))
    return f"{versions}; key {mark(terms.key)}".removesuffix("; key ")


def draft(store: Store, run: Run) -> Path:
    """An empty folder for what judge writes before it publishes; those of runs that were held or died are gone."""
    discard(store)
    return candidates(store) / run.id


def draft_again(store: Store, run: Run) -> Path:
    """The same for rows that have a verdict: what judge left for a person to look at stays."""
    discard_again(store)
    return again(store) / run.id


def discard(store: Store) -> None:
    """Remove every candidate, published or not."""
    shutil.rmtree(candidates(store), ignore_errors=True)


def discard_again(store: Store) -> None:
    """The same, of rows that have a verdict."""
    shutil.rmtree(again(store), ignore_errors=True)


def candidates(store: Store) -> Path:
    """Where judge writes before it publishes; a discard and judge's next publication empty all of it."""
    return store.root / "_candidates" / silver.TABLE.name


def again(store: Store) -> Path:
    """The part of it for rows that have a verdict."""
    return candidates(store) / "again"


def gated(
    table: Table,
    frames: Mapping[str, DataFrame],
    run: Run,
    kind: str,
    store: Store | None = None,
    extra: Mapping[str, Column] | None = None,
) -> Built:
    """The table with its gate's result: held, or unchanged so far.

    `frames` are what its suite counts, by name; `kind` says whose usual numbers are its limits. Without the store no
    waiver counts: they are for rows without a verdict. `extra` is counted on the way.
    """
    suite = run.limited(table, kind)
    if suite is None:
        return Built(table.name, "unchanged")
    judged = gate.judge(suite, frames["this"], {**numbers.riding(suite), **(extra or {})}, engine=run.engine)
    if judged.rows is None:  # a number may be to blame, which must not hide what else there is to say
        judged = gate.judge(suite, frames["this"], extra, engine=run.engine)
    known = numbers.ridden(suite, judged.extra)
    rest, today = numbers.without(suite, known), run.args["today"]
    result = gate.with_reconciled(judged, suite, lambda: known | numbers.of(rest, lambda name: frames[name], today))
    if store:
        result = gating.with_waiver(result, suite, table, store, run, False, partial(_split, frames["this"]))
    return Built(table.name, "unchanged", result=result) if result.is_open else held(table, result, {})


def _split(frame: DataFrame, scope: Mapping[str, Any]) -> tuple[DataFrame, DataFrame]:
    """The batches that a waiver was given for, and those that came later."""
    return frame.where(F.col("batch") <= scope["batches"]), frame.where(F.col("batch") > scope["batches"])


def gated_verdicts(
    verdicts: DataFrame,
    bodies: DataFrame,
    run: Run,
    kind: str,
    of_fixes: DataFrame | None = None,
    store: Store | None = None,
    extra: Mapping[str, Column] | None = None,
) -> Built:
    """Rows of silver.deliveries, gated beside the bronze rows that they are about; `of_fixes` repeat a later fix."""
    fixes = verdicts.limit(0) if of_fixes is None else of_fixes
    return gated(silver.TABLE, {"this": verdicts, "bronze": bodies, "fixes": fixes}, run, kind, store, extra)


def kept(store: Store, run: Run, table: Table, built: Built, over: Mapping[str, Any] | None, candidate: str) -> Built:
    """Remember that a table is held, and over what; its candidate is left to be seen.

    None: over rows that have a verdict. Such a hold takes not the place of one over rows that wait for theirs.
    """
    suite = run.suite_of(table)
    waits = over is None and (holds.of(store.root, table.name) or {}).get("scope")
    if suite and not waits:
        holding.record(store.root, run, table, suite, built, over or {}, candidate)
    return built


def settle(store: Store, terms: Terms) -> None:
    """Record that all of bronze is judged, close the waivers, lift the holds and drop the candidates."""
    head = record(store, terms)
    for table in (bronze.TABLE, silver.TABLE):
        waivers.settle(store.root, table.name, store.commits(silver.TABLE.name), head)
        holds.clear(store.root, table.name)
    discard(store)


def record(store: Store, terms: Terms) -> int:
    """The version that other tables pin. Only verdicts are written here, so it is the head, also after a crash."""
    head, before = store.head(silver.TABLE.name), cursors.load(store.root, silver.TABLE.name)
    if head is None:
        raise KrnError(f"{silver.TABLE.name} was published but is not there.", "look at the warehouse's folder")
    now = Cursor(silver.TABLE.name, head, store.table_id(silver.TABLE.name), head, terms_of(terms), {})
    if before != now:
        cursors.save(store.root, now)
    return head
