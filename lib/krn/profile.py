"""What the columns of a published table hold, in one query without Spark; text only as codes and their counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.sql.types import DataType, DateType, NumericType, StringType, TimestampType

from krn import delta_rs
from krn.asking import ask, sql_name
from krn.errors import UsageError
from krn.reading import path_of
from krn.tables.table import Column, Table

FEW = 12  # more distinct texts than this are no codes, and are not looked at


@dataclass(frozen=True)
class ColumnProfile:
    """One column: nulls, distinct values, bounds and quantiles where it has an order, codes where it has few."""

    name: str
    nulls: int
    distinct: int | None = None
    low: Any = None
    high: Any = None
    p05: float | None = None
    p95: float | None = None
    codes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Profile:
    """A table at one version."""

    version: int
    rows: int
    columns: tuple[ColumnProfile, ...]


def profiled(root: Path, table: Table) -> Profile:
    """The profile of what is published; a table without rows has none."""
    version = int(delta_rs.opened(path_of(table.name, root)).version())
    measures = [measure for column in table.columns for measure in _measures(column)]
    found = _first(root, table, ", ".join(["count(*) AS n", *measures]), version)
    if not found["n"]:
        raise UsageError(f"{table.name} has no rows to look at.", "krn run, then suggest again")
    seen = tuple(_seen(root, table, column, found, version) for column in table.columns)
    return Profile(version, found["n"], seen)


def _measures(column: Column) -> Iterator[str]:
    quoted, name = f'"{column.name}"', column.name
    yield f'count({quoted}) AS "{name}.n"'
    if column.pii:
        return  # a person's: only whether it is there
    if _is_ordered(column.type) or _may_be_codes(column):
        yield f'count(DISTINCT {quoted}) AS "{name}.distinct"'
    if _is_ordered(column.type):
        yield f'min({quoted}) AS "{name}.low", max({quoted}) AS "{name}.high"'
    if isinstance(column.type, NumericType):
        number = f"CAST({quoted} AS DOUBLE)"
        yield f'approx_percentile_cont({number}, 0.05) AS "{name}.p05"'
        yield f'approx_percentile_cont({number}, 0.95) AS "{name}.p95"'


def _is_ordered(kind: DataType) -> bool:
    return isinstance(kind, (NumericType, DateType, TimestampType))


def _may_be_codes(column: Column) -> bool:
    """Whether its texts may be shown: none of a person, and none that names one thing."""
    return isinstance(column.type, StringType) and not column.pii and not column.name.endswith("_id")


def _seen(root: Path, table: Table, column: Column, found: dict[str, Any], version: int) -> ColumnProfile:
    name = column.name
    of = {key: found.get(f"{name}.{key}") for key in ("distinct", "low", "high", "p05", "p95")}
    may_show = _may_be_codes(column) and found[f"{name}.distinct"] <= FEW
    codes = _codes(root, table, name, version) if may_show else ()
    return ColumnProfile(name, found["n"] - found[f"{name}.n"], **of, codes=codes)


def _codes(root: Path, table: Table, name: str, version: int) -> tuple[tuple[str, int], ...]:
    query = (
        f'SELECT "{name}" AS code, count(*) AS n FROM {sql_name(table.name)} '  # noqa: S608  names of ours
        f'WHERE "{name}" IS NOT NULL GROUP BY 1 ORDER BY 1'
    )
    rows = ask(root, query, table.name, at={table.name: version}).to_pylist()
    return tuple((row["code"], row["n"]) for row in rows)


def _first(root: Path, table: Table, measures: str, version: int) -> dict[str, Any]:
    query = f"SELECT {measures} FROM {sql_name(table.name)}"  # noqa: S608  names of ours
    row: dict[str, Any] = ask(root, query, table.name, at={table.name: version}).to_pylist()[0]
    return row
