"""How fresh it is: what came and was made last, how long the ways took, and whether runs still come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from krn import cursors
from krn.asking import exists, rows, sql_name
from krn.report.hops import Hop, hops
from krn.report.trouble import Trouble, some
from krn.tables.every import TABLES
from krn.tables.silver.deliveries import TABLE as DELIVERIES

PATIENCE = timedelta(hours=1)  # before gold behind silver, or no run at all, is news
KNOWN = 5  # gaps between runs, over a day at least: tries at a keyboard are no habit

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Freshness:
    """The newest of each stage, the hops between them, and the tables of gold that lack the newest verdicts."""

    happened: datetime | None
    received: datetime | None
    judged: datetime | None
    in_gold: datetime | None
    hops: tuple[Hop, ...]
    behind: tuple[str, ...]


def freshness(root: Path, runs: Sequence[Record]) -> Freshness:
    """What the tables, the journal and the metrics say."""
    done = [(table["table"], _ended(table, run)) for run in runs for table in run["tables"] if _is_new(table)]
    return Freshness(
        happened=_newest(root, DELIVERIES.name, "event_time", "verdict = 'accepted'"),
        received=_newest(root, "bronze.deliveries", "received_at", "true"),
        judged=max((at for name, at in done if name == DELIVERIES.name), default=None),
        in_gold=max((at for name, at in done if name.startswith("gold.")), default=None),
        hops=hops(root),
        behind=_behind(root),
    )


def troubles(found: Freshness, runs: Sequence[Record], now: datetime) -> Iterator[Trouble]:
    """Gold that is older than silver, and runs that no longer come."""
    if found.behind and found.judged and now - found.judged > PATIENCE:
        says = f"Gold lacks what was judged {ago(now - found.judged)} ago: {some(found.behind)}."
        yield Trouble("warn", says, "krn aggregate", "freshness")
    yield from _missing_runs([datetime.fromisoformat(str(run["started_at"])) for run in runs], now)


def _missing_runs(starts: Sequence[datetime], now: datetime) -> Iterator[Trouble]:
    gaps = sorted(later - earlier for earlier, later in pairwise(starts))
    if len(gaps) < KNOWN or starts[-1] - starts[0] < timedelta(days=1):
        return
    most, since = gaps[int(len(gaps) * 0.9)], now - starts[-1]  # nine in ten are no longer
    if since > max(1.2 * most, PATIENCE):
        says = f"No run for {ago(since)}; usually the next one comes within {ago(most)}."
        yield Trouble("bad", says, "krn run", "runs")


def ago(span: timedelta) -> str:
    """A span as people say it: 48 s, 12 min, 5 h, 3 days."""
    seconds = span.total_seconds()
    for unit, size, most in (("s", 1, 120), ("min", 60, 120 * 60), ("h", 3600, 48 * 3600)):
        if seconds < most:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds / 86400:,.0f} days"


def _is_new(table: Record) -> bool:
    return bool(table["outcome"] == "published")


def _ended(table: Record, run: Record) -> datetime:
    """When a table was done; older records know only when the run was."""
    return datetime.fromisoformat(str(table.get("ended_at") or run["ended_at"]))


def _newest(root: Path, table: str, column: str, where: str) -> datetime | None:
    query = f"SELECT max({column}) AS newest FROM {sql_name(table)} WHERE {where}"  # noqa: S608  names of ours
    newest: datetime | None = next((row["newest"] for row in rows(root, query, table)), None)
    return newest


def _behind(root: Path) -> tuple[str, ...]:
    """Built tables of gold that do not reflect the newest version of silver.deliveries."""
    newest = cursors.load(root, DELIVERIES.name)
    gold = (table.name for table in TABLES if table.stage == "gold" and exists(root, table.name))
    built = [(name, cursor) for name in gold if (cursor := cursors.load(root, name))]
    return tuple(name for name, cursor in built if newest and cursor.through < newest.through)
