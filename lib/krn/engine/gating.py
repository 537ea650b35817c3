"""The gate of a candidate: nothing to judge, unexpectedly empty, or what its suite says, and the waiver of a hold."""

from krn import gate, waivers, waiving
from krn.engine import inputs, numbers, recorded
from krn.engine.candidate import Candidate
from krn.engine.inputs import scope_of
from krn.engine.pins import Pins
from krn.engine.scope import Scope
from krn.gate import Result, Suite
from krn.outcome import Run
from krn.store import Store
from krn.tables.table import Table
from krn.waivers import Waiver

#: Up to so many rows one task gates a candidate: 0.20 against 0.48 CPU s at 10,000 rows, and no shuffle.
ONE_TASK = 200_000


def gated(candidate: Candidate, suite: Suite, store: Store, pins: Pins, scope: Scope, run: Run) -> Result | None:
    """The suite's result over what readers would see; None when there is nothing to judge."""
    if candidate.n_visible == 0:
        return _emptied(candidate, store, pins, scope, suite, candidate.table.reach(run.args))
    if candidate.n_changed == 0 and store.exists(candidate.table.name):
        return None
    visible = candidate.visible(store.spark)
    result = gate.judge(suite, visible.coalesce(1) if candidate.n_visible <= ONE_TASK else visible, engine=run.engine)
    result = gate.with_reconciled(result, suite, lambda: numbers.measure(suite, candidate, store, pins, scope))
    waiver = None if result.is_open else waivers.open_of(store.root, candidate.table.name)
    if waiver is None:
        return result
    return waiving.waived(
        result,
        suite,
        candidate.table,
        waiver,
        scope.is_whole,
        lambda named: _parts(named, candidate, waiver, store, run),
    )


def _emptied(candidate: Candidate, store: Store, pins: Pins, scope: Scope, suite: Suite, reach: int) -> Result | None:
    """An empty candidate of inputs that had rows is held, unless the table may be empty."""
    if candidate.table.may_be_empty or not _has_input(candidate.table, store, pins, scope, reach):
        return None
    return gate.refused(suite, "unexpectedly empty: the inputs in scope have rows, the candidate has none")


def _has_input(table: Table, store: Store, pins: Pins, scope: Scope, reach: int) -> bool:
    """Whether an input has rows that make rows here: not those of no scope, nor those reached via another column."""
    for given in (i for i in table.reads.values() if not i.via):
        rows = inputs.rows(given, store, pins)
        if table.scope is not None:
            value = scope_of(table, given)
            rows = scope.restrict(rows, value, reach).where(value.isNotNull())
        if not rows.isEmpty():
            return True
    return False


def _parts(named: Suite, candidate: Candidate, waiver: Waiver, store: Store, run: Run) -> tuple[Result, Result]:
    """What the waiver names, judged over the rows in the waiver's scope and over the others."""
    released, visible = recorded.retold(waiver.scope, store), candidate.visible(store.spark)
    column = str(candidate.table.scope)
    inside = visible if released.is_whole else released.restrict(visible, visible[column])
    outside = released.without(visible, column)
    return gate.judge(named, inside, engine=run.engine), gate.judge(named, outside, engine=run.engine)
