"""Waivers: who released which expectations of a held table, when and why; one file each, which stays."""

import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from krn import records


@dataclass(frozen=True)
class Seen:
    """What a released expectation said and found when its table was held; `statement` is the hash of what it said."""

    statement: str
    unexpected_count: int | None = None
    observed: float | str | None = None


@dataclass(frozen=True)
class Waiver:
    """A release of what `run` held, over `scope` and no more than was `seen`.

    `state`: open, until a publication has spent it, another release replaced it, the hold ended without it (lapsed) or
    was discarded. `version` is the table's when it closed.
    """

    id: str
    table: str
    run: str
    at: str
    by: str
    why: str
    scope: Mapping[str, Any]
    seen: Mapping[str, Seen]
    state: str = "open"
    version: int | None = None


def grant(
    root: Path, waiver_id: str, at: str, by: str, why: str, hold: Mapping[str, Any], ids: Collection[str]
) -> Waiver:
    """Record a waiver of these expectations of a hold; it takes the place of an open one of the same table."""
    replaced = _open(root, hold["table"])
    seen = {
        found["id"]: Seen(found["statement"], found["unexpected_count"], found["observed"])
        for found in hold["failed"]
        if found["id"] in ids
    }
    scope = _own(root, hold["table"], waiver_id, hold["scope"])
    waiver = Waiver(waiver_id, hold["table"], hold["run"], at, by, why, scope, seen)
    _write(root, waiver)
    for older in replaced:
        _close(root, older, "replaced", None)
    return waiver


def open_of(root: Path, table: str) -> Waiver | None:
    """The waiver that the next gate of a table is to look at, or None."""
    return next(reversed(_open(root, table)), None)


def settle(root: Path, table: str, commits: Iterable[Mapping[str, Any]], version: int) -> None:
    """Close the waiver of a table whose hold has ended: spent if one of the table's commits says so.

    The head alone does not tell: a run may die between its commit and this, and maintenance commits after it.
    """
    still_open = _open(root, table)
    spent = {name for commit in commits for name in commit.get("waivers", ())} if still_open else set()
    for waiver in still_open:
        _close(root, waiver, "spent" if waiver.id in spent else "lapsed", version)


def discard(root: Path, table: str) -> None:
    """Close the waiver of a table whose hold was discarded."""
    for waiver in _open(root, table):
        _close(root, waiver, "discarded", None)


def every(root: Path, table: str) -> list[Waiver]:
    """All waivers of a table, oldest first."""
    found = (records.read(path) for path in sorted(_folder(root, table).glob("[!.]*.json")))
    return [_waiver(record) for record in found if record is not None]


def _open(root: Path, table: str) -> list[Waiver]:
    return [waiver for waiver in every(root, table) if waiver.state == "open"]


def _own(root: Path, table: str, waiver_id: str, scope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The scope, with its keys in a folder of the waiver's own: the candidate's goes with the candidate."""
    if "folder" not in scope:
        return scope
    own = _folder(root, table) / waiver_id
    shutil.copytree(root / scope["folder"], own, dirs_exist_ok=True)
    return {**scope, "folder": str(own.relative_to(root))}


def _close(root: Path, waiver: Waiver, state: str, version: int | None) -> None:
    """The record stays; the keys of its scope go, since they may name persons."""
    _write(root, replace(waiver, state=state, version=version))
    shutil.rmtree(_folder(root, waiver.table) / waiver.id, ignore_errors=True)


def _write(root: Path, waiver: Waiver) -> None:
    records.write(_folder(root, waiver.table) / f"{waiver.id}.json", asdict(waiver))


def _waiver(record: Mapping[str, Any]) -> Waiver:
    return Waiver(**{**record, "seen": {name: Seen(**seen) for name, seen in record["seen"].items()}})


def _folder(root: Path, table: str) -> Path:
    return root / "ops" / "waivers" / table
