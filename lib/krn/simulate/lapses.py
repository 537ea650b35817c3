"""What a shop does though its own rules forbid it: each lapse is found later, and nothing is dropped for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from krn.simulate.facts import History, Payment, Shipped, Sighted
from krn.simulate.paid import paid_at
from krn.simulate.stamps import CARRIER, PAYMENTS, WAREHOUSE, stamp
from krn.simulate.undoing import cancel

#: What a carrier may say of a parcel that it has already handed over: somebody scanned late.
LATE_SCANS = ("in_transit", "out_for_delivery", "returned")


def lapsed(rng: Random, history: History, share: float) -> History:
    """The same history, of some orders with a lapse that is possible where they have come to."""
    if rng.random() >= share:
        return history
    tried = (lapse(rng, history) for lapse in rng.sample(LAPSES, len(LAPSES)))
    return next((changed for changed in tried if changed is not history), history)


def _paid_twice(rng: Random, history: History) -> History:
    """Some at the instant of the first payment: the buyer pressed twice."""
    at = paid_at(history)
    if history.order is None or at is None or not history.order.order_total:
        return history
    made = stamp(rng, at + timedelta(seconds=rng.choice((0, 1, 86_400))), PAYMENTS)
    order = history.order
    again = Payment(made, f"P-{order.order_id}-again", order.order_id, order.order_total, order.currency, "card")
    return replace(history, payments=(*history.payments, again))


def _shipped_after_cancelled(rng: Random, history: History) -> History:
    """The parcel was already packed; what is in it is not said."""
    order = history.order
    if order is None or not order.lines or history.shipped:
        return history
    whole = cancel(rng, order)
    made = stamp(rng, whole.stamp.at + timedelta(seconds=rng.randint(0, 7200)), WAREHOUSE)
    parcel = Shipped(made, f"S-{order.order_id}-late", order.order_id, carrier="Hare Express")
    return replace(history, cancellations=(*history.cancellations, whole), shipped=(parcel,))


def _cancelled_after_delivery(rng: Random, history: History) -> History:
    if not history.delivered or history.order is None:
        return history
    late = cancel(rng, history.order, at=history.delivered[0].stamp.at + timedelta(seconds=rng.randint(0, 86_400)))
    return replace(history, cancellations=(*history.cancellations, late))


def _seen_after_delivery(rng: Random, history: History) -> History:
    if not history.delivered:
        return history
    there = history.delivered[0]
    seen = stamp(rng, there.stamp.at + timedelta(seconds=rng.randint(0, 86_400)), CARRIER)
    sighting = Sighted(seen, there.shipment_id, rng.choice(LATE_SCANS), there.order_id)
    return replace(history, sighted=(*history.sighted, sighting))


LAPSES: tuple[Callable[[Random, History], History], ...] = (
    _paid_twice,
    _shipped_after_cancelled,
    _cancelled_after_delivery,
    _seen_after_delivery,
)
