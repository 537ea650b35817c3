"""Build a table: pin its inputs, make the changed part again, gate it, publish it in one commit, move the cursor."""

import shutil
from pathlib import Path

from pyspark.sql import DataFrame

from krn import cursors, holding, holds, waivers
from krn.cursors import Cursor
from krn.engine import inputs, recorded
from krn.engine import scope as scopes
from krn.engine.candidate import Candidate, conform, write
from krn.engine.fingerprint import fingerprint
from krn.engine.gating import gated, plan
from krn.engine.inputs import scope_of
from krn.engine.pins import Pins, Waits, pin, unread
from krn.engine.publish import publish
from krn.engine.scope import Scope
from krn.errors import KrnError
from krn.failpoints import reached
from krn.gate import Result, Suite
from krn.outcome import Built, Run, held
from krn.restating import NOTHING, restated
from krn.store import Store
from krn.tables.table import Table

#: A table of so few rows, that reads no more than so many, is made anew as small work.
FEW, READ = 100_000, 10_000_000


def build(table: Table, store: Store, run: Run) -> Built:
    """One table, as design says: pin, scope, restrict, transform, conform, diff, gate, publish, cursor."""
    pins = pin(table, store)
    if isinstance(pins, Waits):
        return Built(table.name, "waits", pins.why)
    reached("pinned")
    cursor, print_ = cursors.load(store.root, table.name), fingerprint(table, run.args)
    folder = store.root / "_candidates" / table.name / run.id
    scope = _scope(table, store, pins, cursor, run, print_, folder)
    if scope is None:
        return _nothing_new(table, store, pins, print_, cursor)
    reached("scoped")
    own, read = store.count(table.name), inputs.count(store, pins)
    with store.planned(own + read, works_on_few=scope.is_small or (0 < own <= FEW and read <= READ)):
        return _made(table, store, pins, scope, run, print_, folder)


def _made(table: Table, store: Store, pins: Pins, scope: Scope, run: Run, print_: str, folder: Path) -> Built:
    suite = run.limited(table, "whole" if scope.is_whole else "changed")
    with store.joined(inputs.count(store, pins), few=scope.is_small):
        candidate = _candidate(table, suite, store, pins, scope, run, folder)
    reached("computed")
    result = gated(candidate, suite, store, pins, scope, run) if suite else None
    reached("gated")
    if suite and result and not result.is_open:
        return _kept(candidate, suite, result, store, run, scope)
    before, retyped = store.head(table.name), _retyped(table, store)
    version = publish(candidate, scope, store, run.commit(result), retyped=retyped)
    reached("published")
    _settle(table, store, pins, print_)
    reached("cursor_saved")
    outcome = "published" if version is not None else "unchanged"
    n, largest = NOTHING if retyped else restated(candidate, store.root, before, version, scope.dates or ())
    return Built(table.name, outcome, scope.why, version, candidate.rows, result, n_restated=n, restated=largest)


def _scope(
    table: Table, store: Store, pins: Pins, cursor: Cursor | None, run: Run, print_: str, folder: Path
) -> Scope | None:
    """What to make again; None = nothing new. Everything is made again only for a reason that is named."""
    whole = _why_whole(table, store, pins, cursor, run, print_)
    if whole or cursor is None:
        return Scope(whole)
    news = unread(table, store, pins, cursor)
    if not news:
        return None
    if table.scope is None:
        return Scope("changed")
    with store.planned(store.count(table.name) + inputs.count(store, pins), works_on_few=True):
        return scopes.changed(table, store, pins, cursor, news, table.reach(run.args), folder / "scope")


def _why_whole(table: Table, store: Store, pins: Pins, cursor: Cursor | None, run: Run, print_: str) -> str:
    if cursor is None or not store.exists(table.name):
        return "first build"
    if run.full:
        return "asked for in full"
    if (holds.of(store.root, table.name) or {}).get("scope", {}).get("all"):
        return "held when it was made in full"
    if cursor.fingerprint != print_:
        return "its definition or arguments changed"
    if {n: s.id for n, s in cursor.inputs.items()} != {n: s.id for n, s in pins.seen.items()}:
        return "an input was made anew"
    gone = [n for n, s in pins.seen.items() if not store.feed_is_whole(n, cursor.inputs[n].version, s.version)]
    return f"the change feed of {', '.join(gone)} is gone" if gone else ""


def _candidate(
    table: Table, suite: Suite | None, store: Store, pins: Pins, scope: Scope, run: Run, folder: Path
) -> Candidate:
    old, path = _old(table, store, scope), folder / "rows"
    if _reads_nothing(table, store, pins):
        return write(table, store.spark.createDataFrame([], table.schema), old, path)
    return write(table, _transformed(table, store, pins, scope, run), old, path, plan(table, suite, store, run, scope))


def _reads_nothing(table: Table, store: Store, pins: Pins) -> bool:
    """Whether each input is a table without rows: what is made of them is empty, without a plan."""
    of_tables = [i.of.name for i in table.reads.values() if isinstance(i.of, Table)]
    return len(of_tables) == len(table.reads) and not any(store.count(n, pins.seen[n].version) for n in of_tables)


def _transformed(table: Table, store: Store, pins: Pins, scope: Scope, run: Run) -> DataFrame:
    if table.transform is None:
        raise KrnError(f"{table.name} has no transform.", "mend the table's file")
    frames = _restricted(table, store, pins, scope, table.reach(run.args))
    new = conform(table, table.transform(**frames, **{name: run.args[name] for name in table.args}))
    return scope.restrict(new, new[table.scope]) if table.scope and table.reach(run.args) else new


def _restricted(table: Table, store: Store, pins: Pins, scope: Scope, reach: int) -> dict[str, DataFrame]:
    """The inputs by parameter name, each cut to the scope, but those reached via another column."""
    raw = {name: (i, inputs.rows(i, store, pins)) for name, i in table.reads.items()}
    cut = {
        n: (i, f if i.via or scope.is_whole else scope.restrict(f, scope_of(table, i), reach))
        for n, (i, f) in raw.items()
    }
    return {name: inputs.typed(i, frame) for name, (i, frame) in cut.items()}


def _old(table: Table, store: Store, scope: Scope) -> DataFrame | None:
    """The target's rows in scope, or None when there are none to compare with."""
    if not store.exists(table.name) or _retyped(table, store):
        return None
    target = store.read(table.name)
    return scope.restrict(target, target[table.scope]) if table.scope else target


def _retyped(table: Table, store: Store) -> bool:
    have = store.schema(table.name).simpleString() if store.exists(table.name) else table.schema.simpleString()
    return have != table.schema.simpleString()


def _kept(candidate: Candidate, suite: Suite, result: Result, store: Store, run: Run, scope: Scope) -> Built:
    """Nothing is published and the cursor stays, so the next run gates it again; the candidate is kept to be seen."""
    built = held(candidate.table, result, candidate.rows)
    for older in candidate.path.parents[1].iterdir():
        if older.name != run.id:
            shutil.rmtree(older)
    over = recorded.told(scope, candidate.path.parent / "scope", store.root)
    holding.record(store.root, run, candidate.table, suite, built, over, str(candidate.path))
    return built


def _nothing_new(table: Table, store: Store, pins: Pins, print_: str, cursor: Cursor | None) -> Built:
    is_held = holds.of(store.root, table.name) is not None  # the run that published died before it lifted the hold
    if cursor is None or is_held or (cursor.through, cursor.inputs) != (pins.through, pins.seen):
        _settle(table, store, pins, print_)
    return Built(table.name, "unchanged", "nothing new", cursor.version if cursor else None)


def _settle(table: Table, store: Store, pins: Pins, print_: str) -> None:
    """Record what was consumed, close the waiver, lift the hold and drop the candidates."""
    head = store.head(table.name)
    if head is None:
        raise KrnError(f"{table.name} was published but is not there.", "look at the warehouse's folder")
    cursors.save(
        store.root, Cursor(table.name, head, store.table_id(table.name), pins.through, print_, dict(pins.seen))
    )
    reached("cursor_moved")
    waivers.settle(store.root, table.name, store.commits(table.name), head)
    holds.clear(store.root, table.name)
    shutil.rmtree(store.root / "_candidates" / table.name, ignore_errors=True)
