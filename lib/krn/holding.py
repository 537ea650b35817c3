"""Hold a table: write down what its gate found, over which scope, and who waits, until the gate opens."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from krn import cursors, holds
from krn.engine.pins import source_of
from krn.gate import Check, Expectation, Result, Suite
from krn.outcome import Built, Run
from krn.tables.bronze import deliveries as bronze
from krn.tables.every import made_for
from krn.tables.silver import deliveries as silver
from krn.tables.table import Table
from krn.waiving import never


def record(root: Path, run: Run, table: Table, suite: Suite, built: Built, scope: Mapping[str, Any], path: str) -> None:
    """Write down a hold; `since` is when the table was first held, `path` where its candidate lies."""
    result = built.result or Result(table.name, suite.hash)
    before = holds.of(root, table.name) or {}
    said = {
        "run": run.id,
        "since": before.get("since", datetime.now(UTC).isoformat(timespec="seconds")),
        "why": built.why,
        "status": result.status,
        "candidate": path,
        "rows": dict(built.rows),
        "scope": scope,
        "failed": [_failed(check, suite, table) for check in result.failed],
        "waiting": waiting(root, table.name, run.tables),
    }
    holds.put(root, table.name, said)


def waiting(root: Path, table: str, built: Sequence[str] = ()) -> list[str]:
    """The tables that can't go on before this one does; none where it reflects all that was judged, held or not.

    `built` are patterns of names, as the configuration has them; none = every table.
    """
    own, judged = cursors.load(root, table), cursors.load(root, silver.TABLE.name)
    if own and judged and table != silver.TABLE.name and own.through == judged.through:
        return []
    found, made = {table}, made_for(built)
    while more := {each.name for each in made if each.name not in found and found & _sources(each)}:
        found |= more
    return [each.name for each in made if each.name in found - {table}]


def _sources(table: Table) -> set[str]:
    if table.name == silver.TABLE.name:
        return {bronze.TABLE.name}
    return {source_of(given) for given in table.reads.values()}


def _failed(check: Check, suite: Suite, table: Table) -> dict[str, Any]:
    """What a person decides by, and what a waiver is held against."""
    of = {e.id: e for e in (*suite.expectations, *suite.reconcile)}[check.id]
    found = {name: getattr(check, name) for name in ("observed", "unexpected_count", "element_count", "error")}
    said = {name: getattr(of, name) for name in ("id", "type", "severity", "description", "notes", "statement")}
    return {**said, **found, "asks": _asks(of), "never": never(of, suite, table)}


def _asks(expectation: Expectation) -> str:
    """The arguments of an expectation, which say its limit: column total, min_value 5."""
    return ", ".join(f"{name} {value}" for name, value in expectation.kwargs.items())
