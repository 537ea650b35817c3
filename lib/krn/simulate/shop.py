"""The worker: a shop whose orders are placed, paid, sent, cancelled and returned, and a town that pays by card."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from krn.simulate import sending, undoing
from krn.simulate.basket import order
from krn.simulate.cards.facts import Purchase
from krn.simulate.cards.purchases import purchases
from krn.simulate.counting import counted
from krn.simulate.facts import History
from krn.simulate.habits import USUAL, Habits
from krn.simulate.lapses import lapsed
from krn.simulate.legacy import legacy_orders
from krn.simulate.market import Market, market
from krn.simulate.masters import masters
from krn.simulate.paying import payments
from krn.simulate.reversals import reversals
from krn.simulate.seasons import moments
from krn.simulate.stamps import ORDERS, stamp

CLOCKS_DIFFER_BY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shop:
    """What is simulated, from when to when, by whose calendar, with which habits; the same for the same seed.

    `transactions` are the honest card payments in the town around it; thieves add to them.
    """

    seed: int = 1
    orders: int = 1_000
    days: int = 60
    start: date = date(2024, 3, 1)
    timezone: str = "Europe/Berlin"
    habits: Habits = USUAL
    legacy_per_day: int = 2
    legacy_currency: str = "GBP"
    transactions: int = 0


Life = History | Purchase


def lives(shop: Shop) -> Iterator[Life]:
    """All lives, by when they begin; a life's facts come later, or at most an hour earlier."""
    if not shop.transactions:
        return histories(shop)
    paid = purchases(shop.seed, shop.transactions, shop.start, shop.days, ZoneInfo(shop.timezone))
    return heapq.merge(histories(shop), paid, key=begins_at)


def histories(shop: Shop) -> Iterator[History]:
    """Every order's whole life, and what is told of customers and products, by when it begins."""
    rng = Random(f"shop {shop.seed}")
    goods = market(rng, n_products=400, n_customers=max(20, shop.orders // 3))
    flat = legacy_orders(
        Random(f"legacy {shop.seed}"), shop.start, shop.days, shop.legacy_per_day, shop.legacy_currency
    )
    opens_at = datetime.combine(shop.start, time(), ZoneInfo(shop.timezone)).astimezone(UTC)
    told = masters(Random(f"masters {shop.seed}"), goods, shop.habits, opens_at, shop.days)
    lives = heapq.merge(_by_beginning(_orders(shop, rng, goods)), flat, told, key=begins_at)
    return counted(lives, Random(f"numbers {shop.seed}"), shop.habits.skips)


def _by_beginning(lives: Iterator[History]) -> Iterator[History]:
    """Orders come as they begin; a stray comes with its order and begins later, so it waits for its turn."""
    held: list[tuple[datetime, int, History]] = []
    for number, life in enumerate(lives):
        heapq.heappush(held, (begins_at(life), number, life))
        while held and life.order and held[0][0] <= life.order.stamp.at:
            yield heapq.heappop(held)[-1]
    yield from (life for *_, life in sorted(held, key=lambda entry: entry[:2]))


def closes_on(shop: Shop) -> date:
    """The shop's last day, just after the last order's; parcels and refunds go on beyond it."""
    return shop.start + timedelta(days=shop.days)


def begins_at(life: Life) -> datetime:
    first = life.order if isinstance(life, History) else life.initiated
    return first.stamp.at if first else min(fact.stamp.at for fact in life.facts())


def _orders(shop: Shop, rng: Random, goods: Market) -> Iterator[History]:
    """Parcels and lapses have chances of their own, so that they don't change what is bought."""
    warehouse, zone = Random(f"warehouse {shop.seed}"), ZoneInfo(shop.timezone)
    lapses = Random(f"lapses {shop.seed}")
    for number, at in enumerate(moments(rng, shop.start, shop.days, shop.orders, zone), 1):
        placed = order(rng, goods, shop.habits, stamp(rng, at, ORDERS), f"O{number:07d}")
        placed = sending.promised(warehouse, placed, zone)
        cancellations, refunds = reversals(rng, placed) if rng.random() < shop.habits.reversed else ((), ())
        paid = payments(rng, placed) if rng.random() < shop.habits.tried_to_pay else ()
        sent = sending.sent(warehouse, History(placed, cancellations, refunds, paid), shop.habits, zone)
        yield lapsed(lapses, sent, shop.habits.lapses)
        if rng.random() < shop.habits.strays:
            yield History(refunds=(undoing.stray(rng, number, at),))
        if warehouse.random() < shop.habits.strays * shop.habits.sent:
            yield sending.stray(warehouse, number, at)
