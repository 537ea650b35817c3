"""Customers at a glance: who is new, who comes back, and, one currency at a time, what they are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from krn.asking import rows
from krn.report.money import exact
from krn.report.sales import DAYS
from krn.report.stacks import Stacks, stacks
from krn.tables.gold.customer_value import SEGMENTS

MONTHS = 12  # of a triangle, on both sides
CURRENCIES = 2  # with the most customers

_DAILY = f"""
    SELECT business_date AS day, sum(new_customers) AS newcomers, sum(returning_customers) AS returning
    FROM gold_sales_daily
    WHERE business_date > (SELECT max(business_date) FROM gold_sales_daily) - INTERVAL '{DAYS} days'
    GROUP BY business_date
"""  # noqa: S608  a number of ours
_SEGMENTS = """
    SELECT currency, segment, count(*) AS n, sum(net_sales) AS net FROM gold_customer_value
    WHERE segment IS NOT NULL GROUP BY currency, segment
"""
_COHORTS = f"""
    SELECT currency, first_month, months_since, members, retained FROM gold_customer_cohorts
    WHERE months_since < {MONTHS} AND members > 0 ORDER BY first_month, months_since
"""  # noqa: S608  a number of ours


@dataclass(frozen=True)
class Cohort:
    """Customers who first ordered in `month`, and how many per cent of them ordered in each month after it."""

    month: date
    members: int
    retained: tuple[int, ...]


@dataclass(frozen=True)
class Segment:
    name: str
    n: int
    net: str
    percent: float


@dataclass(frozen=True)
class Worth:
    """The customers who pay in one currency; no cohorts while none has a second month."""

    currency: str
    n: int
    segments: tuple[Segment, ...]
    cohorts: tuple[Cohort, ...]


@dataclass(frozen=True)
class Customers:
    newcomers: int
    returning: int
    chart: Stacks
    worth: tuple[Worth, ...]

    @property
    def percent(self) -> int:
        """Of all who ordered, day by day, how many had ordered before."""
        return round(100 * self.returning / (self.newcomers + self.returning))


def customers(root: Path) -> Customers | None:
    """None while nobody but guests has bought."""
    found = rows(root, _DAILY, "gold.sales_daily")
    days = {row["day"]: (row["newcomers"] or 0, row["returning"] or 0) for row in found}
    newcomers, returning = (sum(day[n] for day in days.values()) for n in (0, 1))
    if newcomers + returning == 0:
        return None
    return Customers(newcomers, returning, stacks(days, "new", "returning"), _worth(root))


def _worth(root: Path) -> tuple[Worth, ...]:
    segments, cohorts = rows(root, _SEGMENTS, "gold.customer_value"), rows(root, _COHORTS, "gold.customer_cohorts")
    sizes: dict[str, int] = {}
    for row in segments:
        sizes[row["currency"]] = sizes.get(row["currency"], 0) + row["n"]
    largest = sorted(sizes, key=lambda currency: (-sizes[currency], currency))[:CURRENCIES]
    return tuple(
        Worth(
            currency,
            sizes[currency],
            _segments([row for row in segments if row["currency"] == currency], sizes[currency], currency),
            _cohorts([row for row in cohorts if row["currency"] == currency]),
        )
        for currency in largest
    )


def _segments(found: Sequence[Mapping[str, Any]], n: int, currency: str) -> tuple[Segment, ...]:
    by_name = {row["segment"]: row for row in found}
    return tuple(
        Segment(name.replace("_", " "), row["n"], exact(row["net"], currency), round(100 * row["n"] / n, 1))
        for name, row in ((name, by_name[name]) for name in SEGMENTS if name in by_name)
    )


def _cohorts(found: Sequence[Mapping[str, Any]]) -> tuple[Cohort, ...]:
    months: dict[date, list[Mapping[str, Any]]] = {}
    for row in found:
        months.setdefault(row["first_month"], []).append(row)
    latest = list(months.items())[-MONTHS:]
    cohorts = (
        Cohort(month, of[0]["members"], tuple(round(row["retained"] * 100) for row in of[1:])) for month, of in latest
    )
    shown = tuple(cohorts)
    return shown if any(cohort.retained for cohort in shown) else ()
