"""Facts as the events that announce them: CloudEvents, and the guide's flat body."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import orjson

from krn.simulate import legacy
from krn.simulate.facts import Cancellation, Fact, Line, Order, Payment, Refund, RefundLine, Stamp
from krn.simulate.stamps import RETURNS

Fields = dict[str, object]
RETURNS_DESK = timezone(timedelta(hours=9))


@dataclass(frozen=True, slots=True)
class Event:
    """One event as the shop sends it; `key` names the fields that make its business key, `group` its order."""

    stamp: Stamp
    type: str
    key: str | None
    group: str
    body: bytes
    is_flat: bool = False


def event(fact: Fact) -> Event:
    if isinstance(fact, Order) and fact.is_flat:
        return Event(fact.stamp, "order.created", "order_id", fact.order_id, legacy.body(fact), is_flat=True)
    event_type, key, data = _told(fact)
    group = fact.order_id or event_type
    return Event(fact.stamp, event_type, key, group, orjson.dumps(_envelope(fact.stamp, event_type, group, data)))


def _told(fact: Fact) -> tuple[str, str | None, Fields]:
    match fact:
        case Order():
            return _created(fact)
        case Cancellation():
            return _cancelled(fact)
        case Refund():
            return _refunded(fact)
        case Payment():
            return _paid(fact)


def rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _envelope(stamp: Stamp, event_type: str, subject: str, data: Fields) -> Fields:
    """Fields that are None are left out of the body, as a serializer set to omit nulls does."""
    at = stamp.at.astimezone(RETURNS_DESK) if stamp.source == RETURNS else stamp.at
    return {
        "specversion": "1.0",
        "id": stamp.event_id,
        "type": event_type,
        "source": stamp.source,
        "subject": subject,
        "time": rfc3339(at),
        "datacontenttype": "application/json",
        "dataschema": f"urn:krn:{event_type}:1",
        "data": {name: value for name, value in data.items() if value is not None},
    }


def _created(fact: Order) -> tuple[str, str | None, Fields]:
    """A store's till sends numbers where the web shop sends strings."""
    money = _number if fact.channel == "store" else _text
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
        "lines": [_line(line, money) for line in fact.lines],
    }
    return "order.created", "order_id", data


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


def _cancelled(fact: Cancellation) -> tuple[str, str | None, Fields]:
    lines = None if fact.lines is None else [{"line_no": no, "quantity": quantity} for no, quantity in fact.lines]
    return "order.cancelled", None, {"order_id": fact.order_id, "by": "customer", "lines": lines}


def _refunded(fact: Refund) -> tuple[str, str | None, Fields]:
    data: Fields = {
        "refund_id": fact.refund_id,
        "order_id": fact.order_id,
        "amount": _text(fact.amount),
        "currency": fact.currency,
        "channel": fact.channel,
        "country": fact.country,
        "lines": [_came_back(line) for line in fact.lines] or None,
    }
    return "order.refunded", "refund_id", data


def _came_back(line: RefundLine) -> Fields:
    fields = {"product_id": line.product_id, "quantity": line.quantity, "unit_price": _text(line.unit_price)}
    return fields if line.line_no is None else {"line_no": line.line_no, **fields}


def _paid(fact: Payment) -> tuple[str, str | None, Fields]:
    data: Fields = {
        "payment_id": fact.payment_id,
        "order_id": fact.order_id,
        "amount": _text(fact.amount),
        "currency": fact.currency,
        "method": fact.method,
    }
    if fact.is_received:
        return "payment.received", "payment_id", {**data, "installments": fact.installments}
    return "payment.failed", "payment_id", {**data, "reason": "declined"}


def _text(amount: Decimal | None) -> object:
    return None if amount is None else f"{amount:f}"


def _number(amount: Decimal | None) -> object:
    return None if amount is None else float(amount)
