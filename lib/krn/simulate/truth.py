"""The books the shop keeps beside its events: histories in, the rows that gold must hold out."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from krn.simulate.facts import History, Order, Payment
from krn.simulate.gold import OrderState, PaymentMix, SalesByCountry, SalesByProduct, SalesDaily, Truth
from krn.simulate.ledger import UNKNOWN, Entry, entries, local_date
from krn.simulate.money import half_up, ratio
from krn.simulate.states import each_once, order_state

Key = tuple[date, str, str]
Sums = defaultdict[str, Decimal]
Table = defaultdict[Key, Sums]
ByDay = TypeVar("ByDay", SalesByCountry, SalesByProduct)


def _sums() -> Table:
    return defaultdict(lambda: defaultdict(Decimal))


@dataclass(slots=True)
class Books:
    """Running sums per table; a history is added once, when all of it is known."""

    zone: ZoneInfo
    by_channel: Table = field(default_factory=_sums)
    by_country: Table = field(default_factory=_sums)
    by_product: Table = field(default_factory=_sums)
    by_method: Table = field(default_factory=_sums)
    orders: list[OrderState] = field(default_factory=list)

    def add(self, history: History) -> None:
        history = each_once(history)
        ledger, standing = entries(history, self.zone)
        for entry in ledger:
            self._enter(entry)
        for refund in history.refunds:
            channel = (history.order or refund).channel or UNKNOWN
            self.by_channel[local_date(refund, self.zone), refund.currency, channel]["refunds"] += refund.amount
        self._pay(history.payments)
        if standing:
            self._count(standing.order)
            self.orders.append(order_state(history, standing))

    def copy(self) -> "Books":
        tables = deepcopy((self.by_channel, self.by_country, self.by_product, self.by_method))
        return Books(self.zone, *tables, orders=list(self.orders))

    def truth(self) -> Truth:
        return Truth(
            tuple(sorted(_sales_daily(*row) for row in self.by_channel.items())),
            tuple(sorted(_sales_by(SalesByCountry, *row) for row in self.by_country.items())),
            tuple(sorted(_sales_by(SalesByProduct, *row) for row in self.by_product.items())),
            tuple(sorted(_payment_mix(*row) for row in self.by_method.items())),
            tuple(sorted(self.orders)),
        )

    def _enter(self, entry: Entry) -> None:
        head = entry.head
        for sums in (
            self.by_channel[head.business_date, head.currency, head.channel],
            self.by_country[head.business_date, head.country, head.currency],
            self.by_product[head.business_date, entry.product_id, head.currency],
        ):
            if head.kind == "sale":
                sums["units"] += entry.quantity
                sums["gross"] += entry.gross
                sums["discounts"] += entry.charges.discount
            else:
                sums["returned_units"] -= entry.quantity
                sums["returns"] -= entry.gross - entry.charges.discount
            sums["tax"] += entry.charges.tax
            sums["shipping"] += entry.charges.freight

    def _count(self, order: Order) -> None:
        day = local_date(order, self.zone)
        self.by_channel[day, order.currency, order.channel or UNKNOWN]["orders"] += 1
        self.by_country[day, order.country or UNKNOWN, order.currency]["orders"] += 1
        for product_id in {line.product_id for line in order.lines}:
            self.by_product[day, product_id, order.currency]["orders"] += 1

    def _pay(self, payments: Iterable[Payment]) -> None:
        paying: set[tuple[Key, str]] = set()
        for payment in payments:
            key = local_date(payment, self.zone), payment.method, payment.currency
            sums = self.by_method[key]
            if not payment.is_received:
                sums["failed"] += 1
                continue
            paying.add((key, payment.order_id))
            sums["payments"] += 1
            sums["amount"] += payment.amount
            if payment.installments is not None:
                sums["with_installments"] += 1
                sums["installments"] += payment.installments
        for key, _ in paying:
            self.by_method[key]["orders"] += 1


def _sales_by(row: Callable[..., ByDay], key: Key, sums: Sums) -> ByDay:
    return row(
        *key,
        int(sums["orders"]),
        int(sums["units"]),
        half_up(sums["gross"]),
        int(sums["returned_units"]),
        half_up(sums["returns"]),
        half_up(_net(sums)),
    )


def _net(sums: Sums) -> Decimal:
    return sums["gross"] - sums["discounts"] - sums["returns"]


def _sales_daily(key: Key, sums: Sums) -> SalesDaily:
    net = _net(sums)
    return SalesDaily(
        *key,
        int(sums["orders"]),
        int(sums["units"]),
        half_up(sums["gross"]),
        half_up(sums["discounts"]),
        half_up(sums["returns"]),
        half_up(net),
        half_up(sums["tax"]),
        half_up(sums["shipping"]),
        half_up(net + sums["tax"] + sums["shipping"]),
        half_up(sums["refunds"]),
        ratio(sums["gross"] - sums["discounts"], sums["orders"]),
    )


def _payment_mix(key: Key, sums: Sums) -> PaymentMix:
    return PaymentMix(
        *key,
        int(sums["payments"]),
        int(sums["orders"]),
        half_up(sums["amount"]),
        int(sums["failed"]),
        ratio(sums["failed"], sums["payments"] + sums["failed"]),
        ratio(sums["installments"], sums["with_installments"]),
    )
