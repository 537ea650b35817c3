"""The worker: a shop whose orders are placed, paid, sent, cancelled and returned, the same for the same seed."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from krn.simulate import sending, undoing
from krn.simulate.basket import order
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
    """What is simulated: how many orders from when to when, by whose calendar, with which habits."""

    seed: int = 1
    orders: int = 1_000
    days: int = 60
    start: date = date(2024, 3, 1)
    timezone: str = "Europe/Berlin"
    habits: Habits = USUAL
    legacy_per_day: int = 2
    legacy_currency: str = "GBP"


def histories(shop: Shop) -> Iterator[History]:
    """Every order's whole life, by when it begins; a life's facts come later, or at most an hour earlier."""
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


def begins_at(history: History) -> datetime:
    return history.order.stamp.at if history.order else min(fact.stamp.at for fact in history.facts())


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
