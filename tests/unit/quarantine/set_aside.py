"""Bronze and verdicts of a few deliveries, written without Spark."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake
from pyspark.sql.pandas.types import to_arrow_schema

from krn.tables.bronze import deliveries as bronze
from krn.tables.silver import deliveries as silver

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def delivered(root: Path, *given: dict[str, Any]) -> Path:
    """A warehouse with these rows: what each says besides being set aside as blank."""
    same = {"source": "shop", "received_at": AT, "batch": 1, "payload_encoding": "utf8", "payload": "{}"}
    rows = [{**same, "source_kind": "landing", "verdict": "quarantined", "reasons": ["blank"], **g} for g in given]
    for table in (bronze.TABLE, silver.TABLE):
        schema = to_arrow_schema(table.schema)
        path = root.joinpath(*table.name.split("."))
        path.mkdir(parents=True)
        write_deltalake(str(path), pa.Table.from_pylist([dict.fromkeys(schema.names) | r for r in rows], schema))
    return root
