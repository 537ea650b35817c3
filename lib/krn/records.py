"""JSON records beside the tables, written whole or not at all."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from krn.errors import Unreadable


def write(path: Path, record: Mapping[str, Any]) -> None:
    """Write `record` so that a reader sees the old file or the new one, even after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as handle:
        json.dump(record, handle, default=str, indent=1, sort_keys=True)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)


def read(path: Path) -> dict[str, Any] | None:
    """The record at `path`, or None when there is none."""
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as damaged:
        raise _unreadable(path, damaged) from None
    return record


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """What a record lacks, or has of another type, is damage of its file."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as damaged:
        raise _unreadable(path, damaged) from None


def _unreadable(path: Path, damaged: Exception) -> Unreadable:
    return Unreadable(f"{path} is damaged: {damaged}.", "move it away; the next run works without it")
