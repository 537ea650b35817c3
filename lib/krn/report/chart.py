"""A chart of an amount per day and its mean of seven days: shapes for an SVG that stretches, labels in per cent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TypeVar

from krn.report.money import exact, short

WEEK = 7
HEIGHT = 1000  # units of the drawing; a day is 10 wide
ZERO = Decimal(0)

Value = TypeVar("Value")


@dataclass(frozen=True)
class Scale:
    """Where an amount is, from the top."""

    low: Decimal
    high: Decimal

    def y(self, amount: Decimal) -> float:
        return round(float((self.high - amount) / (self.high - self.low)) * HEIGHT, 1)


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
    is_end: bool = False  # its text stands to the left of it


@dataclass(frozen=True)
class Chart:
    width: int
    bars: tuple[Bar, ...]
    line: str
    zero: float
    across: tuple[Label, ...]
    up: tuple[Label, ...]


def filled(values: Mapping[date, Value], nothing: Value, step: int = 1) -> dict[date, Value]:
    """Every day from the first to the last, `step` days apart; on a day without a row there was nothing."""
    first, last = min(values), max(values)
    days = (first + timedelta(days=n) for n in range(0, (last - first).days + 1, step))
    return {day: values.get(day, nothing) for day in days}


def week_means(values: Sequence[Decimal]) -> list[Decimal | None]:
    """The mean of each day and the six before it; None while there are not so many."""
    ends = range(1, len(values) + 1)
    return [None if end < WEEK else sum(values[end - WEEK : end], ZERO) / WEEK for end in ends]


def chart(values: Mapping[date, Decimal], currency: str) -> Chart:
    """`values` has every day, as `filled` gives them."""
    days, amounts = list(values), list(values.values())
    means, marks = week_means(amounts), ticks(min(ZERO, *amounts), max(ZERO, *amounts))
    scale = Scale(marks[0], marks[-1])
    return Chart(
        width=len(days) * 10,
        bars=tuple(
            _bar(n * 10, amount, scale, _says(days[n], amount, means[n], currency)) for n, amount in enumerate(amounts)
        ),
        line=" ".join(f"{n * 10 + 5},{scale.y(mean)}" for n, mean in enumerate(means) if mean is not None),
        zero=scale.y(ZERO),
        across=tuple(months(days)),
        up=tuple(Label(scale.y(tick) / HEIGHT * 100, short(tick)) for tick in marks),
    )


def _bar(x: float, amount: Decimal, scale: Scale, says: str) -> Bar:
    top, bottom = scale.y(max(amount, ZERO)), scale.y(min(amount, ZERO))
    return Bar(x, top, round(bottom - top, 1), says)


def _says(day: date, amount: Decimal, mean: Decimal | None, currency: str) -> str:
    said = f"{day:%a %-d %b %Y}: {exact(amount, currency)}"
    return said if mean is None else f"{said}, 7-day mean {exact(mean, currency)}"


def ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Three to seven round numbers that span from low to high."""
    span = high - low or Decimal(1)
    power = Decimal(1).scaleb(span.adjusted() - 1)
    step = next(size * power for size in (1, 2, 5, 10, 20, 25) if span / (size * power) <= 5)
    first = int((low / step).to_integral_value(ROUND_FLOOR))
    last = int((high / step).to_integral_value(ROUND_CEILING))
    return [step * n for n in range(first, max(last, first + 1) + 1)]


def months(days: Sequence[date]) -> Iterator[Label]:
    """The first bar of at most eight months, the year in January and on the first; a short span says its ends."""
    firsts = [n for n, day in enumerate(days) if (day.month != days[n - 1].month if n else day.day == 1)]
    if len(firsts) < 2:
        yield Label(0, f"{days[0]:%-d %b %Y}")
        if len(days) > 1:
            yield Label(100, f"{days[-1]:%-d %b %Y}", is_end=True)
        return
    free = 0.0  # the first place that no text stands on
    for n in firsts[:: -(-len(firsts) // 8)]:
        at = n / len(days) * 100
        if free <= at < 94:  # the text stands to the right
            has_year = not free or days[n].month == 1
            yield Label(at, f"{days[n]:%b %Y}" if has_year else f"{days[n]:%b}")
            free = at + (14 if has_year else 7)
