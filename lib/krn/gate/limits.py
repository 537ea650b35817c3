"""Limits that former runs give: what an expectation usually finds, by the median and how far runs lie from it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, floor, sqrt
from statistics import median

#: The names of the limits in a suite: `min_value: {$PARAMETER: usual_low}`.
LOW, HIGH = "usual_low", "usual_high"
ROW_COUNT = "expect_table_row_count_to_be_between"
_SHARES = (
    "expect_column_share_in_set_to_be_between",
    "expect_column_proportion_of_non_null_values_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between",
)

#: Fewer runs don't tell what is usual; nor do fewer days of one weekday, however many runs they had, since one may have
#: gone wrong from morning to night. So then all days are taken together.
LEAST, LEAST_OF_A_WEEKDAY = 10, 5

#: News is what lies beyond 3.5 deviations (Iglewicz and Hoaglin, 1993); 1.4826 median absolute deviations are one.
_TIMES, _DEVIATION = 3.5, 1.4826
#: Runs that were all alike don't make a sixth more or less news: a deviation is at least this part of the median.
_LEAST_PART = 0.05
_LEAST_OF_A_SHARE = 0.01  # nor do they make one in a hundred news where it never was; a share has no other least
_LEAST_OF_A_NUMBER = 1e-9  # of anything else, so that a sum in another order is no news

_NONE = 10**38  # where there is no limit, beyond any decimal: Great Expectations asks for a number


@dataclass(frozen=True)
class Limits:
    """What is usual for runs over one `kind` of rows, by `n` of them; None = no limit. `why` says how it came about."""

    kind: str
    low: float | None
    high: float | None
    n: int
    why: str

    @property
    def parameters(self) -> dict[str, float]:
        """The values of the names in a suite, wide where there is no limit."""
        return {LOW: -_NONE if self.low is None else self.low, HIGH: _NONE if self.high is None else self.high}

    def only(self, names: Container[str]) -> "Limits":
        """The limits that go by these names in a suite; the other is none."""
        return replace(self, low=self.low if LOW in names else None, high=self.high if HIGH in names else None)

    def allow(self, value: float) -> bool:
        return self.parameters[LOW] <= value <= self.parameters[HIGH]


def usual(type_: str, kind: str, before: Sequence[tuple[date, float]], on: date) -> Limits:
    """The limits of an expectation of a type for a run on this business date, by what runs before found on theirs."""
    if len(before) < LEAST:
        return Limits(kind, None, None, len(before), f"no limits by fewer than {LEAST} runs, and {len(before)} so far")
    alike = [(day, value) for day, value in before if day.weekday() == on.weekday() and day != on]
    if len({day for day, _ in alike}) >= LEAST_OF_A_WEEKDAY:
        values = [value for _, value in alike]
        return _around(type_, kind, values, _slack(type_, values), f"{on:%A}s")
    every = [value for _, value in before]
    reach = max(abs(value - median(every)) for value in every)  # of a week that isn't known yet, what was is no news
    return _around(type_, kind, every, max(reach, _slack(type_, every)), "any day")


def _around(type_: str, kind: str, values: Sequence[float], slack: float, days: str) -> Limits:
    middle = median(values)
    low, high = middle - slack, middle + slack
    if min(values) >= 0:
        low = max(low, 0)
    if type_ in _SHARES:
        high = min(high, 1)
    elif _are_whole(values):
        low, high = floor(low), ceil(high)
    why = f"{len(values)} runs on {days} found {_shown(middle)}, give or take {_shown(slack)}"
    return Limits(kind, low, high, len(values), why)


def _slack(type_: str, values: Sequence[float]) -> float:
    middle = median(values)
    deviation = _DEVIATION * median(abs(value - middle) for value in values)
    if type_ in _SHARES:
        return max(_TIMES * deviation, _LEAST_OF_A_SHARE)
    by_chance = sqrt(middle) if type_ == ROW_COUNT else 0  # counts that were alike by luck
    least = 1 if _are_whole(values) else _LEAST_OF_A_NUMBER
    return max(_TIMES * max(deviation, _LEAST_PART * abs(middle), by_chance), least)


def _are_whole(values: Sequence[float]) -> bool:
    return all(isinstance(value, int) for value in values)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
