"""The parcels of a shop's orders as events, with what goes wrong on the way: untold, told twice, early, late, lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from world import event

from krn.contracts.shipping import STATUSES
from krn.simulate import Shop
from krn.simulate.facts import Order
from krn.simulate.shop import histories

Fields = dict[str, object]


def parcels(shop: Shop) -> Iterator[bytes]:
    """Bodies of order.shipped, shipment.tracked and order.delivered, the same for the same shop."""
    rng = Random(f"parcels {shop.seed}")
    for history in histories(shop):
        if history.order and rng.random() < 0.9:
            for number in range(rng.choice((1, 1, 1, 2))):
                yield from _parcel(rng, history.order, f"S-{history.order.order_id}-{number}")


def _parcel(rng: Random, order: Order, shipment_id: str) -> Iterator[bytes]:
    left_at = order.stamp.at + _hours(rng, -6, 90)
    came_at = left_at + _hours(rng, -3, 150)
    of_order = {"shipment_id": shipment_id, "order_id": order.order_id}
    if rng.random() < 0.9:
        yield from _told(rng, "order.shipped", left_at, {**of_order, **_said(rng, left_at)})
    for _ in range(rng.randint(0, 4)):
        seen = {"status": rng.choice(STATUSES), "order_id": rng.choice((None, order.order_id))}
        yield from _told(rng, "shipment.tracked", left_at + _hours(rng, 0, 150), {**of_order, **seen})
    if rng.random() < 0.7:
        brought = {"carrier": "DHL", "attempt_no": rng.choice((None, 1, 2))}
        yield from _told(rng, "order.delivered", came_at, {**of_order, **brought})


def _said(rng: Random, at: datetime) -> Fields:
    promise = (at + timedelta(days=rng.randint(1, 5))).date().isoformat()
    return {
        "carrier": rng.choice((None, "DHL", "UPS")),
        "origin": "BY",
        "destination": rng.choice(("HE", "BE", None)),
        "promised_delivery_date": rng.choice((None, promise, promise)),
    }


def _told(rng: Random, kind: str, at: datetime, data: Fields) -> Iterator[bytes]:
    """One time in ten told again under a new id: a sighting at the same instant, other facts a day later."""
    known = {name: value for name, value in data.items() if value is not None}
    again = at if kind == "shipment.tracked" else at + timedelta(days=1)
    for told_at in (at, again) if rng.random() < 0.1 else (at,):
        yield event(kind, f"{rng.getrandbits(64):016x}", told_at.isoformat(), known)


def _hours(rng: Random, least: int, most: int) -> timedelta:
    return timedelta(microseconds=rng.randint(least * 3_600_000_000, most * 3_600_000_000))
