"""How much each source gave in the last 24 hours, and of which type, against what it usually gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from krn.contracts import CONTRACTS
from krn.harmless import harmless
from krn.report.days import SHOWN, by_day
from krn.report.spark import Spark, spark
from krn.report.trouble import Trouble
from krn.report.usual import Usual, usual


@dataclass(frozen=True)
class Volume:
    """Deliveries of a source by day, and how many of them repeated others, since its first; the oldest day first.

    Or those of one `type` of its events.
    """

    source: str
    deliveries: Sequence[int]
    duplicates: Sequence[int]
    type: str = ""

    @property
    def now(self) -> int:
        return self.deliveries[-1]

    @property
    def usual(self) -> Usual | None:
        return usual(self.deliveries)

    @property
    def word(self) -> str:
        """silent, few, many, repeated; of a type stopped or fewer; empty where all is as usual or nobody knows yet."""
        known, copies = self.usual, usual(self.duplicates)
        if known is None:
            return ""
        if not self.now and known.least:
            return "stopped" if self.type else "silent"
        if self.now < known.low:
            return "fewer" if self.type else "few"
        if copies and self.duplicates[-1] > copies.high:
            return "repeated"
        return "many" if self.now > known.high else ""

    @property
    def spark(self) -> Spark:
        known = self.usual
        return spark(self.deliveries, known.low if known else None, known.high if known else None)

    @property
    def name(self) -> str:
        return f"{self.source}: {self.type}" if self.type else self.source


_SAYS = {
    "silent": "{source} is silent: nothing in 24 hours, usually {usual:,.0f} deliveries.",
    "few": "{source} sent {now:,} deliveries in 24 hours, usually {usual:,.0f}.",
    "many": "{source} sent {now:,} deliveries in 24 hours, usually {usual:,.0f}.",
    "stopped": "{source} sends no {type}: nothing in 24 hours, usually {usual:,.0f}.",
    "fewer": "{source} sent {now:,} {type} in 24 hours, usually {usual:,.0f}.",
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


def scarce(root: Path, now: datetime, sources: Sequence[Volume]) -> tuple[Volume, ...]:
    """The types of which far less came than usual, though their source sends as it does.

    Where nothing of a source was judged, all of it waits; that is told elsewhere.
    """
    types = ", ".join(f"'{contract.type}'" for contract in CONTRACTS)  # another could be anything
    judged = by_day(root, "silver.deliveries", now, "source", "type", where=f"type IN ({types})")
    as_usual = {volume.source for volume in sources if volume.word in ("", "many")}
    giving = {source for (source, _), days in judged.items() if days[-1]} & as_usual
    found = (_volume(source, days, (0,) * SHOWN, type_) for (source, type_), days in judged.items() if source in giving)
    return tuple(volume for volume in found if volume.usual and volume.now < volume.usual.low)


def _volume(source: str, deliveries: Sequence[int], duplicates: Sequence[int], type_: str = "") -> Volume:
    first = next(day for day, n in enumerate(deliveries) if n)
    return Volume(source, deliveries[first:], duplicates[first:], type_)


def troubles(found: Sequence[Volume]) -> Iterator[Trouble]:
    """What is not as usual. A backlog or a quiet week is no fault, so it only warns."""
    for volume in found:
        if volume.word and volume.usual:
            says = _SAYS[volume.word].format(
                source=harmless(volume.source, 60),
                type=harmless(volume.type, 60),
                now=volume.now,
                usual=volume.usual.middle,
                copies=volume.duplicates[-1],
            )
            yield Trouble("warn", says, _THEN.get(volume.word, _OTHERS), "changes")
