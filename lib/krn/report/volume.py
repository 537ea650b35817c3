"""How much each source gave in the last 24 hours, against what it usually gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from krn.harmless import harmless
from krn.report.days import SHOWN, by_day
from krn.report.spark import Spark, spark
from krn.report.trouble import Trouble
from krn.report.usual import Usual, usual


@dataclass(frozen=True)
class Volume:
    """Deliveries of a source by day, and how many of them repeated others, since its first; the oldest day first."""

    source: str
    deliveries: Sequence[int]
    duplicates: Sequence[int]

    @property
    def now(self) -> int:
        return self.deliveries[-1]

    @property
    def usual(self) -> Usual | None:
        return usual(self.deliveries)

    @property
    def word(self) -> str:
        """silent, few, many, repeated, or empty where all is as usual or nobody knows yet."""
        known, copies = self.usual, usual(self.duplicates)
        if known is None:
            return ""
        if not self.now and known.least:
            return "silent"
        if self.now < known.low:
            return "few"
        if copies and self.duplicates[-1] > copies.high:
            return "repeated"
        return "many" if self.now > known.high else ""

    @property
    def spark(self) -> Spark:
        known = self.usual
        return spark(self.deliveries, known.low if known else None, known.high if known else None)


_SAYS = {
    "silent": "{source} is silent: nothing in 24 hours, usually {usual:,.0f} deliveries.",
    "few": "{source} sent {now:,} deliveries in 24 hours, usually {usual:,.0f}.",
    "many": "{source} sent {now:,} deliveries in 24 hours, usually {usual:,.0f}.",
    "repeated": "{source} sends again what it had sent: {now:,} deliveries in 24 hours, usually {usual:,.0f}; "
    "{copies:,} are duplicates.",
}
_THEN = {
    "silent": 'krn sql "SELECT source, max(received_at) AS newest FROM bronze.deliveries GROUP BY source"',
    "repeated": 'krn sql "SELECT type, count(*) AS n FROM silver.duplicates GROUP BY type ORDER BY n DESC"',
}
_OTHERS = 'krn sql "SELECT source, type, count(*) AS n FROM silver.deliveries GROUP BY source, type ORDER BY n DESC"'


def volumes(root: Path, now: datetime) -> tuple[Volume, ...]:
    """Every source that gave anything in the last weeks."""
    given = by_day(root, "bronze.deliveries", now, "source")
    copies = by_day(root, "silver.deliveries", now, "source", where="verdict = 'duplicate'")
    nothing = (0,) * SHOWN
    return tuple(_volume(source, given[source,], copies.get((source,), nothing)) for (source,) in given)


def _volume(source: str, deliveries: Sequence[int], duplicates: Sequence[int]) -> Volume:
    first = next(day for day, n in enumerate(deliveries) if n)
    return Volume(source, deliveries[first:], duplicates[first:])


def troubles(found: Sequence[Volume]) -> Iterator[Trouble]:
    """What is not as usual. A backlog or a quiet week is no fault, so it only warns."""
    for volume in found:
        if volume.word and volume.usual:
            says = _SAYS[volume.word].format(
                source=harmless(volume.source, 60),
                now=volume.now,
                usual=volume.usual.middle,
                copies=volume.duplicates[-1],
            )
            yield Trouble("warn", says, _THEN.get(volume.word, _OTHERS), "changes")
