"""Days that readers knew and a later run changed: which measure, from what to what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from krn.report.money import exact
from krn.tables.every import TABLES

RUNS = 5  # of the latest that restated anything
ROWS = 4  # of one table in one run
MEASURES = 4  # of one row

#: The columns of each table in their order, which a record does not keep.
_COLUMNS = {table.name: [column.name for column in table.columns] for table in TABLES}


@dataclass(frozen=True)
class Change:
    measure: str
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    on: date
    of: str
    changes: tuple[Change, ...]
    more: int  # measures that are not shown


@dataclass(frozen=True)
class Restated:
    """A table that a run restated: how many rows, and the largest changes."""

    table: str
    run: str
    at: datetime
    n: int
    rows: tuple[Row, ...]


def restatements(runs: Sequence[Mapping[str, Any]]) -> tuple[Restated, ...]:
    """The newest run first."""
    latest = [run for run in runs if any(_is_restated(table) for table in run["tables"])][-RUNS:]
    return tuple(found for run in reversed(latest) for found in _of(run))


def _is_restated(table: Mapping[str, Any]) -> bool:
    return bool(table.get("n_restated"))  # older records know nothing of it


def _of(run: Mapping[str, Any]) -> Iterator[Restated]:
    at = datetime.fromisoformat(str(run["ended_at"]))
    for table in filter(_is_restated, run["tables"]):
        columns = _COLUMNS.get(table["table"], [])
        rows = tuple(_row(row, columns) for row in table["restated"][:ROWS])
        yield Restated(table["table"], run["run"], at, table["n_restated"], rows)


def _row(row: Mapping[str, Any], columns: Sequence[str]) -> Row:
    of, measures = _in_order(row["of"], columns), _in_order(row["measures"], columns)
    said = [Change(name, *(_said(value, of.get("currency", "")) for value in pair)) for name, pair in measures.items()]
    changes = [change for change in said if change.before != change.after]
    more = max(0, len(changes) - MEASURES)
    return Row(date.fromisoformat(row["on"]), ", ".join(of.values()), tuple(changes[:MEASURES]), more)


def _in_order(values: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    known = [name for name in columns if name in values]
    return {name: values[name] for name in (*known, *(name for name in values if name not in known))}


def _said(value: int | str | None, currency: str) -> str:
    """An amount as people read it; a rate beside it has no minor unit, but the same few decimals do."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else exact(Decimal(value), currency)
