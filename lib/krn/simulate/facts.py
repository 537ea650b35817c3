"""What happened in the shop, as the shop itself knows it: the state from which events and truth are both made."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """When, where and under which id a fact was announced; their order is the order in which facts count.

    `sequence` is its number where the source counts what it announces, `partition` the part of it that counts alone.
    """

    at: datetime
    source: str
    event_id: str
    sequence: int | None = field(default=None, compare=False)
    partition: str | None = field(default=None, compare=False)


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
    promised_on: date | None = None
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


@dataclass(frozen=True, slots=True)
class Shipped:
    """A parcel with units as (line_no, quantity), None = not said; its promise is None where the order's holds."""

    stamp: Stamp
    shipment_id: str
    order_id: str
    lines: tuple[tuple[int, int], ...] | None = None
    carrier: str | None = None
    origin: str | None = None
    destination: str | None = None
    promised_on: date | None = None
    cost: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Sighted:
    """A carrier saw a parcel; `order_id` is None where the carrier does not tell it."""

    stamp: Stamp
    shipment_id: str
    status: str
    order_id: str | None = None
    location: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A parcel was handed over; which attempt it was is None where the carrier does not count."""

    stamp: Stamp
    shipment_id: str
    order_id: str
    carrier: str | None = None
    attempt_no: int | None = None


@dataclass(frozen=True, slots=True)
class CustomerTold:
    """All that is known of a customer from its instant on; it is announced `told_after` that."""

    stamp: Stamp
    customer_id: str
    name: str
    email: str
    country: str | None = None
    city: str | None = None
    segment: str | None = None
    marketing_ok: bool | None = None
    told_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class ProductTold:
    """All that is known of a product from its instant on; it is announced `told_after` that."""

    stamp: Stamp
    product_id: str
    title: str
    category: str
    brand: str | None = None
    list_price: Decimal | None = None
    currency: str | None = None
    active: bool | None = None
    told_after: timedelta = timedelta(0)


Told = CustomerTold | ProductTold
Fact = Order | Cancellation | Refund | Payment | Shipped | Sighted | Delivered | Told
SomeFact = TypeVar("SomeFact", bound=Fact)


@dataclass(frozen=True, slots=True)
class History:
    """All that happened to one order, or what was told of one customer or product.

    `order` is None where it was never created, or not yet.
    """

    order: Order | None = None
    cancellations: tuple[Cancellation, ...] = ()
    refunds: tuple[Refund, ...] = ()
    payments: tuple[Payment, ...] = ()
    shipped: tuple[Shipped, ...] = ()
    sighted: tuple[Sighted, ...] = ()
    delivered: tuple[Delivered, ...] = ()
    told: tuple[Told, ...] = ()

    def facts(self) -> Iterator[Fact]:
        if self.order:
            yield self.order
        yield from self.cancellations
        yield from self.refunds
        yield from self.payments
        yield from self.shipped
        yield from self.sighted
        yield from self.delivered
        yield from self.told

    def without(self, unknown: set[Stamp]) -> "History":
        """The same history before the facts with these stamps became known."""

        def known(facts: tuple[SomeFact, ...]) -> tuple[SomeFact, ...]:
            return tuple(fact for fact in facts if fact.stamp not in unknown)

        return replace(
            self,
            order=None if self.order and self.order.stamp in unknown else self.order,
            cancellations=known(self.cancellations),
            refunds=known(self.refunds),
            payments=known(self.payments),
            shipped=known(self.shipped),
            sighted=known(self.sighted),
            delivered=known(self.delivered),
            told=known(self.told),
        )
