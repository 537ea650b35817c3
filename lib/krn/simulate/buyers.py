"""Who bought for the first time, and who came back."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from krn.simulate.facts import Order

Key = tuple[date, str, str]


@dataclass(slots=True)
class Buyers:
    """Per row the customers who ordered in it, and per customer the first order with its row; guests are nobody."""

    in_row: defaultdict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    first: dict[str, tuple[datetime, str, Key]] = field(default_factory=dict)

    def add(self, order: Order, key: Key) -> None:
        if order.customer_id is None:
            return
        this = (order.stamp.at, order.order_id, key)
        self.in_row[key].add(order.customer_id)
        self.first[order.customer_id] = min(this, self.first.get(order.customer_id, this))

    def counts(self, key: Key) -> tuple[int, int]:
        """The new and the returning customers of a row."""
        customers = self.in_row.get(key, set())
        new = sum(self.first[customer][2] == key for customer in customers)
        return new, len(customers) - new

    def copy(self) -> "Buyers":
        rows = defaultdict(set, {key: set(customers) for key, customers in self.in_row.items()})
        return Buyers(rows, dict(self.first))
