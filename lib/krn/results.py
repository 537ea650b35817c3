"""Every result of every gate as a table: what each expectation found in each run."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from krn import journal

#: Bytes of records that are read: 500 runs in which every table changed, thousands in which few did.
MOST = 200_000_000

SCHEMA = pa.schema(
    {
        "run": pa.string(),
        "at": pa.timestamp("us", "UTC"),
        "table": pa.string(),
        "expectation": pa.string(),
        "severity": pa.string(),
        "status": pa.string(),
        "success": pa.bool_(),
        "unexpected": pa.int64(),
        "rows": pa.int64(),
        "unexpected_percent": pa.float64(),
        "tolerated_percent": pa.float64(),
        "observed": pa.string(),
        "description": pa.string(),
    }
)


def results(root: Path) -> pa.Table:
    """One row per run, table and expectation, in the order of the runs; of a long journal the newest part."""
    return pa.Table.from_pylist([row for run in journal.runs(root, most=MOST) for row in _of(run)], SCHEMA)


def _of(run: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for table in run["tables"]:
        at = datetime.fromisoformat(str(table.get("ended_at") or run["ended_at"]))  # older records have one for all
        for check in (table["gate"] or {}).get("checks", ()):
            yield {"run": run["run"], "at": at, "table": table["table"], **_found(check)}


def _found(check: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: check[name] for name in ("severity", "status", "success", "unexpected_percent", "description")}
    observed = None if check["observed"] is None else str(check["observed"])
    counts = {"unexpected": check["unexpected_count"], "rows": check["element_count"]}
    tolerated = check.get("tolerated_percent")  # older records know none
    return {**said, **counts, "expectation": check["id"], "tolerated_percent": tolerated, "observed": observed}
