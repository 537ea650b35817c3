"""The numbers that limits are taken from, a small file per table: ops/watched/<table>.json.

The journal tells them too; but most of its records are of other jobs, and those of twelve weeks are hundreds of
megabytes.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from krn import records
from krn.history import Watched, number
from krn.journal import Record
from krn.outcome import Built

#: What is older tells of another season.
_BACK = timedelta(weeks=12)
#: Gates of a table that are kept: those of an hourly run for longer than that, of one every quarter of an hour for six
#: weeks.
MOST = 4_000


def keep(root: Path, record: Record) -> None:
    """Add what a run found in tables whose gates opened; rows that were held count when they are published."""
    gates = defaultdict[str, list[dict[str, Any]]](list)
    for built in record.tables:
        if built.is_open and (gate := _gate(built, record.clock)):
            gates[built.table].append(gate)
    for table, found in gates.items():
        path = _folder(root) / f"{table}.json"
        records.write(path, {"gates": [*_gates(path), *found][-MOST:]})


def read(root: Path, at: datetime) -> tuple[Watched, ...]:
    """What was found in the twelve weeks before an instant."""
    paths = sorted(_folder(root).glob("[!.]*.json"))
    return tuple(seen for path in paths for seen in _seen(path) if seen.at >= at - _BACK)


def _gate(built: Built, at: datetime) -> dict[str, Any] | None:
    checks = built.result.checks if built.result else ()
    limited = [(check.id, check.limits.kind, number(check.observed)) for check in checks if check.limits]
    found = {id_: told for id_, _, told in limited if told is not None}
    return {"at": at.isoformat(), "kind": limited[0][1], "found": found} if found else None


def _gates(path: Path) -> list[dict[str, Any]]:
    record = records.read(path)
    if record is None:
        return []
    with records.whole(path):
        return [*record["gates"]]


def _seen(path: Path) -> Iterator[Watched]:
    with records.whole(path):
        for gate in _gates(path):
            at = datetime.fromisoformat(gate["at"])
            for id_, found in gate["found"].items():
                yield Watched(path.stem, id_, gate["kind"], at, found)


def _folder(root: Path) -> Path:
    return root / "ops" / "watched"
