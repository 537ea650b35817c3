"""Whether a waiver opens a gate: of what it names, over the scope that was held, and no more than was seen there."""

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

from krn.gate import Check, Expectation, Result, Suite
from krn.gate.coverage import columns_of
from krn.retelling import finding
from krn.tables.table import Table
from krn.waivers import Seen, Waiver

#: Judges expectations over the rows inside the scope of a waiver, and over those outside.
Parts = Callable[[Suite], tuple[Result, Result]]

_NOT_NULL = "expect_column_values_to_not_be_null"
_UNIQUE = "expect_key_to_be_unique"


def waived(result: Result, suite: Suite, table: Table, waiver: Waiver, is_whole: bool, parts: Parts) -> Result:
    """A result that is shut, opened by the waiver; or still shut, saying why the waiver does not apply.

    `is_whole` = the table was made in full. `parts` is asked only about what failed.
    """
    objection = next(_misfits(result, suite, table, waiver, is_whole), "")
    objection = objection or next(_excesses(waiver, *parts(_failed(suite, result))), "")
    if objection:
        return replace(result, why="; ".join(filter(None, (result.why, f"its release does not apply: {objection}"))))
    return result.waived(waiver.seen, waiver.id)


def never(expectation: Expectation, suite: Suite, table: Table) -> str:
    """Why a failure of this expectation can't be waived; empty = it can."""
    if expectation in suite.reconcile:
        return "it is about the whole table, so every later run would fail it again"
    if expectation.type == _UNIQUE:
        is_own = set(columns_of(expectation)) == set(table.key) and not expectation.kwargs.get("row_condition")
        return "rows are compared and merged by the key" if is_own else "readers take one row for each such key"
    if expectation.type != _NOT_NULL:
        return ""
    if expectation.kwargs.get("column") in (*table.key, table.scope):
        return "rows are compared and merged by the key, and a null matches nothing"
    return "" if table.transform else "judge can't work without the value"


def _misfits(result: Result, suite: Suite, table: Table, waiver: Waiver, is_whole: bool) -> Iterator[str]:
    """What can be said without another look at the rows."""
    if result.at_least not in ("passed", "warned"):
        yield "what keeps the gate shut is no expectation"
    if waiver.scope.get("all") and not is_whole:
        yield "it is for a build in full"
    known = {expectation.id: expectation for expectation in (*suite.expectations, *suite.reconcile)}
    for check in result.failed:
        if check.id not in waiver.seen:
            yield f"{check.id} failed as well"
        elif check.error:
            yield f"{check.id} could not be judged"
        elif reason := never(known[check.id], suite, table):
            yield f"{check.id} can't be waived, {reason}"
        elif known[check.id].statement != waiver.seen[check.id].statement:
            yield f"{check.id} says something else than when it was released"


def _excesses(waiver: Waiver, inside: Result, outside: Result) -> Iterator[str]:
    """What fails beyond the release. An empty rest says nothing: a minimum of no rows would fail."""
    for check in inside.checks:
        if not _covers(waiver.seen[check.id], check):
            yield f"in the released scope {check.id} found {_found(check)}"
    if outside.rows != 0:
        yield from (f"outside of the released scope {check.id} found {_found(check)}" for check in outside.failed)
        yield from [outside.why] if not outside.is_open else []


def _covers(seen: Seen, check: Check) -> bool:
    """Of rows at most as many as were seen; of anything else the very value."""
    if check.error:
        return False
    if check.unexpected_count is not None:
        return seen.unexpected_count is not None and check.unexpected_count <= seen.unexpected_count
    if isinstance(seen.observed, float) and isinstance(check.observed, float):
        return math.isclose(seen.observed, check.observed)  # a sum of floats depends on how the rows lie in files
    return str(seen.observed) == str(check.observed)


def _failed(suite: Suite, result: Result) -> Suite:
    ids = {check.id for check in result.failed}
    return Suite(suite.table, tuple(e for e in suite.expectations if e.id in ids))


def _found(check: Check) -> str:
    return finding(asdict(check))
