"""Who keeps buyers waiting: how long carriers take, and on which lanes more comes late than elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from krn.asking import rows

DAYS = 90  # of parcels that carriers and lanes are judged by
TOP = 8
FEW = 30  # a lane's rate is of at least so many rated parcels, or small

#: Percentiles of days can't be added to those of a carrier, so the parcels themselves are asked.
_CARRIERS = """
    SELECT carrier, count(*) AS n, percentile_cont(transit_h, 0.5) AS p50, percentile_cont(transit_h, 0.9) AS p90,
           percentile_cont(transit_h, 0.95) AS p95
    FROM silver_shipments
    WHERE transit_h IS NOT NULL AND shipped_on > DATE '{after}'
    GROUP BY carrier ORDER BY n DESC, carrier LIMIT {top}
"""
_LANES = f"""
    SELECT origin, destination, carrier, rated, late, late_rate, late_low, late_high, excess_late
    FROM gold_lane_performance WHERE "window" = '{DAYS}d' AND excess_late > 0 ORDER BY rank LIMIT {TOP}
"""  # noqa: S608  numbers of ours


@dataclass(frozen=True)
class Carrier:
    """Hours from shipped to delivered in which 50, 90 and 95 % came, also in per cent of the slowest carrier's."""

    name: str
    n: int
    hours: tuple[float, ...]
    percents: tuple[float, ...]


@dataclass(frozen=True)
class Lane:
    """A late rate with its 95 % Wilson bounds, in per cent, and the parcels late beyond the overall rate."""

    name: str
    carrier: str
    late: int
    rated: int
    rate: float
    low: float
    high: float
    excess: float
    is_small: bool


def carriers(root: Path, last: date) -> tuple[Carrier, ...]:
    """Those with the most parcels up to the day `last`, first."""
    query = _CARRIERS.format(after=last - timedelta(days=DAYS), top=TOP)  # the literal lets files be skipped
    found = rows(root, query, "silver.shipments")
    slowest = max((row["p95"] for row in found), default=0) or 1
    return tuple(_carrier(row, slowest) for row in found)


def lanes(root: Path) -> tuple[Lane, ...]:
    """Those that cost most, first; none where none is worse than all together."""
    return tuple(_lane(row) for row in rows(root, _LANES, "gold.lane_performance"))


def _carrier(row: Mapping[str, Any], slowest: float) -> Carrier:
    hours = tuple(row[name] for name in ("p50", "p90", "p95"))
    return Carrier(row["carrier"], row["n"], hours, tuple(round(100 * h / slowest, 1) for h in hours))


def _lane(row: Mapping[str, Any]) -> Lane:
    rate, low, high = (round(float(row[name]) * 100, 1) for name in ("late_rate", "late_low", "late_high"))
    name, excess = f"{row['origin']} → {row['destination']}", float(row["excess_late"])
    return Lane(name, row["carrier"], row["late"], row["rated"], rate, low, high, excess, row["rated"] < FEW)
