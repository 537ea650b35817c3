"""The guide's own worker: flat "Order Processed" bodies, dropped as one file a day whose time is theirs."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from krn.simulate.facts import History, Line, Order, Stamp

SOURCE = "legacy"
DROPPED_AT = time(12, tzinfo=UTC)


def legacy_orders(rng: Random, start: date, days: int, per_day: int, currency: str) -> Iterator[History]:
    for number in range(1, days * per_day + 1):
        at = datetime.combine(start + timedelta((number - 1) // per_day), DROPPED_AT)
        yield History(
            _order(at, number, Decimal(rng.randint(1, 400)) / rng.choice((1, 4)), rng.randint(1, 60), currency)
        )


def _order(at: datetime, number: int, amount: Decimal, customer: int, currency: str) -> Order:
    line = Line(1, "unknown", 1, amount)
    order_id, customer_id = str(number), str(100 + customer)
    event_id = hashlib.sha256(order_id.encode()).hexdigest()
    return Order(
        Stamp(at, SOURCE, event_id), order_id, currency, amount, (line,), customer_id=customer_id, is_flat=True
    )


def body(order: Order) -> bytes:
    """The body as the guide prints it: integers, no envelope, no currency."""
    amount = int(order.order_total) if order.order_total == int(order.order_total) else float(order.order_total)
    fields = {"order_id": int(order.order_id), "customer_id": int(order.customer_id or 0), "amount": amount}
    return json.dumps({"event_type": "Order Processed", **fields}).encode()
