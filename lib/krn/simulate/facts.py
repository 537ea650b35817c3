"""What happened in the shop, as the shop itself knows it: the state from which events and truth are both made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """When, where and under which id a fact was announced; their order is the order in which facts count."""

    at: datetime
    source: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Line:
    """What was ordered; a charge is None where the line does not state it."""

    line_no: int
    product_id: str
    quantity: int
    unit_price: Decimal
    title: str | None = None
    category: str | None = None
    discount: Decimal | None = None
    tax: Decimal | None = None
    freight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it was placed; a total is None where the header does not state it."""

    stamp: Stamp
    order_id: str
    currency: str
    order_total: Decimal
    lines: tuple[Line, ...]
    discount_total: Decimal | None = None
    tax_total: Decimal | None = None
    freight_total: Decimal | None = None
    customer_id: str | None = None
    channel: str | None = None
    country: str | None = None
    is_flat: bool = False


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Units that will not be sent, as (line_no, quantity); None = the whole order."""

    stamp: Stamp
    order_id: str
    lines: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Goods that came back; without line_no only the product is known."""

    product_id: str
    quantity: int
    unit_price: Decimal
    line_no: int | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back, with the goods that came back for it (none = money only)."""

    stamp: Stamp
    refund_id: str
    amount: Decimal
    currency: str
    order_id: str | None = None
    lines: tuple[RefundLine, ...] = ()
    channel: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that was received, or failed."""

    stamp: Stamp
    payment_id: str
    order_id: str
    amount: Decimal
    currency: str
    method: str
    is_received: bool = True
    installments: int | None = None


Fact = Order | Cancellation | Refund | Payment


@dataclass(frozen=True, slots=True)
class History:
    """All that happened to one order; `order` is None where it was never created, or not yet."""

    order: Order | None = None
    cancellations: tuple[Cancellation, ...] = ()
    refunds: tuple[Refund, ...] = ()
    payments: tuple[Payment, ...] = ()

    def facts(self) -> Iterator[Fact]:
        if self.order:
            yield self.order
        yield from self.cancellations
        yield from self.refunds
        yield from self.payments

    def without(self, unknown: set[Stamp]) -> "History":
        """The same history before the facts with these stamps became known."""
        return replace(
            self,
            order=None if self.order and self.order.stamp in unknown else self.order,
            cancellations=tuple(fact for fact in self.cancellations if fact.stamp not in unknown),
            refunds=tuple(fact for fact in self.refunds if fact.stamp not in unknown),
            payments=tuple(fact for fact in self.payments if fact.stamp not in unknown),
        )
