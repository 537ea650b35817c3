"""A chart of a rate, a bar a day or a week; where it rests on what is not all known yet, it says so."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from krn.report.chart import HEIGHT, WEEK, ZERO, Label, Scale, filled, months, ticks
from krn.report.stacks import MOST_DAYS, Block, Stacks, by_week

OPEN = "may still grow"

Parts = tuple[int, ...]  # how many of how many


def rates(days: Mapping[date, Parts], part: str, matured_by: date | None = None) -> Stacks:
    """`days` has (how many, of how many) by day; from the day `matured_by` on, and in its week, the rate can grow."""
    is_long = (max(days) - min(days)).days >= MOST_DAYS
    step, per = (WEEK, "week") if is_long else (1, "day")
    bars = filled(by_week(days) if is_long else days, (0, 0), step)
    marks = ticks(ZERO, max(_percent(*bar) for bar in bars.values()))
    scale = Scale(marks[0], marks[-1])
    blocks = tuple(
        block
        for n, (day, bar) in enumerate(bars.items())
        for block in _blocks(n * 10, day, bar, part, scale, _is_open(day + timedelta(days=step - 1), matured_by))
    )
    parts = (part, OPEN) if any(block.part == OPEN for block in blocks) else (part,)
    up = tuple(Label(scale.y(mark) / HEIGHT * 100, f"{mark.normalize():f}%") for mark in marks)
    return Stacks(per, parts, len(bars) * 10, blocks, tuple(months(list(bars))), up)


def _percent(n: int, of: int) -> Decimal:
    return Decimal(100 * n) / of if of else ZERO


def _is_open(last: date, matured_by: date | None) -> bool:
    return matured_by is not None and last >= matured_by


def _blocks(x: float, day: date, bar: Parts, part: str, scale: Scale, is_open: bool) -> Iterator[Block]:
    """The bar, and behind it over the whole height that it can still grow."""
    (n, of), rate = bar, _percent(*bar)
    says = f"{day:%a %-d %b %Y}: {rate:.1f}%, {n:,} of {of:,}{', ' + OPEN if is_open else ''}"
    if is_open:
        yield Block(x, 0, HEIGHT, says, OPEN)
    if n:
        yield Block(x, scale.y(rate), round(HEIGHT - scale.y(rate), 1), says, part)
