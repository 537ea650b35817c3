"""Facts of a small life, with what a test does not care about filled in."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from zoneinfo import ZoneInfo

from krn.simulate.cards.facts import Decided, Initiated, Labelled, Purchase
from krn.simulate.facts import (
    Cancellation,
    Delivered,
    History,
    Line,
    Order,
    Payment,
    Refund,
    RefundLine,
    Shipped,
    Sighted,
    Stamp,
)
from krn.simulate.gold import Truth
from krn.simulate.sales import Sales
from krn.simulate.truth import Books

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, event_id: str = "e1", source: str = "/shop") -> Stamp:
    return Stamp(datetime.fromisoformat(text).replace(tzinfo=UTC), source, event_id)


def order(*lines: Line, when: str = "2024-06-03 10:00", order_id: str = "A", **fields: object) -> Order:
    given = {"currency": "GBP", "order_total": D(30), "channel": "web", "country": "GB"} | fields
    return Order(at(when), order_id, given.pop("currency"), given.pop("order_total"), lines, **given)  # type: ignore[arg-type]


def cancel(when: str, *lines: tuple[int, int], event_id: str = "c1") -> Cancellation:
    return Cancellation(at(when, event_id), "A", lines or None)


def refund(when: str, *lines: RefundLine, refund_id: str = "R", **fields: object) -> Refund:
    given = {"amount": D(10), "currency": "GBP", "order_id": "A"} | fields
    return Refund(
        at(when, f"e-{refund_id}"), refund_id, given.pop("amount"), given.pop("currency"), lines=lines, **given
    )  # type: ignore[arg-type]


def payment(when: str, amount: str, payment_id: str = "P", event_id: str = "p1", **fields: object) -> Payment:
    return Payment(at(when, event_id), payment_id, "A", D(amount), "GBP", "card", **fields)  # type: ignore[arg-type]


def shipped(when: str, shipment_id: str = "S", **fields: object) -> Shipped:
    way = {"carrier": "Post", "origin": "Bristol", "destination": "GB"} | fields
    return Shipped(at(when, f"s-{shipment_id}"), shipment_id, "A", **way)  # type: ignore[arg-type]


def sighted(when: str, status: str, shipment_id: str = "S") -> Sighted:
    return Sighted(at(when, f"t-{shipment_id}-{status}"), shipment_id, status)


def delivered(when: str, shipment_id: str = "S", attempt_no: int | None = None) -> Delivered:
    return Delivered(at(when, f"d-{shipment_id}"), shipment_id, "A", attempt_no=attempt_no)


def initiated(when: str, amount: str, transaction_id: str, currency: str = "GBP") -> Initiated:
    return Initiated(at(when, f"i-{transaction_id}"), transaction_id, "card-1", "M", D(amount), currency)


def decided(when: str, transaction_id: str, is_approved: bool = True, event_id: str = "d1") -> Decided:
    return Decided(at(when, event_id), transaction_id, D(10), "GBP", is_approved)


def labelled(when: str, transaction_id: str, label: str, event_id: str = "l1") -> Labelled:
    return Labelled(at(when, event_id), transaction_id, label)


def truth(*lives: History | Purchase, today: date = date(2024, 6, 30)) -> Truth:
    books = Books(Sales(BERLIN))
    for life in lives:
        books.add(life)
    return books.truth(today)
