"""What the shop says of orders and their money."""

from collections.abc import Callable
from decimal import Decimal

from krn.simulate.body import Body, Fields, day, number, text, units
from krn.simulate.facts import Cancellation, Line, Order, Payment, Refund, RefundLine


def created(fact: Order) -> Body:
    """A store's till sends numbers where the web shop sends strings."""
    money = number if fact.channel == "store" else text
    data: Fields = {
        "order_id": fact.order_id,
        "customer_id": fact.customer_id,
        "channel": fact.channel,
        "country": fact.country,
        "currency": fact.currency,
        "order_total": money(fact.order_total),
        "discount_total": money(fact.discount_total),
        "tax_total": money(fact.tax_total),
        "freight_total": money(fact.freight_total),
        "promised_delivery_date": day(fact.promised_on),
        "lines": [_line(line, money) for line in fact.lines],
    }
    return Body("order.created", "order_id", data)


def _line(line: Line, money: Callable[[Decimal | None], object]) -> Fields:
    fields = {
        "line_no": line.line_no,
        "product_id": line.product_id,
        "description": line.title,
        "category": line.category,
        "quantity": line.quantity,
        "unit_price": money(line.unit_price),
        "discount": money(line.discount),
        "tax": money(line.tax),
        "freight": money(line.freight),
    }
    return {name: value for name, value in fields.items() if value is not None}


def cancelled(fact: Cancellation) -> Body:
    return Body("order.cancelled", None, {"order_id": fact.order_id, "by": "customer", "lines": units(fact.lines)})


def refunded(fact: Refund) -> Body:
    data: Fields = {
        "refund_id": fact.refund_id,
        "order_id": fact.order_id,
        "amount": text(fact.amount),
        "currency": fact.currency,
        "channel": fact.channel,
        "country": fact.country,
        "lines": [_came_back(line) for line in fact.lines] or None,
    }
    return Body("order.refunded", "refund_id", data)


def _came_back(line: RefundLine) -> Fields:
    fields = {"product_id": line.product_id, "quantity": line.quantity, "unit_price": text(line.unit_price)}
    return fields if line.line_no is None else {"line_no": line.line_no, **fields}


def paid(fact: Payment) -> Body:
    data: Fields = {
        "payment_id": fact.payment_id,
        "order_id": fact.order_id,
        "amount": text(fact.amount),
        "currency": fact.currency,
        "method": fact.method,
    }
    if fact.is_received:
        return Body("payment.received", "payment_id", {**data, "installments": fact.installments})
    return Body("payment.failed", "payment_id", {**data, "reason": "declined"})
