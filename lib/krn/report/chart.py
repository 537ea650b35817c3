"""A chart of a number per day and its mean over seven days: shapes for an SVG that stretches, labels in per cent of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from krn.report.money import exact, short

WEEK = 7
HEIGHT = 1000  # units of the drawing; a day is 10 wide


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    height: float
    says: str


@dataclass(frozen=True)
class Label:
    at: float  # per cent from the left, or from the top
    text: str


@dataclass(frozen=True)
class Chart:
    width: int
    bars: tuple[Bar, ...]
    line: str
    zero: float
    across: tuple[Label, ...]
    up: tuple[Label, ...]


def filled(values: Mapping[date, Decimal]) -> dict[date, Decimal]:
    """Every day from the first to the last; nothing was sold on a day without a row."""
    first, last = min(values), max(values)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: values.get(day, Decimal(0)) for day in days}


def week_means(values: Sequence[Decimal]) -> list[Decimal | None]:
    """The mean of each day and the six before it; None while there are not so many."""
    return [None if end < WEEK else sum(values[end - WEEK : end], Decimal(0)) / WEEK for end in range(1, len(values) + 1)]


def chart(values: Mapping[date, Decimal], currency: str) -> Chart:
    """`values` has every day, as `filled` gives them."""
    days, amounts = list(values), list(values.values())
    means, ticks = week_means(amounts), _ticks(min(0, *amounts), max(0, *amounts))
    low, high = ticks[0], ticks[-1]

    def y(amount: Decimal) -> float:
        return round(float((high - amount) / (high - low)) * HEIGHT, 1)

    bars = tuple(_bar(n, day, amounts[n], means[n], y, currency) for n, day in enumerate(days))
    line = " ".join(f"{n * 10 + 5},{y(mean)}" for n, mean in enumerate(means) if mean is not None)
    up = tuple(Label(y(tick) / HEIGHT * 100, short(tick)) for tick in ticks)
    return Chart(len(days) * 10, bars, line, y(Decimal(0)), tuple(_months(days)), up)


def _bar(n: int, day: date, amount: Decimal, mean: Decimal | None, y, currency: str) -> Bar:  # type: ignore[no-untyped-def]
    top, bottom = y(max(amount, Decimal(0))), y(min(amount, Decimal(0)))
    says = f"{day:%a %-d %b %Y}: {exact(amount, currency)}" + (f", 7-day mean {exact(mean, currency)}" if mean is not None else "")
    return Bar(n * 10, top, round(bottom - top, 1), says)


def _ticks(low: Decimal | int, high: Decimal | int) -> list[Decimal]:
    """Four to six round numbers that span from low to high."""
    span = Decimal(high) - Decimal(low) or Decimal(1)
    power = Decimal(1).scaleb(span.adjusted() - 1)
    step = next(size * power for size in (1, 2, 5, 10, 20, 25, 50) if span / (size * power) <= 5)
    first, last = (Decimal(low) / step).to_integral_value("ROUND_FLOOR"), (Decimal(high) / step).to_integral_value("ROUND_CEILING")
    return [step * n for n in range(int(first), max(int(last), int(first) + 1) + 1)]


def _months(days: Sequence[date]) -> Iterator[Label]:
    """At most eight firsts of months, the year where it is January or the first of them; a short span says its ends."""
    firsts = [n for n, day in enumerate(days) if day.day == 1]
    if len(firsts) < 2:
        yield from (Label(n / len(days) * 100, f"{days[n]:%-d %b %Y}") for n in sorted({0, len(days) - 1}))
        return
    for place, n in enumerate(n for n in firsts[:: -(-len(firsts) // 8)] if n < 0.94 * len(days)):  # the text needs room
        yield Label(n / len(days) * 100, f"{days[n]:%b %Y}" if place == 0 or days[n].month == 1 else f"{days[n]:%b}")
