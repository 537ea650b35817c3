"""The books the shop keeps beside its events: lives in, the rows that gold must hold out."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from krn.simulate.cards.books import CardBooks
from krn.simulate.cards.facts import Purchase
from krn.simulate.cohorts import Cohorts, steps
from krn.simulate.counting import Counts
from krn.simulate.facts import CustomerTold, History, Order, Told
from krn.simulate.findings import contradictions, never_created
from krn.simulate.gold import CustomerVersions, Finding, OpenOrder, OrderState, ProductVersions, Truth
from krn.simulate.ledger import Entry, entries, local_date
from krn.simulate.parcels import Parcel, parcels
from krn.simulate.sales import Sales
from krn.simulate.shipping import lane_performance, promise_kept, shipping_daily
from krn.simulate.states import each_once, open_order, order_state

Versions = set[tuple[str, datetime]]
Counted = TypeVar("Counted", CustomerVersions, ProductVersions)


@dataclass(slots=True)
class Books:
    """Running sums per table; a life is added once, when all of it is known."""

    sales: Sales
    cohorts: Cohorts = field(default_factory=Cohorts)
    orders: list[OrderState] = field(default_factory=list)
    open_since: list[tuple[date, OpenOrder]] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    customers: Versions = field(default_factory=set)
    products: Versions = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    cards: CardBooks = field(default_factory=CardBooks)

    @property
    def zone(self) -> ZoneInfo:
        return self.sales.zone

    def add(self, life: History | Purchase) -> None:
        if isinstance(life, Purchase):
            self.cards.add(life, self.zone)
        else:
            self._add(life)

    def _add(self, history: History) -> None:
        self.counts.add(history)
        self.findings += never_created(history)
        history = each_once(history)
        ledger, standing = entries(history, self.zone)
        for entry in ledger:
            self.sales.enter(entry)
        self.sales.refund(history)
        self.sales.pay(history.payments)
        self.parcels += parcels(history, self.zone)
        self.findings += contradictions(history, standing)
        for told in history.told:
            self._know(told)
        if standing:
            self._count(standing.order, history, ledger)
            self._close(standing.order, order_state(history, standing))

    def copy(self) -> "Books":
        return Books(
            self.sales.copy(),
            self.cohorts.copy(),
            list(self.orders),
            list(self.open_since),
            list(self.parcels),
            set(self.customers),
            set(self.products),
            list(self.findings),
            self.counts.copy(),
            self.cards.copy(),
        )

    def truth(self, today: date) -> Truth:
        return Truth(
            self.sales.daily(),
            self.sales.per_country(),
            self.sales.per_product(),
            self.sales.per_method(),
            tuple(sorted(self.orders)),
            self.cohorts.rows(),
            shipping_daily(self.parcels),
            promise_kept(self.parcels, today),
            lane_performance(self.parcels, today),
            tuple(sorted(order for since, order in self.open_since if since <= today)),
            _versions(CustomerVersions, self.customers),
            _versions(ProductVersions, self.products),
            tuple(sorted(self.findings)),
            self.counts.gaps(),
            self.cards.daily(),
            self.cards.counts(),
            tuple(sorted(self.cards.frauds)),
        )

    def _know(self, told: Told) -> None:
        """What is told of one instant is one version, however often it is told."""
        if isinstance(told, CustomerTold):
            self.customers.add((told.customer_id, told.stamp.at))
        else:
            self.products.add((told.product_id, told.stamp.at))

    def _count(self, order: Order, history: History, ledger: list[Entry]) -> None:
        self.sales.count(order)
        self.cohorts.add(local_date(order, self.zone), order.currency, ledger, steps(order, history))

    def _close(self, order: Order, state: OrderState) -> None:
        self.orders.append(state)
        still_open = open_order(state)
        if still_open:
            self.open_since.append((local_date(order, self.zone), still_open))


def _versions(row: Callable[[str, int], Counted], known: Versions) -> tuple[Counted, ...]:
    return tuple(sorted(row(*counted) for counted in Counter(subject for subject, _ in known).items()))
