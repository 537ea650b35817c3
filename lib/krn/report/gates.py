"""Results of the gates over runs: a matrix of tables and runs, and what does not hold now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from krn.retelling import finding
from krn.tables.every import TABLES

COLUMNS = 30
MARKS = {
    "passed": "✓",
    "published": "+",
    "warned": "!",
    "waived": "w",
    "held": "✕",
    "error": "E",
    "waits": "…",
    "unchanged": "=",
    "": "",
}
WORST_FIRST = ("error", "held", "waived", "warned", "passed")

Run = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """What became of a table in a run: a word of MARKS (empty = not in this run), and a sentence."""

    word: str
    says: str

    @property
    def mark(self) -> str:
        return MARKS[self.word]


@dataclass(frozen=True)
class Row:
    table: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Concern:
    """An expectation that did not hold when its table was last gated."""

    table: str
    run: str
    at: datetime
    status: str
    says: str
    found: str
    notes: str


def matrix(runs: Sequence[Run]) -> tuple[Row, ...]:
    """The tables against the last runs that worked on any; oldest first."""
    told = [_by_table(run) for run in last_with_tables(runs)]
    known = [table.name for table in TABLES]
    names = [*known, *sorted({name for tables in told for name in tables} - set(known))]
    rows = (Row(name, tuple(_cell(tables.get(name)) for tables in told)) for name in names)
    return tuple(row for row in rows if any(cell.word for cell in row.cells))


def last_with_tables(runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if run["tables"]][-COLUMNS:]


def concerns(runs: Sequence[Run]) -> tuple[Concern, ...]:
    """What failed in the latest result of each table's gate, the worst first."""
    latest = {table["table"]: (run, table) for run in runs for table in run["tables"] if table["gate"]}
    checks = ((run, table, check) for run, table in latest.values() for check in table["gate"]["checks"])
    found = [_concern(run, table, check) for run, table, check in checks if not check["success"]]
    return tuple(sorted(found, key=lambda concern: (WORST_FIRST.index(concern.status), concern.table)))


def waiting(runs: Sequence[Run]) -> dict[str, str]:
    """The tables that waited when they were last to be made, and for what."""
    latest = {table["table"]: table for run in runs for table in run["tables"]}
    return {name: table["why"] for name, table in latest.items() if table["outcome"] == "waits"}


def _by_table(run: Run) -> dict[str, Mapping[str, Any]]:
    return {table["table"]: table for table in run["tables"]}


def _cell(table: Mapping[str, Any] | None) -> Cell:
    if table is None:
        return Cell("", "not in this run")
    gate = table["gate"] or {}
    word = gate.get("status", table["outcome"])
    why = table["why"] or gate.get("why", "")
    return Cell(word if word in MARKS else "error", f"{word}: {why}" if why else word)


def _concern(run: Run, table: Mapping[str, Any], check: Mapping[str, Any]) -> Concern:
    says = check["description"] or check["id"]
    at = datetime.fromisoformat(str(run["ended_at"]))
    return Concern(table["table"], run["run"], at, check["status"], says, finding(check), check["notes"])
