"""What became of the orders of a day, whenever it happened to them."""

from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from krn.simulate.gold import OrderCohortDaily
from krn.simulate.ledger import Entry
from krn.simulate.money import half_up

Sums = defaultdict[str, Decimal]

TAKEN = {"cancellation": "cancelled", "return": "returned"}


@dataclass(slots=True)
class Cohorts:
    """Running sums by order date and currency; a return in another currency than its order's is kept apart."""

    sums: defaultdict[tuple[date, str], Sums] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Decimal)))

    def add(self, order_date: date, currency: str, ledger: Iterable[Entry], is_paid: bool) -> None:
        self.sums[order_date, currency]["orders"] += 1
        self.sums[order_date, currency]["paid"] += is_paid
        for entry in ledger:
            sums = self.sums[order_date, entry.head.currency]
            if entry.head.kind == "sale":
                sums["gross"] += entry.gross
                sums["discounts"] += entry.charges.discount
            else:
                sums[TAKEN[entry.head.kind]] -= entry.gross - entry.charges.discount

    def copy(self) -> "Cohorts":
        return Cohorts(deepcopy(self.sums))

    def rows(self) -> tuple[OrderCohortDaily, ...]:
        return tuple(sorted(_row(*key, sums) for key, sums in self.sums.items()))


def _row(order_date: date, currency: str, sums: Sums) -> OrderCohortDaily:
    return OrderCohortDaily(
        order_date,
        currency,
        int(sums["orders"]),
        half_up(sums["gross"]),
        half_up(sums["discounts"]),
        half_up(sums["cancelled"]),
        half_up(sums["returned"]),
        half_up(sums["gross"] - sums["discounts"] - sums["cancelled"] - sums["returned"]),
        int(sums["paid"]),
    )
