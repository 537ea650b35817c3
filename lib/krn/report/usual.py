"""What is usual: the median of earlier days, and how far from it a day may lie before a person should know."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

WEEK = 7
SAME = 4  # of the same weekday, before those are compared with alone
LEAST = 5  # earlier days, before anything is unusual: a new source is no incident
FAR = 4  # times the spread of the earlier days


@dataclass(frozen=True)
class Usual:
    """The least and the median of the days compared with, and the bounds within which a day is as they are."""

    least: int
    middle: float
    low: float
    high: float


def usual(days: Sequence[int]) -> Usual | None:
    """What to expect of the last of the days, oldest first, by those before it; None where these are too few.

    The spread is the median distance from the median (1.4826 of it is a standard deviation), but never less than what
    chance does to a count, or a tenth of the median.
    """
    before = days[:-1]
    weekdays = before[-WEEK::-WEEK]
    if len(before) < LEAST:
        return None
    compared = weekdays if len(weekdays) >= SAME else before
    middle = median(compared)
    spread = max(1.4826 * median(abs(n - middle) for n in compared), sqrt(middle), middle / 10, 1)
    return Usual(min(compared), middle, max(0, middle - FAR * spread), middle + FAR * spread)
