"""What is held: one record for each table whose gate did not open, until it does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from krn import records


def put(root: Path, table: str, record: Mapping[str, Any]) -> None:
    """Remember that `table` is held: by which run, why, and where its candidate lies."""
    records.write(_folder(root) / f"{table}.json", {"table": table, **record})


def clear(root: Path, table: str) -> None:
    """Forget the hold of a table that was published, or that has nothing to publish any more."""
    (_folder(root) / f"{table}.json").unlink(missing_ok=True)


def of(root: Path, table: str) -> dict[str, Any] | None:
    """The hold of a table, or None."""
    return records.read(_folder(root) / f"{table}.json")


def every(root: Path) -> list[dict[str, Any]]:
    """All holds, by table."""
    found = (records.read(path) for path in sorted(_folder(root).glob("[!.]*.json")))
    return [record for record in found if record is not None]


def _folder(root: Path) -> Path:
    return root / "ops" / "holds"
