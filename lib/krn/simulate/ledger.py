"""What an order's history means in goods: one signed entry per line sold, cancelled or returned."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from krn.simulate.charges import Charges, charges_of
from krn.simulate.facts import Cancellation, Fact, History, Line, Order, Refund, RefundLine, Stamp
from krn.simulate.money import ZERO, half_up

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Head:
    """What all entries of one fact share."""

    kind: Literal["sale", "cancellation", "return"]
    business_date: date
    currency: str
    channel: str
    country: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the sales ledger; cancellations and returns are negative."""

    head: Head
    product_id: str
    quantity: int
    gross: Decimal
    charges: Charges


@dataclass(slots=True)
class Standing:
    """How an order stands while its reversals are applied: units gone per line_no, and whether too many came.

    `cancelled_by` announced the cancellation of the last unit; None while one is not.
    """

    order: Order
    charges: dict[int, Charges]
    cancelled: Counter[int] = field(default_factory=Counter)
    returned: Counter[int] = field(default_factory=Counter)
    over_returned: bool = False
    cancelled_by: Stamp | None = None

    def left(self, line: Line) -> int:
        return line.quantity - self.cancelled[line.line_no] - self.returned[line.line_no]

    @property
    def is_cancelled(self) -> bool:
        lines = self.order.lines
        return bool(lines) and all(self.cancelled[line.line_no] == line.quantity for line in lines)


def local_date(fact: Fact, zone: ZoneInfo) -> date:
    return fact.stamp.at.astimezone(zone).date()


def entries(history: History, zone: ZoneInfo) -> tuple[list[Entry], Standing | None]:
    """The entries of one history, and how its order stands in the end (None where the order is unknown)."""
    if history.order is None:
        return [entry for refund in history.refunds for entry in _unattributed(refund, zone)], None
    standing = Standing(history.order, charges_of(history.order))
    ledger = list(_sold(standing, _head("sale", history.order, history.order, zone)))
    reversals: list[Cancellation | Refund] = [*history.cancellations, *history.refunds]
    for fact in sorted(reversals, key=lambda fact: fact.stamp):
        ledger += _reversed(standing, fact, zone)
    return ledger, standing


def _head(kind: Literal["sale", "cancellation", "return"], fact: Fact, of: Order | Refund, zone: ZoneInfo) -> Head:
    """On the fact's own day; a return in its own currency; in the order's channel and country, where it is known."""
    currency = fact.currency if isinstance(fact, Refund) else of.currency
    return Head(kind, local_date(fact, zone), currency, of.channel or UNKNOWN, of.country or UNKNOWN)


def _sold(standing: Standing, head: Head) -> Iterator[Entry]:
    for line in standing.order.lines:
        gross = line.quantity * line.unit_price
        yield Entry(head, line.product_id, line.quantity, gross, standing.charges[line.line_no])


def _unattributed(refund: Refund, zone: ZoneInfo) -> Iterator[Entry]:
    head = _head("return", refund, refund, zone)
    for back in refund.lines:
        yield Entry(head, back.product_id, -back.quantity, -back.quantity * back.unit_price, Charges())


def _reversed(standing: Standing, fact: Cancellation | Refund, zone: ZoneInfo) -> Iterator[Entry]:
    if isinstance(fact, Cancellation):
        yield from _cancelled(standing, fact, _head("cancellation", fact, standing.order, zone))
    else:
        for back in fact.lines:
            yield from _came_back(standing, back, _head("return", fact, standing.order, zone))


def _cancelled(standing: Standing, fact: Cancellation, head: Head) -> Iterator[Entry]:
    """A cancellation of the whole order takes what is left, and can't be too much.

    Freight goes back with the cancellation that leaves nothing of the order to send: all of it, at once.
    """
    lines = {line.line_no: line for line in standing.order.lines}
    wanted = fact.lines or tuple((line_no, standing.left(line)) for line_no, line in lines.items())
    for line_no, quantity in wanted:
        line = lines.get(line_no)
        units = min(quantity, standing.left(line)) if line else 0
        standing.over_returned |= units < quantity
        if line and units:
            entry = _undone(standing, head, line, units, line.unit_price)
            standing.cancelled[line_no] += units
            yield entry
            if standing.is_cancelled:
                standing.cancelled_by = fact.stamp
                freight = sum((charges.freight for charges in standing.charges.values()), ZERO)
                yield Entry(head, line.product_id, 0, ZERO, Charges(freight=-freight))


def _came_back(standing: Standing, back: RefundLine, head: Head) -> Iterator[Entry]:
    """Units fill the order's lines of that product by line_no, or the one line that is named."""
    quantity = back.quantity
    for line in sorted(standing.order.lines, key=lambda line: line.line_no):
        is_meant = line.product_id == back.product_id and back.line_no in (None, line.line_no)
        units = min(quantity, standing.left(line)) if is_meant else 0
        if units:
            entry = _undone(standing, head, line, units, back.unit_price)
            standing.returned[line.line_no] += units
            quantity -= units
            yield entry
    standing.over_returned |= quantity > 0


def _undone(standing: Standing, head: Head, line: Line, units: int, unit_price: Decimal) -> Entry:
    """Discount and tax go back by share of quantity, as far as they are in the same currency.

    The share is what is due with these units less what was due without them, so all units give back all of it.
    """
    gone = line.quantity - standing.left(line)
    stated = standing.charges[line.line_no] if head.currency == standing.order.currency else Charges()
    discount, tax = (
        _due(charge, line, gone) - _due(charge, line, gone + units) for charge in (stated.discount, stated.tax)
    )
    return Entry(head, line.product_id, -units, -units * unit_price, Charges(discount, tax))


def _due(charge: Decimal, line: Line, units: int) -> Decimal:
    return half_up(charge * units / line.quantity)
