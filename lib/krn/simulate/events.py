"""Facts as the events that announce them: CloudEvents, and the guide's flat body."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from krn.simulate import legacy, master_bodies, order_bodies, parcel_bodies
from krn.simulate.body import Body, Fields
from krn.simulate.cards import bodies as card_bodies
from krn.simulate.cards.facts import CardFact, Decided, Initiated, Labelled
from krn.simulate.facts import (
    Cancellation,
    CustomerTold,
    Delivered,
    Fact,
    Order,
    Payment,
    ProductTold,
    Refund,
    Shipped,
    Sighted,
    Stamp,
)
from krn.simulate.stamps import RETURNS

RETURNS_DESK = timezone(timedelta(hours=9))
TOLD_BY: Mapping[type, Callable[[Any], Body]] = {
    Order: order_bodies.created,
    Cancellation: order_bodies.cancelled,
    Refund: order_bodies.refunded,
    Payment: order_bodies.paid,
    Shipped: parcel_bodies.shipped,
    Sighted: parcel_bodies.sighted,
    Delivered: parcel_bodies.delivered,
    CustomerTold: master_bodies.customer,
    ProductTold: master_bodies.product,
    Initiated: card_bodies.initiated,
    Decided: card_bodies.decided,
    Labelled: card_bodies.labelled,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One event as the shop sends it, `told_after` its time at the earliest; `group` is its order or other subject.

    `key` names the field that makes its business key, together with its time if `has_time_in_key`.
    """

    stamp: Stamp
    type: str
    key: str | None
    group: str
    body: bytes
    is_flat: bool = False
    has_time_in_key: bool = False
    told_after: timedelta = timedelta(0)


def event(fact: Fact | CardFact) -> Event:
    if isinstance(fact, Order) and fact.is_flat:
        return Event(fact.stamp, "order.created", "order_id", fact.order_id, legacy.body(fact), is_flat=True)
    told = TOLD_BY[type(fact)](fact)
    group = _subject(fact) or told.type
    return Event(
        fact.stamp,
        told.type,
        told.key,
        group,
        orjson.dumps(_envelope(fact.stamp, told.type, group, told.data)),
        has_time_in_key=told.has_time_in_key,
        told_after=fact.told_after if isinstance(fact, CustomerTold | ProductTold) else timedelta(0),
    )


def _subject(fact: Fact | CardFact) -> str | None:
    """What an event is about: the order, wherever the teller knows it; the payment of a card."""
    match fact:
        case CustomerTold():
            return fact.customer_id
        case ProductTold():
            return fact.product_id
        case Sighted():
            return fact.order_id or fact.shipment_id
        case Initiated() | Decided() | Labelled():
            return fact.transaction_id
    return fact.order_id


def rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _envelope(stamp: Stamp, event_type: str, subject: str, data: Fields) -> Fields:
    """Fields that are None are left out of the body, as a serializer set to omit nulls does."""
    at = stamp.at.astimezone(RETURNS_DESK) if stamp.source == RETURNS else stamp.at
    number = {"sequence": None if stamp.sequence is None else f"{stamp.sequence}", "partitionkey": stamp.partition}
    return {
        "specversion": "1.0",
        "id": stamp.event_id,
        "type": event_type,
        "source": stamp.source,
        "subject": subject,
        "time": rfc3339(at),
        "datacontenttype": "application/json",
        "dataschema": f"urn:krn:{event_type}:1",
        **{name: value for name, value in number.items() if value is not None},
        "data": {name: value for name, value in data.items() if value is not None},
    }
