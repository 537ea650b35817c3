"""How an order is sent: once it is paid, in one or more parcels, and only what nobody cancelled before."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from krn.simulate.facts import History, Order, Shipped
from krn.simulate.habits import Habits
from krn.simulate.journeys import journey
from krn.simulate.lanes import Lane, cost, lane, promised_days
from krn.simulate.ledger import entries, local_date
from krn.simulate.paid import paid_at
from krn.simulate.stamps import WAREHOUSE, stamp

Units = Counter[int]


def promised(rng: Random, order: Order, zone: ZoneInfo) -> Order:
    """Most orders are placed with a promise."""
    if not order.lines or rng.random() < 0.15:
        return order
    days = timedelta(days=promised_days(rng, order.country))
    return replace(order, promised_on=local_date(order, zone) + days)


def sent(rng: Random, history: History, habits: Habits, zone: ZoneInfo) -> History:
    """The same history with its parcels."""
    ready_at = _ready_at(rng, history, habits)
    if ready_at is None:
        return history
    moments = _moments(rng, ready_at + timedelta(seconds=int(3600 * rng.lognormvariate(2.5, 0.8))))
    way = lane(rng, history.order.country if history.order else None)
    shipped = tuple(_parcels(rng, history, moments, way, zone))
    journeys = [journey(rng, parcel, way) for parcel in shipped]
    return replace(
        history,
        shipped=shipped,
        sighted=tuple(fact for sighted, _ in journeys for fact in sighted),
        delivered=tuple(fact for _, delivered in journeys for fact in delivered),
    )


def stray(rng: Random, number: int, at: datetime) -> History:
    """A parcel of an order that nobody knows: another shop's, from the same warehouse."""
    way = lane(rng, rng.choice(("GB", "FR")))
    made = stamp(rng, at + timedelta(hours=rng.randint(1, 9)), WAREHOUSE)
    place = way.carrier, way.origin, way.destination
    parcel = Shipped(made, f"S-STRAY-{number}", f"GONE-S{number}", None, *place)
    sighted, delivered = journey(rng, parcel, way)
    return History(shipped=(parcel,), sighted=sighted, delivered=delivered)


def _ready_at(rng: Random, history: History, habits: Habits) -> datetime | None:
    """When the warehouse may pack; free goods, and goods on account, need not be paid before."""
    order = history.order
    if order is None or not order.lines or rng.random() >= habits.sent:
        return None
    is_trusted = not order.order_total or rng.random() < habits.on_account
    return order.stamp.at if is_trusted else paid_at(history)


def _moments(rng: Random, first: datetime) -> list[datetime]:
    """When parcels leave; a part may be out of stock."""
    waits = [rng.randint(600, 4 * 86_400) for _ in range(rng.choices((0, 1, 2), (75, 20, 5))[0])]
    return [first, *(first + timedelta(seconds=wait) for wait in sorted(waits))]


def _parcels(rng: Random, history: History, moments: list[datetime], way: Lane, zone: ZoneInfo) -> Iterator[Shipped]:
    gone = Units()
    for number, at in enumerate(moments, 1):
        left = _left(history, at, zone) - gone
        packed = left if at == moments[-1] else _part(rng, left)
        if packed:
            gone += packed
            yield _shipped(rng, history, at, number, packed, way, zone)


def _left(history: History, at: datetime, zone: ZoneInfo) -> Units:
    """Units by line_no that at this moment nobody has cancelled or sent back."""
    stamps = [fact.stamp for fact in history.cancellations] + [fact.stamp for fact in history.refunds]
    _, standing = entries(history.without({made for made in stamps if made.at > at}), zone)
    assert standing
    return +Units({line.line_no: standing.left(line) for line in standing.order.lines})


def _part(rng: Random, left: Units) -> Units:
    """Some lines wholly, some in part, some not."""
    return +Units({line_no: rng.choice((0, units, rng.randint(0, units))) for line_no, units in left.items()})


def _shipped(
    rng: Random, history: History, at: datetime, number: int, packed: Units, way: Lane, zone: ZoneInfo
) -> Shipped:
    """One parcel in four has a promise of its own; one in ten does not say what is in it."""
    assert history.order
    order, made = history.order, stamp(rng, at, WAREHOUSE)
    parcel = Shipped(
        made,
        f"S-{order.order_id}-{number}",
        order.order_id,
        None if rng.random() < 0.1 else tuple(packed.items()),
        way.carrier,
        way.origin,
        way.destination,
    )
    if rng.random() < 0.25:
        own = local_date(parcel, zone) + timedelta(days=promised_days(rng, order.country) - 1)
        parcel = replace(parcel, promised_on=own)
    has_cost = rng.random() < 0.5
    return replace(parcel, cost=cost(rng, way, order.currency), currency=order.currency) if has_cost else parcel
