"""What was set aside and is still open: by reason, over time, with masked examples, and what rose since yesterday."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from krn import quarantine
from krn.asking import rows
from krn.harmless import harmless
from krn.quarantine import SHOWN_TYPE
from krn.report.days import by_day
from krn.report.stacks import Stacks, stacks
from krn.report.trouble import Trouble
from krn.report.usual import usual
from krn.report.volume import Volume

EXAMPLES = 8
PARTS = 5  # reasons that have their own colour
DAYS = 28
MANY = 10  # of one kind in 24 hours: fewer are read one by one

_RESOLVED = """
    SELECT count(*) AS n FROM silver_deliveries WHERE verdict = 'quarantined' AND resolution IS NOT NULL
"""
_OPEN = "verdict = 'quarantined' AND resolution IS NULL"


@dataclass(frozen=True)
class Bar:
    """The rows of one reason, also in per cent of the most frequent one's."""

    reason: str
    rows: int
    percent: float
    sentence: str


@dataclass(frozen=True)
class Rise:
    """A kind of fault that comes more often than it used to: rows of the last 24 hours, and of a usual day."""

    source: str
    type: str
    reason: str
    now: int
    usual: float


@dataclass(frozen=True)
class SetAside:
    """What is open, and the count of what was `resolved`; no chart where the last weeks had none.

    `examples` are the most frequent kinds, `more` counts those that are left out.
    """

    resolved: int
    bars: tuple[Bar, ...]
    examples: tuple[Mapping[str, Any], ...]
    more: int
    chart: Stacks | None
    rises: tuple[Rise, ...]


def set_aside(root: Path, now: datetime, volumes: Sequence[Volume]) -> SetAside:
    """The quarantine of a warehouse."""
    kinds = quarantine.summary(root).to_pylist()
    return SetAside(
        resolved=sum(row["n"] for row in rows(root, _RESOLVED, "silver.deliveries")),
        bars=_bars(kinds),
        examples=tuple(kinds[:EXAMPLES]),
        more=max(0, len(kinds) - EXAMPLES),
        chart=_chart(root, now),
        rises=tuple(_rises(root, now, volumes)),
    )


def troubles(found: SetAside) -> Iterator[Trouble]:
    """What rose: most often a producer changed its events."""
    for rise in found.rises:
        what = f"{harmless(rise.type, 60)} from {harmless(rise.source, 60)} set aside as {rise.reason}"
        says = f"{rise.now:,} {what} in 24 hours, usually {rise.usual:,.0f}."
        yield Trouble("warn", says, "krn quarantine", "quarantine")


def _bars(kinds: Sequence[Mapping[str, Any]]) -> tuple[Bar, ...]:
    reasons: dict[str, int] = {}
    for kind in kinds:
        reasons[kind["reason"]] = reasons.get(kind["reason"], 0) + kind["rows"]
    greatest = max(reasons.values(), default=1)
    return tuple(
        Bar(reason, n, round(100 * n / greatest, 1), quarantine.sentence(reason))
        for reason, n in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _chart(root: Path, now: datetime) -> Stacks | None:
    """By UTC day of receipt since the first of the last weeks; the most frequent reasons apart, the others together."""
    midnight = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    found = by_day(root, "silver.deliveries", midnight, "unnest(reasons)", where=_OPEN, days=DAYS)
    most = sorted(found, key=lambda reason: (-sum(found[reason]), reason))
    shown, others = most[:PARTS], most[PARTS:]
    columns = [found[reason] for reason in shown] + ([_added([found[reason] for reason in others])] if others else [])
    counts = list(zip(*columns, strict=True))
    first = next((place for place, some in enumerate(counts) if any(some)), DAYS)
    days = {(midnight - timedelta(days=DAYS - n)).date(): counts[n] for n in range(first, DAYS)}
    names = [reason for (reason,) in shown] + (["other reasons"] if others else [])
    return stacks(days, *names) if days else None


def _added(columns: Sequence[Sequence[int]]) -> Sequence[int]:
    return [sum(counts) for counts in zip(*columns, strict=True)]


def _rises(root: Path, now: datetime, volumes: Sequence[Volume]) -> Iterator[Rise]:
    """Compared with the days since the source first gave anything."""
    known = {volume.source: len(volume.deliveries) for volume in volumes}
    found = by_day(root, "silver.deliveries", now, "source", SHOWN_TYPE, "unnest(reasons)", where=_OPEN)
    for (source, kind, reason), counts in found.items():
        expected = usual(counts[-known.get(source, 1) :])
        if expected and counts[-1] > max(expected.high, MANY):
            yield Rise(source, kind, reason, counts[-1], expected.middle)
