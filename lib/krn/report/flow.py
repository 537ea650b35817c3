"""How many came in and where they are now: counts from the sources to gold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from krn.asking import ask, count, exists, sql_name
from krn.report.sums import Sum, sums
from krn.tables.every import TABLES
from krn.tables.silver.deliveries import VERDICTS


@dataclass(frozen=True)
class Flow:
    """Deliveries by source and by verdict, files by status, rows by table, and the sums that must agree."""

    sources: Mapping[str, int]
    verdicts: Mapping[str, int]
    files: Mapping[str, int]
    rows: Mapping[str, int]
    sums: tuple[Sum, ...]

    @property
    def bronze(self) -> int:
        return sum(self.sources.values())

    @property
    def judged(self) -> int:
        return sum(self.verdicts.values())

    @property
    def waiting(self) -> int:
        """What judge has not seen yet."""
        return max(0, self.bronze - self.judged)

    @property
    def gold(self) -> int:
        """How many tables of gold there are."""
        return sum(table.startswith("gold.") for table in self.rows)

    @property
    def agreeing(self) -> tuple[Sum, ...]:
        return tuple(s for s in self.sums if s.agrees and not s.is_behind)

    @property
    def wrong(self) -> tuple[Sum, ...]:
        return tuple(s for s in self.sums if not s.agrees)


def flow(root: Path) -> Flow:
    """Silver is read before bronze: bronze only grows, so what came in between counts as waiting."""
    verdicts = dict.fromkeys(VERDICTS, 0) | _counts(root, "silver.deliveries", "verdict")
    sources = _counts(root, "bronze.deliveries", "source")
    rows = {table.name: count(root, table.name) for table in TABLES if exists(root, table.name)}
    return Flow(sources, verdicts, _counts(root, "ops.files", "status"), rows, sums(root))


def _counts(root: Path, table: str, column: str) -> dict[str, int]:
    """Rows by the values of a column, the most frequent first; none where there is no table."""
    if not exists(root, table):
        return {}
    of = f"SELECT {column} AS name, count(*) AS n FROM {sql_name(table)}"  # noqa: S608  names of ours
    query = f"{of} GROUP BY {column} ORDER BY n DESC, name"
    rows: list[dict[str, Any]] = ask(root, query, table).to_pylist()
    return {row["name"]: row["n"] for row in rows}
