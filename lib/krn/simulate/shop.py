"""The worker: a shop whose orders are placed, paid, cancelled and returned, the same for the same seed."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from krn.simulate.basket import order
from krn.simulate.facts import History
from krn.simulate.habits import USUAL, Habits
from krn.simulate.legacy import legacy_orders
from krn.simulate.market import market
from krn.simulate.paying import payments
from krn.simulate.reversals import reversals
from krn.simulate.seasons import moments
from krn.simulate.stamps import ORDERS, stamp
from krn.simulate.undoing import stray

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
    flat = legacy_orders(
        Random(f"legacy {shop.seed}"), shop.start, shop.days, shop.legacy_per_day, shop.legacy_currency
    )
    return heapq.merge(_orders(shop), flat, key=begins_at)


def begins_at(history: History) -> datetime:
    return history.order.stamp.at if history.order else min(fact.stamp.at for fact in history.facts())


def _orders(shop: Shop) -> Iterator[History]:
    rng = Random(f"shop {shop.seed}")
    goods = market(rng, n_products=400, n_customers=max(20, shop.orders // 3))
    for number, at in enumerate(moments(rng, shop.start, shop.days, shop.orders, ZoneInfo(shop.timezone)), 1):
        placed = order(rng, goods, shop.habits, stamp(rng, at, ORDERS), f"O{number:07d}")
        cancellations, refunds = reversals(rng, placed) if rng.random() < shop.habits.reversed else ((), ())
        paid = payments(rng, placed) if rng.random() < shop.habits.tried_to_pay else ()
        yield History(placed, cancellations, refunds, paid)
        if rng.random() < shop.habits.strays:
            yield History(refunds=(stray(rng, number, at),))
