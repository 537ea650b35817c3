"""The shop's deliveries in order of arrival, and what gold must hold once those taken so far are in."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import count, islice
from random import Random
from zoneinfo import ZoneInfo

from krn.simulate.events import event
from krn.simulate.facts import Stamp
from krn.simulate.faults import Delivery, Rates, deliveries
from krn.simulate.gold import Truth
from krn.simulate.habits import MOSTLY_ORDERS
from krn.simulate.sales import Sales
from krn.simulate.shop import CLOCKS_DIFFER_BY, Life, Shop, begins_at, closes_on, lives
from krn.simulate.truth import Books


class Feed:
    """An iterator of deliveries that keeps only the lives still going on in memory.

    The truth of a feed that was cut is exact unless a business duplicate overtook its good event across the cut.
    """

    def __init__(self, shop: Shop, rates: Rates, keep_books: bool = True) -> None:
        self._waiting: list[tuple[datetime, int, Delivery, int]] = []
        self._unknown: dict[int, tuple[Life, set[Stamp]]] = {}
        self._books = Books(Sales(ZoneInfo(shop.timezone))) if keep_books else None
        self._rng = Random(f"faults {shop.seed}")
        self._rates = rates
        self._closes_on = closes_on(shop)
        self._number = count()
        self._flow = self._arrivals(lives(shop))

    def __iter__(self) -> Iterator[Delivery]:
        return self._flow

    def take(self, n: int) -> Iterator[Delivery]:
        return islice(self._flow, n)

    def truth(self, today: date | None = None) -> Truth:
        """Lives that are not wholly delivered count as far as they are; `today` is the shop's last unless given."""
        assert self._books, "the feed was opened without books"
        books = self._books.copy()
        for life, unknown in self._unknown.values():
            books.add(life.without(unknown))
        return books.truth(today or self._closes_on)

    def _arrivals(self, lives: Iterable[Life]) -> Iterator[Delivery]:
        """Nothing arrives before it happened, and no later life has a fact from before this one began."""
        for number, life in enumerate(lives):
            while self._waiting and self._waiting[0][0] < begins_at(life) - CLOCKS_DIFFER_BY:
                yield self._handed_over()
            self._begin(number, life)
        while self._waiting:
            yield self._handed_over()

    def _begin(self, number: int, life: Life) -> None:
        facts = list(life.facts())
        for fact in facts:
            for delivery in deliveries(event(fact), self._rng, self._rates):
                heapq.heappush(self._waiting, (delivery.arrives_at, next(self._number), delivery, number))
        if self._books:
            self._unknown[number] = life, {fact.stamp for fact in facts}

    def _handed_over(self) -> Delivery:
        *_, delivery, number = heapq.heappop(self._waiting)
        if self._books and delivery.stamp:
            life, unknown = self._unknown[number]
            unknown.remove(delivery.stamp)
            if not unknown:
                self._books.add(life)
                del self._unknown[number]
        return delivery


def stream(seed: int, n_events: int, keep_books: bool = False) -> Feed:
    """A year of about `n_events` deliveries, mostly orders and one in a hundred late, and some weeks beyond it."""
    shop = Shop(seed, orders=n_events, days=440, habits=MOSTLY_ORDERS, legacy_per_day=0)
    rates = Rates(late=0.01, reordered=0.02, duplicate=0.01, business_duplicate=0, broken=0.005, id_conflict=0)
    return Feed(shop, rates, keep_books)
