"""When an order's money was in."""

from datetime import datetime
from decimal import Decimal

from krn.simulate.facts import History, Payment
from krn.simulate.money import ZERO

TOLERATED = Decimal("0.01")


def amount_paid(history: History) -> Decimal:
    return sum((payment.amount for payment in received(history)), ZERO)


def paid_at(history: History) -> datetime | None:
    """The first instant at which the money received reaches the order's total, a cent less allowed."""
    if history.order is None:
        return None
    total = ZERO
    for payment in sorted(received(history), key=lambda fact: fact.stamp):
        total += payment.amount
        if total >= history.order.order_total - TOLERATED:
            return payment.stamp.at
    return None


def received(history: History) -> list[Payment]:
    """Those in the order's currency; others can't be added."""
    currency = history.order.currency if history.order else None
    return [payment for payment in history.payments if payment.is_received and payment.currency == currency]
