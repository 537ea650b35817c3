"""The newest metrics for people: one row per series."""

from pathlib import Path

import pyarrow as pa

from krn.metrics import kept
from krn.metrics.sample import Labels

SCHEMA = pa.schema(
    {
        "metric": pa.string(),
        "labels": pa.string(),
        "value": pa.float64(),
        "n": pa.int64(),
        "at": pa.timestamp("us", "UTC"),
    }
)


def listed(root: Path) -> pa.Table:
    """The newest sample of each series, by name."""
    current = sorted(kept.current(root).items())
    rows = [
        {"metric": name, "labels": text(labels), "value": seen.sample.value, "n": seen.sample.n, "at": seen.at}
        for (name, labels), seen in current
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def text(labels: Labels) -> str:
    """Labels as people read them."""
    return ", ".join(f"{label}={value}" for label, value in labels)
