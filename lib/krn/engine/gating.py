"""The gate of a candidate: nothing to judge, unexpectedly empty, or what its suite says; and the waiver of a hold."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn import gate, waivers, waiving
from krn.engine import inputs, numbers, recorded
from krn.engine.candidate import Candidate
from krn.engine.inputs import scope_of
from krn.engine.pins import Pins
from krn.engine.scope import Scope
from krn.gate import Plan, Result, Suite
from krn.outcome import Run
from krn.store import Store
from krn.tables.table import Table

#: Numbers of so few rows are counted as small work: one row comes of them.
FEW = 10_000_000
#: The rows inside the recorded scope of a waiver, and those outside.
Split = Callable[[Mapping[str, Any]], tuple[DataFrame, DataFrame]]


def plan(table: Table, suite: Suite | None, store: Store, run: Run, scope: Scope) -> Plan | None:
    """What is to be counted of a candidate while it is written; None where that is for a pass of its own."""
    if suite is None or run.engine == "plain":
        return None
    own = numbers.riding(suite) if numbers.are_of_candidate(table, store, scope) else {}
    asked = gate.plan(suite, store.spark, table.schema, F.col("_change") != "delete", own)
    return asked if asked.may_ride else None


def gated(candidate: Candidate, suite: Suite, store: Store, pins: Pins, scope: Scope, run: Run) -> Result | None:
    """The suite's result over what readers would see; None when there is nothing to judge."""
    table, today = candidate.table, run.args["today"]
    if candidate.n_visible == 0 and not table.may_be_empty:
        return _unexpectedly_empty(suite) if _has_input(candidate, store, pins, scope, run) else None
    is_known = _is_known(candidate, store)
    if candidate.n_visible and not is_known:
        result = _of_rows(candidate, suite, store, run)
    elif suite.reconcile and (is_known or _has_input(candidate, store, pins, scope, run)):
        result = Result(suite.table, suite.hash, candidate.n_visible)  # no row is new, but some may be missing
    else:
        return None
    measure = partial(numbers.measure, suite, candidate, store, pins, scope, today)
    read = store.count(table.name) + inputs.count(store, pins)
    with store.planned(read, works_on_few=read <= FEW):
        result = gate.with_reconciled(result, suite, measure)
    result = with_waiver(result, suite, table, store, run, scope.is_whole, partial(_split, candidate, store))
    return None if is_known and result.is_open else result


def with_waiver(
    result: Result, suite: Suite, table: Table, store: Store, run: Run, is_whole: bool, split: Split
) -> Result:
    """A result that is shut as the table's open waiver leaves it, if there is one."""
    waiver = None if result.is_open else waivers.open_of(store.root, table.name)
    if waiver is None:
        return result

    def parts(failed: Suite) -> tuple[Result, Result]:
        inside, outside = split(waiver.scope)
        return gate.judge(failed, inside, engine=run.engine), gate.judge(failed, outside, engine=run.engine)

    return waiving.waived(result, suite, table, waiver, is_whole, parts)


def _is_known(candidate: Candidate, store: Store) -> bool:
    """Whether readers see these rows already."""
    return candidate.n_visible > 0 and candidate.n_changed == 0 and store.exists(candidate.table.name)


def _of_rows(candidate: Candidate, suite: Suite, store: Store, run: Run) -> Result:
    """By what was counted when the candidate was written, if all of its rows were; else by a pass over its files."""
    with store.planned(candidate.n_visible, works_on_few=candidate.n_visible <= FEW):
        if candidate.plan and candidate.is_counted:
            visible = partial(candidate.visible, store.spark)
            return gate.judge_counted(candidate.plan, candidate.counted, candidate.files, visible)
        return gate.judge(suite, candidate.visible(store.spark), engine=run.engine, files=candidate.files)


def _unexpectedly_empty(suite: Suite) -> Result:
    return gate.refused(suite, "unexpectedly empty: the inputs in scope have rows, the candidate has none")


def _has_input(candidate: Candidate, store: Store, pins: Pins, scope: Scope, run: Run) -> bool:
    """Whether an input has rows that make rows here: not those of no scope, nor those reached via another column."""
    table = candidate.table
    for given in (i for i in table.reads.values() if not i.via):
        rows = inputs.rows(given, store, pins)
        if table.scope is not None:
            value = scope_of(table, given)
            rows = scope.restrict(rows, value, table.reach(run.args)).where(value.isNotNull())
        if not rows.isEmpty():
            return True
    return False


def _split(candidate: Candidate, store: Store, scope: Mapping[str, Any]) -> tuple[DataFrame, DataFrame]:
    released, visible = recorded.retold(scope, store), candidate.visible(store.spark)
    column = str(candidate.table.scope)
    inside = visible if released.is_whole else released.restrict(visible, visible[column])
    return inside, released.without(visible, column)
