"""`ops.files`: what became of every version of every file; written by ingest alone, under its lock."""

from dataclasses import asdict, dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import LongType, StringType, TimestampType

from krn.sources.listing import File
from krn.sources.plan import CHANGED, Plan
from krn.sources.probe import UNREADABLE
from krn.store import Store
from krn.tables.table import Column, Table

TABLE = Table(
    name="ops.files",
    doc=__doc__,
    key=("source", "path", "size", "mtime_ns", "status"),
    columns=(
        Column("source", StringType(), "name of the source in the configuration"),
        Column("path", StringType(), "file below the source's folder"),
        Column("size", LongType(), "bytes as they lie there"),
        Column("mtime_ns", LongType(), "the file's time in nanoseconds; path, size and time are its version"),
        Column("sha256", StringType(), "hash of the file's bytes; null where it was not read to its end"),
        Column("status", StringType(), "loaded, set_aside, duplicate_content or changed_since_plan (looked at again)"),
        Column("reason", StringType(), "why it was not loaded; null where it was"),
        Column("rows", LongType(), "deliveries in bronze from this version; 0 where it was not loaded"),
        Column("batch", LongType(), "batch of its rows in bronze; null where it was not loaded or is empty"),
        Column("run_id", StringType(), "the run that decided"),
        Column("recorded_at", TimestampType(), "wall clock of the decision"),
    ),
)


@dataclass(frozen=True)
class Known:
    """What the ledger says of one source: versions that are settled, and where each content was loaded from."""

    versions: frozenset[File]
    contents: dict[str | None, str]  # sha256 -> path
    unreadable: frozenset[File] = frozenset()  # looked at again, but told of once


def known(store: Store, source: str) -> Known:
    """The ledger of one source; one small read, without Spark."""
    if not store.exists(TABLE.name):
        return Known(frozenset(), {})
    every = store.small(TABLE.name, ("source", "status", "reason", "path", "size", "mtime_ns", "rows", "sha256"))
    mine = every.filter((pc.field("source") == source) & (pc.field("status") != CHANGED))
    names = ("path", "size", "mtime_ns", "rows", "sha256", "reason")
    paths, sizes, times, rows, shas, reasons = (mine[name].to_pylist() for name in names)
    contents = {sha: path for sha, path, n in zip(shas, paths, rows, strict=True) if n}
    files = list(zip(map(File, paths, sizes, times), reasons, strict=True))
    settled = frozenset(file for file, reason in files if reason != UNREADABLE)
    return Known(settled, contents, frozenset(file for file, _ in files) - settled)


def entries(plan: Plan, recorded_at: datetime) -> pa.Table:
    """The decisions of a plan as rows of the ledger."""
    rows = [
        {
            "source": plan.source,
            **asdict(d.file),
            "sha256": d.sha256,
            "status": d.status,
            "reason": d.reason,
            "rows": d.rows,
            "batch": plan.batch if d.has_rows else None,
            "run_id": plan.run_id,
            "recorded_at": recorded_at,
        }
        for d in plan.decisions
    ]
    return pa.Table.from_pylist(rows, to_arrow_schema(TABLE.schema))


def has(store: Store, plan: Plan) -> bool:
    """Whether the plan was recorded; its rows were written in one commit, so one of them tells for all."""
    if not store.exists(TABLE.name):
        return False
    file = plan.decisions[0].file
    mine = (plan.run_id, plan.source, file.path, file.size, file.mtime_ns)
    every = store.small(TABLE.name, ("run_id", "source", "path", "size", "mtime_ns"))
    return mine in zip(*(column.to_pylist() for column in every.columns), strict=True)
