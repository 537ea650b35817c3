"""What counts of a history, and how its order stands in the end."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from krn.simulate.facts import Delivered, History, Payment, Refund, Shipped
from krn.simulate.gold import OpenOrder, OrderState
from krn.simulate.ledger import Standing
from krn.simulate.money import ZERO, half_up
from krn.simulate.paid import amount_paid, paid_at, received

ENDED = ("returned", "cancelled", "delivered")
OnceTold = TypeVar("OnceTold", Refund, Payment, Shipped, Delivered)


def each_once(history: History) -> History:
    """Of facts that share a business key the earliest counts; a payment that was received has not failed."""
    payments = sorted(history.payments, key=lambda fact: (not fact.is_received, fact.stamp))
    return replace(
        history,
        refunds=_firsts((fact.refund_id, fact) for fact in sorted(history.refunds, key=lambda fact: fact.stamp)),
        payments=_firsts((fact.payment_id, fact) for fact in payments),
        shipped=_firsts((fact.shipment_id, fact) for fact in sorted(history.shipped, key=lambda fact: fact.stamp)),
        delivered=_firsts((fact.shipment_id, fact) for fact in sorted(history.delivered, key=lambda fact: fact.stamp)),
    )


def _firsts(facts: Iterable[tuple[str, OnceTold]]) -> tuple[OnceTold, ...]:
    firsts: dict[str, OnceTold] = {}
    for key, fact in facts:
        firsts.setdefault(key, fact)
    return tuple(firsts.values())


def order_state(history: History, standing: Standing) -> OrderState:
    """Amounts in another currency than the order's are not added to it."""
    order = standing.order
    refunded = [refund.amount for refund in history.refunds if refund.currency == order.currency]
    return OrderState(
        order.order_id,
        _status(history, standing),
        order.currency,
        half_up(order.order_total),
        half_up(amount_paid(history)),
        half_up(sum(refunded, ZERO)),
        sum(line.quantity for line in order.lines),
        standing.over_returned,
        len(history.shipped),
        len(history.delivered),
    )


def _status(history: History, standing: Standing) -> str:
    """Returned: whatever was not cancelled came back, and something did."""
    if any(standing.returned.values()) and not any(standing.left(line) for line in standing.order.lines):
        return "returned"
    if standing.is_cancelled:
        return "cancelled"
    return _sent(history) or _paid(history)


def _sent(history: History) -> str | None:
    """Delivered: as many parcels as were shipped, whatever is still to be shipped."""
    if history.delivered and len(history.delivered) >= len(history.shipped):
        return "delivered"
    return "shipped" if history.shipped else None


def _paid(history: History) -> str:
    if not received(history):
        return "created"
    return "paid" if paid_at(history) else "part_paid"


def open_order(state: OrderState) -> OpenOrder | None:
    """An order that is neither delivered nor undone, with its whole total; None if it is."""
    is_open = state.status not in ENDED
    return OpenOrder(state.order_id, state.status, state.order_total, state.currency) if is_open else None
