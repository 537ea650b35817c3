"""What became of the orders of a day, whenever it happened to them."""

from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from krn.simulate.facts import History, Order
from krn.simulate.gold import OrderCohortDaily
from krn.simulate.hours import lasting, percentile
from krn.simulate.ledger import Entry
from krn.simulate.money import half_up
from krn.simulate.paid import paid_at

Key = tuple[date, str]
Sums = defaultdict[str, Decimal]
#: When an order was made, paid, first shipped and first delivered; None for what did not happen.
Steps = tuple[datetime, datetime | None, datetime | None, datetime | None]

TAKEN = {"cancellation": "cancelled", "return": "returned"}


def steps(order: Order, history: History) -> Steps:
    """Of a history in which each fact is told once."""
    first_sent = min((fact.stamp.at for fact in history.shipped), default=None)
    first_there = min((fact.stamp.at for fact in history.delivered), default=None)
    return order.stamp.at, paid_at(history), first_sent, first_there


@dataclass(slots=True)
class Cohorts:
    """Running sums by order date and currency; a return in another currency than its order's is kept apart."""

    sums: defaultdict[Key, Sums] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Decimal)))
    steps: defaultdict[Key, list[Steps]] = field(default_factory=lambda: defaultdict(list))

    def add(self, order_date: date, currency: str, ledger: Iterable[Entry], taken: Steps) -> None:
        self.sums[order_date, currency]["orders"] += 1
        self.steps[order_date, currency].append(taken)
        for entry in ledger:
            sums = self.sums[order_date, entry.head.currency]
            if entry.head.kind == "sale":
                sums["gross"] += entry.gross
                sums["discounts"] += entry.charges.discount
            else:
                sums[TAKEN[entry.head.kind]] -= entry.gross - entry.charges.discount

    def copy(self) -> "Cohorts":
        return Cohorts(deepcopy(self.sums), deepcopy(self.steps))

    def rows(self) -> tuple[OrderCohortDaily, ...]:
        return tuple(_row(*key, sums, self.steps.get(key, [])) for key, sums in sorted(self.sums.items()))


def _row(order_date: date, currency: str, sums: Sums, orders: list[Steps]) -> OrderCohortDaily:
    paid, shipped, delivered = (sum(taken[step] is not None for taken in orders) for step in (1, 2, 3))
    medians = [percentile((lasting(taken[step - 1], taken[step]) for taken in orders), 50) for step in (1, 2, 3)]
    return OrderCohortDaily(
        order_date,
        currency,
        int(sums["orders"]),
        half_up(sums["gross"]),
        half_up(sums["discounts"]),
        half_up(sums["cancelled"]),
        half_up(sums["returned"]),
        half_up(sums["gross"] - sums["discounts"] - sums["cancelled"] - sums["returned"]),
        paid,
        shipped,
        delivered,
        *medians,
    )
