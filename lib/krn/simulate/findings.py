"""What contradicts itself in an order's history, as the shop itself would find it."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from krn.simulate.facts import Cancellation, Delivered, Fact, History, Payment, Refund, Shipped, Stamp
from krn.simulate.gold import Finding
from krn.simulate.ledger import Standing
from krn.simulate.money import ZERO
from krn.simulate.paid import TOLERATED, received

ON_ITS_WAY = ("info_received", "in_transit", "out_for_delivery", "attempt_failed", "available_for_pickup")
Stamps = list[Stamp]


def never_created(history: History) -> Iterator[Finding]:
    """Orders that facts name and nobody has placed, by their first fact; of a history as it was told."""
    first: dict[str, Stamp] = {}
    for fact in history.facts() if history.order is None else ():
        if order_id := _named_order(fact):
            first[order_id] = min(fact.stamp, first.get(order_id, fact.stamp))
    for order_id, stamp in first.items():
        yield Finding("never_created", "order", order_id, stamp.event_id, None)


def _named_order(fact: Fact) -> str | None:
    """What a carrier sights is of a parcel, whatever it says of the order."""
    return fact.order_id if isinstance(fact, Cancellation | Refund | Payment | Shipped | Delivered) else None


def contradictions(history: History, standing: Standing | None) -> Iterator[Finding]:
    """Of a history in which each fact is told once."""
    yield from _of_parcels(history)
    if standing is None:
        return
    order_id = standing.order.order_id
    paid = _paid(history, standing.order.order_total)
    cancelled = [standing.cancelled_by] if standing.cancelled_by else []
    shipped = sorted(fact.stamp for fact in history.shipped)
    delivered = sorted(fact.stamp for fact in history.delivered)
    yield from _found("shipped_before_paid", order_id, shipped, paid[:1])
    yield from _found("shipped_after_cancelled", order_id, cancelled, shipped)
    yield from _found("cancelled_after_delivery", order_id, delivered, cancelled)
    for again in paid[1:]:
        yield Finding("paid_twice", "order", order_id, again.event_id, paid[0].event_id)


def _paid(history: History, total: Decimal) -> Stamps:
    """The payment that made the order paid, and those after it that went beyond its total."""
    made: Stamps = []
    sum_ = ZERO
    for payment in sorted(received(history), key=lambda fact: (fact.stamp.at, fact.payment_id)):
        sum_ += payment.amount
        if sum_ >= total - TOLERATED and (not made or (payment.amount and sum_ > total + TOLERATED)):
            made.append(payment.stamp)
    return made


def _of_parcels(history: History) -> Iterator[Finding]:
    sent = {fact.shipment_id: fact.stamp for fact in history.shipped}
    for fact in history.delivered:
        shipment_id, there = fact.shipment_id, [fact.stamp]
        left = [sent[shipment_id]] if shipment_id in sent else []
        scans = [
            seen.stamp for seen in history.sighted if seen.shipment_id == shipment_id and seen.status in ON_ITS_WAY
        ]
        yield from _found("delivered_before_shipped", shipment_id, there, left, "shipment")
        yield from _found("tracked_after_delivery", shipment_id, there, scans, "shipment")


def _found(kind: str, entity_id: str, first: Stamps, then: Iterable[Stamp], entity: str = "order") -> Iterator[Finding]:
    """Each of `then` that came later than the first of `first`."""
    for late in then:
        if first and late.at > first[0].at:
            yield Finding(kind, entity, entity_id, late.event_id, first[0].event_id)
