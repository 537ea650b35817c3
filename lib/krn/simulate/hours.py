"""Times between instants and their percentiles in hours, exact until they are rounded once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1) // MICROSECOND


def lasting(start: datetime | None, end: datetime | None) -> timedelta | None:
    """None where one of the two is missing, or the end comes first: some clock is wrong."""
    if start is None or end is None or end < start:
        return None
    return end - start


def percentile(values: Iterable[timedelta | None], percent: int) -> Decimal | None:
    """In hours to four decimals, interpolated linearly between the two nearest ranks; None of nothing."""
    ranked = sorted(Fraction(value // MICROSECOND, HOUR) for value in values if value is not None)
    if not ranked:
        return None
    rank = Fraction(percent, 100) * (len(ranked) - 1)
    below, above = ranked[floor(rank)], ranked[min(floor(rank) + 1, len(ranked) - 1)]
    return _half_up(below + (above - below) * (rank - floor(rank)))


def _half_up(value: Fraction) -> Decimal:
    return Decimal(floor(value * 10_000 + Fraction(1, 2))).scaleb(-4)
