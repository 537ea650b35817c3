"""How far a table has come: the input versions it has consumed and the version it then had."""

from dataclasses import asdict, dataclass
from pathlib import Path

from krn import records


@dataclass(frozen=True)
class Seen:
    """One input as a build read it: its version, and Delta's id of the table (another id = made anew)."""

    version: int
    id: str


@dataclass(frozen=True)
class Cursor:
    """`version` is the table's own after the build; `through` the version of silver.deliveries that it reflects."""

    table: str
    version: int
    id: str
    through: int
    fingerprint: str
    inputs: dict[str, Seen]


def load(root: Path, table: str) -> Cursor | None:
    """The cursor of a table, or None when it was never built."""
    found = records.read(_path(root, table))
    if found is None:
        return None
    with records.whole(_path(root, table)):
        return Cursor(**{**found, "inputs": {name: Seen(**seen) for name, seen in found["inputs"].items()}})


def save(root: Path, cursor: Cursor) -> None:
    """Record a cursor; a crash before this only means the same work again."""
    records.write(_path(root, cursor.table), asdict(cursor))


def _path(root: Path, table: str) -> Path:
    return root / "ops" / "cursors" / f"{table}.json"
