"""How fresh it is: what came and was made last, how long the ways took, and whether runs still come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from krn import cursors
from krn.asking import exists, rows
from krn.latency import Hop, latency, tables_of
from krn.report.trouble import Trouble, some
from krn.tables.every import TABLES
from krn.tables.silver.deliveries import TABLE as DELIVERIES

DAYS = 7  # whose deliveries the hops are measured by
PATIENCE = timedelta(hours=1)  # before gold behind silver, or no run at all, is news
GAPS = 20  # between runs, that tell how often they come
KNOWN = 5  # gaps at least

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


def freshness(root: Path, runs: Sequence[Record], now: datetime) -> Freshness:
    """What the tables and the journal say."""
    done = [(table, at) for run in runs for table, at in tables_of(run) if table["outcome"] == "published"]
    return Freshness(
        happened=_newest(root, DELIVERIES.name, "event_time", "verdict = 'accepted'"),
        received=_newest(root, "bronze.deliveries", "received_at", "true"),
        judged=max((at for table, at in done if table["table"] == DELIVERIES.name), default=None),
        in_gold=max((at for table, at in done if table["table"].startswith("gold.")), default=None),
        hops=latency(root, runs, now - timedelta(days=DAYS)),
        behind=_behind(root),
    )


def troubles(found: Freshness, runs: Sequence[Record], now: datetime) -> Iterator[Trouble]:
    """Gold that is older than silver, and runs that no longer come."""
    if found.behind and found.judged and now - found.judged > PATIENCE:
        says = f"Gold lacks what was judged {ago(now - found.judged)} ago: {some(found.behind)}."
        yield Trouble("warn", says, "krn aggregate", "freshness")
    starts = [datetime.fromisoformat(str(run["started_at"])) for run in runs[-GAPS - 1 :]]
    gaps = sorted(later - earlier for earlier, later in pairwise(starts))
    if len(gaps) < KNOWN:
        return
    longest, since = gaps[int(len(gaps) * 0.9)], now - starts[-1]  # nine in ten came sooner
    if since > max(1.2 * longest, PATIENCE):
        says = f"No run for {ago(since)}; usually the next one comes within {ago(longest)}."
        yield Trouble("bad", says, "krn run", "runs")


def ago(span: timedelta) -> str:
    """A span as people say it: 48 s, 12 min, 5 h, 3 days."""
    seconds = span.total_seconds()
    for unit, size, most in (("s", 1, 120), ("min", 60, 120 * 60), ("h", 3600, 48 * 3600)):
        if seconds < most:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds / 86400:,.0f} days"


def _newest(root: Path, table: str, column: str, where: str) -> datetime | None:
    query = f"SELECT max({column}) AS newest FROM {table.replace('.', '_')} WHERE {where}"  # noqa: S608  names of ours
    newest: datetime | None = next((row["newest"] for row in rows(root, query, table)), None)
    return newest


def _behind(root: Path) -> tuple[str, ...]:
    """Built tables of gold that do not reflect the newest version of silver.deliveries."""
    newest = cursors.load(root, DELIVERIES.name)
    gold = (table.name for table in TABLES if table.stage == "gold" and exists(root, table.name))
    built = [(name, cursor) for name in gold if (cursor := cursors.load(root, name))]
    return tuple(name for name, cursor in built if newest and cursor.through < newest.through)
