"""The list of tables: what each holds, its key, and how far it is built."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from krn import cursors, delta_rs, holds
from krn.asking import count, exists
from krn.reading import path_of
from krn.tables.every import TABLES
from krn.tables.table import Table

SCHEMA = pa.schema(
    {
        "table": pa.string(),
        "stage": pa.string(),
        "doc": pa.string(),
        "key": pa.string(),
        "rows": pa.int64(),
        "version": pa.int64(),
        "through": pa.int64(),
        "held": pa.bool_(),
        "published": pa.timestamp("us", "UTC"),
    }
)


def tables(root: Path) -> pa.Table:
    """One row per table of krn, also those not built yet: their rows, version, through and published are null."""
    held = {hold["table"] for hold in holds.every(root)}
    return pa.Table.from_pylist([_row(table, root) | {"held": table.name in held} for table in TABLES], SCHEMA)


def _row(table: Table, root: Path) -> dict[str, Any]:
    said = {"table": table.name, "stage": table.stage, "doc": table.doc.strip(), "key": ", ".join(table.key)}
    return said | _state(table.name, root) if exists(root, table.name) else said


def _state(name: str, root: Path) -> dict[str, Any]:
    delta, cursor = delta_rs.opened(path_of(name, root)), cursors.load(root, name)
    through = cursor.through if cursor else None
    return {"rows": count(root, name), "version": delta.version(), "through": through, "published": _published(delta)}


def _published(delta: delta_rs.DeltaTable) -> datetime | None:
    """When a run last changed the content; upkeep commits carry no run."""
    times = (commit["timestamp"] for commit in delta.history() if _is_publication(commit))
    return next((datetime.fromtimestamp(time / 1000, UTC) for time in times), None)


def _is_publication(commit: dict[str, Any]) -> bool:
    try:
        return "run" in json.loads(commit.get("userMetadata") or "{}")
    except ValueError:
        return False
