"""Days that readers knew and a later run changed: which measure, from what to what."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pyspark.sql.types import DataType

from krn.report.money import exact
from krn.tables.every import TABLES
from krn.tables.types import MONEY_SUM

RUNS = 5  # of the latest that restated anything
ROWS = 4  # of one table in one run
MEASURES = 4  # of one row

#: The columns of each table in their order, which a record does not keep.
_COLUMNS = {table.name: {column.name: column.type for column in table.columns} for table in TABLES}


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
        columns = _COLUMNS.get(table["table"], {})
        rows = (_row(row, columns) for row in table["restated"][:ROWS])
        shown = tuple(row for row in rows if row.changes)
        yield Restated(table["table"], run["run"], at, table["n_restated"], shown)


def _row(row: Mapping[str, Any], columns: Mapping[str, DataType]) -> Row:
    of, measures = _in_order(row["of"], columns), _in_order(row["measures"], columns)
    currency = of.get("currency", "")
    said = [Change(name, *(_said(v, columns.get(name), currency) for v in pair)) for name, pair in measures.items()]
    changes = [change for change in said if change.before != change.after]
    more = max(0, len(changes) - MEASURES)
    return Row(date.fromisoformat(row["on"]), ", ".join(of.values()), tuple(changes[:MEASURES]), more)


def _in_order(values: Mapping[str, Any], columns: Collection[str]) -> dict[str, Any]:
    known = [name for name in columns if name in values]
    return {name: values[name] for name in (*known, *(name for name in values if name not in known))}


def _said(value: int | str | None, kind: DataType | None, currency: str) -> str:
    """A sum of money to its minor unit, a rate as the table has it."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return exact(Decimal(value), currency) if kind == MONEY_SUM else f"{Decimal(value):,f}"
