"""Read a table by its name, with Spark where there is a session and without where there is none."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from krn import delta_rs, journal
from krn.delta_rs import DeltaError, DeltaTable
from krn.errors import UsageError
from krn.metrics import kept
from krn.results import results
from krn.views import VIEWS


def read(name: str, *, warehouse: str | Path = "warehouse", version: int | None = None) -> Any:
    """A Spark DataFrame in a session, else a pandas one: `read("gold.sales_daily")`, `read("silver.quarantine")`.

    `ops.runs` is the journal, `ops.results` what the gates of its runs found, `ops.metrics` what the runs measured;
    `version` is a version of the Delta table. Money comes as Decimal, instants in UTC.
    """
    from pyspark.sql import SparkSession  # 0.3 s, and only needed to ask whether there is one

    session, root = SparkSession.getActiveSession(), Path(warehouse)
    if session is None:
        return arrow(name, root, version).to_pandas()
    if name in RECORDS:
        return session.createDataFrame(arrow(name, root))
    table, condition = VIEWS.get(name, (name, "true"))
    reader = session.read.format("delta")
    reader = reader if version is None else reader.option("versionAsOf", version)
    return reader.load(str(path_of(table, root))).where(condition)


def arrow(name: str, root: Path, version: int | None = None, limit: int | None = None) -> pa.Table:
    """A table or view as Arrow, or its first `limit` rows, without Spark; deletion vectors are applied."""
    if name in RECORDS:
        return RECORDS[name](root).slice(0, limit)
    table, condition = VIEWS.get(name, (name, "true"))
    delta = _opened(table, root, version)
    query = f"SELECT * FROM krn_table WHERE {condition}"  # noqa: S608  the condition is ours
    query += f" LIMIT {limit}" if limit is not None else ""
    found = delta_rs.answer(query, krn_table=delta)
    return found.cast(pa.schema(delta.schema().to_arrow()))  # text comes as views, which pandas can't read in lists


def _opened(table: str, root: Path, version: int | None) -> DeltaTable:
    path = path_of(table, root)
    try:
        return delta_rs.opened(path, version)
    except (DeltaError, OverflowError):
        if version is None:
            raise
        raise UsageError(f"There is no version {version} of {table}.", "krn history shows the runs") from None


def path_of(table: str, root: Path) -> Path:
    """The folder of a table; one that is not there is a usage error that lists what is."""
    path = root.joinpath(*table.split("."))
    if not (path / "_delta_log").is_dir():
        have = sorted(".".join(p.parent.relative_to(root).parts) for p in root.glob("*/*/_delta_log"))
        raise UsageError(
            f"There is no table {table} in {root}; there are: {', '.join([*have, *VIEWS]) if have else 'none'}.",
            "krn tables",
        )
    return path


def runs(root: Path) -> pa.Table:
    """The journal, one row per run."""
    columns = ("run", "job", "outcome", "exit_code", "started_at", "ended_at", "clock", "error", "note")
    rows = [
        {
            **{c: run.get(c) for c in columns},
            "note": _note(run["notes"]),
            "tables": len(run["tables"]),
            "rows_in": sum(s["rows"] for s in run["sources"]),
        }
        for run in journal.runs(root)
    ]
    return pa.Table.from_pylist(
        rows,
        schema=pa.schema(
            [(c, pa.int64() if c == "exit_code" else pa.string()) for c in columns]
            + [("tables", pa.int64()), ("rows_in", pa.int64())]
        ),
    )


#: What can be read besides tables and views.
RECORDS: Mapping[str, Callable[[Path], pa.Table]] = {
    "ops.metrics": kept.arrow,
    "ops.results": results,
    "ops.runs": runs,
}


def _note(notes: Mapping[str, Any]) -> str:
    """What a person decided about a held table; nothing for a job."""
    if "by" not in notes:
        return ""
    named = ", ".join((notes["table"], *notes.get("expectations", ())))
    return f"{named}, by {notes['by']}: {notes['why']}"
