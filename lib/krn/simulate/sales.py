"""The books of sales and payments: running sums per row, and who bought."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from krn.simulate.buyers import Buyers
from krn.simulate.facts import History, Order, Payment
from krn.simulate.gold import PaymentMix, SalesByCountry, SalesByProduct, SalesDaily
from krn.simulate.ledger import UNKNOWN, Entry, local_date
from krn.simulate.sums import Key, Table, empty, payment_mix, sales_by, sales_daily


@dataclass(slots=True)
class Sales:
    zone: ZoneInfo
    by_channel: Table = field(default_factory=empty)
    by_country: Table = field(default_factory=empty)
    by_product: Table = field(default_factory=empty)
    by_method: Table = field(default_factory=empty)
    buyers: Buyers = field(default_factory=Buyers)

    def enter(self, entry: Entry) -> None:
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

    def refund(self, history: History) -> None:
        for refund in history.refunds:
            channel = (history.order or refund).channel or UNKNOWN
            self.by_channel[local_date(refund, self.zone), refund.currency, channel]["refunds"] += refund.amount

    def count(self, order: Order) -> None:
        day = local_date(order, self.zone)
        key = day, order.currency, order.channel or UNKNOWN
        self.by_channel[key]["orders"] += 1
        self.buyers.add(order, key)
        self.by_country[day, order.country or UNKNOWN, order.currency]["orders"] += 1
        for product_id in {line.product_id for line in order.lines}:
            self.by_product[day, product_id, order.currency]["orders"] += 1

    def pay(self, payments: Iterable[Payment]) -> None:
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

    def copy(self) -> "Sales":
        tables = deepcopy((self.by_channel, self.by_country, self.by_product, self.by_method))
        return Sales(self.zone, *tables, self.buyers.copy())

    def daily(self) -> tuple[SalesDaily, ...]:
        rows = (sales_daily(key, sums, self.buyers.counts(key)) for key, sums in self.by_channel.items())
        return tuple(sorted(rows))

    def per_country(self) -> tuple[SalesByCountry, ...]:
        return tuple(sorted(sales_by(SalesByCountry, *row) for row in self.by_country.items()))

    def per_product(self) -> tuple[SalesByProduct, ...]:
        return tuple(sorted(sales_by(SalesByProduct, *row) for row in self.by_product.items()))

    def per_method(self) -> tuple[PaymentMix, ...]:
        return tuple(sorted(payment_mix(*row) for row in self.by_method.items()))
