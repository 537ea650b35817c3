"""The journal: one immutable record of each run, what it took, judged, built and why it ended."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any

from krn import records
from krn.outcome import Built
from krn.sources.ingested import Ingested


@dataclass(frozen=True)
class Record:
    """One run as it ended. `outcome`: ok, held, or failed; `error` is the sentence that a person saw.

    `edition` says which krn it was; records of older ones have none.
    """

    run: str
    job: str
    started_at: datetime
    ended_at: datetime
    clock: datetime
    exit_code: int
    error: str = ""
    sources: tuple[Ingested, ...] = ()
    tables: tuple[Built, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    edition: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        return {0: "ok", 3: "held"}.get(self.exit_code, "failed")


def new_run_id(now: datetime) -> str:
    """Sorts by time to the millisecond; the rest is chance, so two runs never share it. `now` is in UTC.

    The Z parts digits that together could be a card number's, which would be hidden wherever the id is shown.
    """
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z-{secrets.token_hex(3)}"


def write(root: Path, record: Record) -> Path:
    """Add a record; it is never changed afterwards."""
    path = root / "ops" / "runs" / f"{record.started_at:%Y-%m-%d}" / f"{record.run}.json"
    records.write(path, as_dict(record))
    return path


def as_dict(record: Record) -> dict[str, Any]:
    """A record as plain values, as it stands in its file."""
    tables = [_table(built) for built in record.tables]
    sources = [{**asdict(source), "rows": source.rows} for source in record.sources]
    plain = {k: v for k, v in asdict(record).items() if k not in ("tables", "sources")}
    return {**plain, "outcome": record.outcome, "sources": sources, "tables": tables}


def _table(built: Built) -> dict[str, Any]:
    plain = {k: v for k, v in asdict(built).items() if k != "result"}
    if built.result is None:
        return {**plain, "gate": None}
    result = built.result
    checks = [{**asdict(check), "status": check.status} for check in result.checks]
    return {
        **plain,
        "gate": {
            "status": result.status,
            "suite": result.suite_hash,
            "rows": result.rows,
            "why": result.why,
            "waiver": result.waiver,
            "checks": checks,
        },
    }


def runs(root: Path, last: int | None = None, most: int | None = None) -> list[dict[str, Any]]:
    """The records, oldest first; `last` = only so many of the newest, `most` = only so many bytes of them."""
    paths = _paths(root)
    newest = paths if last is None else paths[-last:]
    wanted = newest if most is None else _within(newest, most)
    return [record for record in map(records.read, wanted) if record is not None]


def newest_first(root: Path) -> Iterator[dict[str, Any]]:
    """The records, each read when it is asked for."""
    return (record for record in map(records.read, reversed(_paths(root))) if record is not None)


def clock_of(runs_newest_first: Iterable[Mapping[str, Any]], table: str) -> datetime | None:
    """The clock of the last run that built a table; one that held it, or let it wait, did not."""
    built = ("published", "unchanged")
    clocks = (
        datetime.fromisoformat(str(run["clock"]))
        for run in runs_newest_first
        if any(one["table"] == table and one["outcome"] in built for one in run["tables"])
    )
    return next(clocks, None)


def _paths(root: Path) -> list[Path]:
    return sorted((root / "ops" / "runs").glob("*/[!.]*.json"), key=lambda path: path.name)


def _within(paths: Sequence[Path], most: int) -> Sequence[Path]:
    """The last of the files, as many as have so many bytes together; one at least."""
    sizes = accumulate(path.stat().st_size for path in reversed(paths))
    n = sum(1 for _ in takewhile(lambda size: size <= most, sizes))
    return paths[-max(n, 1) :]
