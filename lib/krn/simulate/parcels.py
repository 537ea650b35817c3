"""What became of each parcel, told from all that happened to its order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from krn.simulate.facts import Delivered, History, Shipped
from krn.simulate.hours import lasting
from krn.simulate.ledger import UNKNOWN, local_date
from krn.simulate.paid import paid_at


@dataclass(frozen=True, slots=True)
class Parcel:
    """Dates are the shop's local ones; `promised_on` is the parcel's, else its order's."""

    shipped_on: date | None
    delivered_on: date | None
    promised_on: date | None
    carrier: str
    origin: str
    destination: str
    handling: timedelta | None
    transit: timedelta | None
    total: timedelta | None
    has_exception: bool
    is_first_attempt: bool

    @property
    def is_rated(self) -> bool:
        """Whether it can be said to be late or on time: it is there, and was promised for a day."""
        return self.delivered_on is not None and self.promised_on is not None

    @property
    def is_late(self) -> bool:
        return bool(self.delivered_on and self.promised_on and self.delivered_on > self.promised_on)


def parcels(history: History, zone: ZoneInfo) -> Iterator[Parcel]:
    """One for each that was shipped, seen or delivered; of a history in which each fact is told once."""
    sent = {fact.shipment_id: fact for fact in history.shipped}
    arrived = {fact.shipment_id: fact for fact in history.delivered}
    seen: dict[str, set[str]] = {}
    for fact in history.sighted:
        seen.setdefault(fact.shipment_id, set()).add(fact.status)
    for shipment_id in sorted({*sent, *arrived, *seen}):
        yield _parcel(history, sent.get(shipment_id), arrived.get(shipment_id), seen.get(shipment_id, set()), zone)


def _parcel(
    history: History, sent: Shipped | None, arrived: Delivered | None, seen: set[str], zone: ZoneInfo
) -> Parcel:
    created_at = history.order.stamp.at if history.order else None
    ordered_promise = history.order.promised_on if history.order else None
    return Parcel(
        local_date(sent, zone) if sent else None,
        local_date(arrived, zone) if arrived else None,
        (sent.promised_on if sent else None) or ordered_promise,
        (sent.carrier if sent else None) or UNKNOWN,
        (sent.origin if sent else None) or UNKNOWN,
        (sent.destination if sent else None) or UNKNOWN,
        lasting(paid_at(history) or created_at, _at(sent)),
        lasting(_at(sent), _at(arrived)),
        lasting(created_at, _at(arrived)),
        "exception" in seen,
        arrived is not None and arrived.attempt_no in (None, 1) and "attempt_failed" not in seen,
    )


def _at(fact: Shipped | Delivered | None) -> datetime | None:
    return fact.stamp.at if fact else None
