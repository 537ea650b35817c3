"""The warehouse and the carriers number what they announce, and now and then lose some of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

from krn.simulate.facts import History, Stamp
from krn.simulate.gold import SequenceGap

Stream = tuple[str, str | None]


def counted(lives: Iterable[History], rng: Random, skips: float) -> Iterator[History]:
    """The same lives with numbers, some of them skipped; carriers count apart by where a parcel came from."""
    last: Counter[Stream] = Counter()

    def number(stamp: Stamp, partition: str | None) -> Stamp:
        stream = stamp.source, partition
        last[stream] += 1 + (rng.randint(1, 3) if rng.random() < skips else 0)
        return replace(stamp, sequence=last[stream], partition=partition)

    for life in lives:
        parts = {parcel.shipment_id: parcel.origin or "unknown" for parcel in life.shipped}
        yield replace(
            life,
            shipped=tuple(replace(fact, stamp=number(fact.stamp, None)) for fact in life.shipped),
            sighted=tuple(replace(fact, stamp=number(fact.stamp, parts[fact.shipment_id])) for fact in life.sighted),
            delivered=tuple(
                replace(fact, stamp=number(fact.stamp, parts[fact.shipment_id])) for fact in life.delivered
            ),
        )


@dataclass(slots=True)
class Counts:
    """The numbers that were told, by stream."""

    told: dict[Stream, set[int]] = field(default_factory=dict)

    def add(self, history: History) -> None:
        for stamp in (fact.stamp for fact in history.facts()):
            if stamp.sequence is not None:
                self.told.setdefault((stamp.source, stamp.partition), set()).add(stamp.sequence)

    def copy(self) -> "Counts":
        return Counts({stream: set(numbers) for stream, numbers in self.told.items()})

    def gaps(self) -> tuple[SequenceGap, ...]:
        return tuple(
            SequenceGap(source, partition, before + 1, after - 1)
            for (source, partition), numbers in sorted(self.told.items(), key=str)
            for before, after in pairwise(sorted(numbers))
            if after - before > 1
        )
