"""What counts of a history, and how its order stands in the end."""

from dataclasses import replace
from decimal import Decimal

from krn.simulate.facts import History, Payment, Refund
from krn.simulate.gold import OrderState
from krn.simulate.ledger import Standing
from krn.simulate.money import ZERO, half_up
from krn.simulate.paid import TOLERATED


def each_once(history: History) -> History:
    """Of facts that share a business key the earliest counts; a payment that was received has not failed."""
    refunds: dict[str, Refund] = {}
    for refund in sorted(history.refunds, key=lambda fact: fact.stamp):
        refunds.setdefault(refund.refund_id, refund)
    payments: dict[str, Payment] = {}
    for payment in sorted(history.payments, key=lambda fact: (not fact.is_received, fact.stamp)):
        payments.setdefault(payment.payment_id, payment)
    return replace(history, refunds=tuple(refunds.values()), payments=tuple(payments.values()))


def order_state(history: History, standing: Standing) -> OrderState:
    """Amounts in another currency than the order's are not added to it."""
    order = standing.order
    paid = [pay.amount for pay in history.payments if pay.is_received and pay.currency == order.currency]
    refunded = [refund.amount for refund in history.refunds if refund.currency == order.currency]
    return OrderState(
        order.order_id,
        _status(standing, sum(paid, ZERO), bool(paid)),
        order.currency,
        half_up(order.order_total),
        half_up(sum(paid, ZERO)),
        half_up(sum(refunded, ZERO)),
        sum(line.quantity for line in order.lines),
        standing.over_returned,
    )


def _status(standing: Standing, paid: Decimal, has_paid: bool) -> str:
    """Returned: whatever was not cancelled came back, and something did."""
    if any(standing.returned.values()) and not any(standing.left(line) for line in standing.order.lines):
        return "returned"
    if standing.is_cancelled:
        return "cancelled"
    if not has_paid:
        return "created"
    return "paid" if paid >= standing.order.order_total - TOLERATED else "part_paid"
