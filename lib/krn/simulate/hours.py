"""Hours between instants and their percentiles, exact until they are rounded once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

HOUR = timedelta(hours=1) // timedelta(microseconds=1)


def hours(start: datetime | None, end: datetime | None) -> Decimal | None:
    """To four decimals; None where one of the two is missing, or the end comes first: some clock is wrong."""
    if start is None or end is None or end < start:
        return None
    return _half_up(Fraction((end - start) // timedelta(microseconds=1), HOUR))


def percentile(values: Iterable[Decimal | None], percent: int) -> Decimal | None:
    """Interpolated linearly between the two nearest ranks; None of nothing."""
    ranked = sorted(Fraction(value) for value in values if value is not None)
    if not ranked:
        return None
    rank = Fraction(percent, 100) * (len(ranked) - 1)
    below, above = ranked[floor(rank)], ranked[min(floor(rank) + 1, len(ranked) - 1)]
    return _half_up(below + (above - below) * (rank - floor(rank)))


def _half_up(value: Fraction) -> Decimal:
    return Decimal(floor(value * 10_000 + Fraction(1, 2))).scaleb(-4)
