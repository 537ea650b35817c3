"""Parcels at a glance: do they come, do they come in time, who keeps buyers waiting, and what is stuck."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from krn.asking import rows
from krn.report.lanes import Carrier, Lane, carriers, lanes
from krn.report.open_orders import Open, open_orders
from krn.report.sales import DAYS
from krn.report.stacks import Stacks, stacks

_DAILY = f"""
    SELECT shipped_on AS day, sum(shipped) AS shipped, sum(delivered) AS delivered, sum(late) AS late
    FROM gold_shipping_daily
    WHERE shipped_on > (SELECT max(shipped_on) FROM gold_shipping_daily) - INTERVAL '{DAYS} days'
    GROUP BY shipped_on
"""  # noqa: S608  a number of ours
_PROMISES = f"""
    SELECT promised_on AS day, due, on_time, late, not_delivered FROM gold_promise_kept
    WHERE promised_on > (SELECT max(promised_on) FROM gold_promise_kept) - INTERVAL '{DAYS} days'
"""  # noqa: S608  a number of ours


@dataclass(frozen=True)
class Promises:
    """Parcels by the day they were promised for; those that have not come count as not kept."""

    due: int
    on_time: int
    late: int
    not_delivered: int
    chart: Stacks

    @property
    def percent(self) -> int:
        return round(100 * self.on_time / self.due)


@dataclass(frozen=True)
class Shipping:
    """What there is to tell; a table that is empty or absent leaves its part out."""

    first: date
    last: date
    totals: Mapping[str, int]
    chart: Stacks
    promises: Promises | None
    carriers: tuple[Carrier, ...]
    lanes: tuple[Lane, ...]
    open: Open | None

    @property
    def headline(self) -> str:
        if self.promises is None:
            return f"{self.totals['delivered']:,} of {self.totals['shipped']:,} parcels have come"
        late, missing = self.promises.late, self.promises.not_delivered
        return f"{self.promises.percent}% of promised parcels came in time: {late:,} came late, {missing:,} not yet"


def shipping(root: Path) -> Shipping | None:
    """None while nothing was shipped."""
    found = rows(root, _DAILY, "gold.shipping_daily")
    if not found:
        return None
    totals = {name: sum(row[name] for row in found) for name in ("shipped", "delivered", "late")}
    days = {r["day"]: (r["delivered"] - r["late"], r["late"], r["shipped"] - r["delivered"]) for r in found}
    return Shipping(
        first=min(days),
        last=max(days),
        totals=totals,
        chart=stacks(days, "delivered", "late", "under way"),
        promises=_promises(root),
        carriers=carriers(root, max(days)),
        lanes=lanes(root),
        open=open_orders(root),
    )


def _promises(root: Path) -> Promises | None:
    found = rows(root, _PROMISES, "gold.promise_kept")
    if not found:
        return None
    due, on_time, late, missing = (sum(r[name] for r in found) for name in ("due", "on_time", "late", "not_delivered"))
    days = {r["day"]: (r["on_time"], r["late"], r["not_delivered"]) for r in found}
    return Promises(due, on_time, late, missing, stacks(days, "on time", "late", "not delivered"))
