"""A chart of counts that add up, a bar a day or a week: shapes for an SVG that stretches, labels in per cent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from krn.report.chart import HEIGHT, WEEK, ZERO, Bar, Label, Scale, filled, months, ticks

MOST_DAYS = 70  # more are shown by week

Counts = tuple[int, ...]


@dataclass(frozen=True)
class Block(Bar):
    """One part of a bar."""

    part: str


@dataclass(frozen=True)
class Stacks:
    """`parts` from the bottom up; a bar is a day, or a week that begins with its Monday."""

    per: str
    parts: tuple[str, ...]
    width: int
    blocks: tuple[Block, ...]
    across: tuple[Label, ...]
    up: tuple[Label, ...]


def stacks(counts: Mapping[date, Counts], *parts: str) -> Stacks:
    """`counts` has the count of each part by day; on a day that is left out there was nothing."""
    is_long = (max(counts) - min(counts)).days >= MOST_DAYS
    bars = filled(by_week(counts) if is_long else counts, (0,) * len(parts), WEEK if is_long else 1)
    marks = ticks(ZERO, Decimal(max(map(sum, bars.values()))))
    scale, per = Scale(marks[0], marks[-1]), "week" if is_long else "day"
    blocks = (
        block for n, day in enumerate(bars) for block in _blocks(n * 10, f"{day:%a %-d %b %Y}", bars[day], parts, scale)
    )
    up = (Label(scale.y(mark) / HEIGHT * 100, f"{int(mark):,}") for mark in marks if mark == int(mark))
    return Stacks(per, parts, len(bars) * 10, tuple(blocks), tuple(months(list(bars))), tuple(up))


def by_week(counts: Mapping[date, Counts]) -> dict[date, Counts]:
    """The sums of each week that has any, by its Monday."""
    weeks: dict[date, Counts] = {}
    for day, parts in counts.items():
        monday = day - timedelta(days=day.weekday())
        weeks[monday] = tuple(map(sum, zip(weeks.get(monday, (0,) * len(parts)), parts, strict=True)))
    return weeks


def _blocks(x: float, day: str, counts: Counts, parts: Sequence[str], scale: Scale) -> Iterator[Block]:
    says = f"{day}: {', '.join(f'{n:,} {part}' for n, part in zip(counts, parts, strict=True))}"
    below = 0
    for n, part in zip(counts, parts, strict=True):
        top, bottom, below = scale.y(Decimal(below + n)), scale.y(Decimal(below)), below + n
        if n:
            yield Block(x, top, round(bottom - top, 1), says, part)
