"""Running sums become the rows of sales and payments."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from krn.simulate.gold import PaymentMix, SalesByCountry, SalesByProduct, SalesDaily
from krn.simulate.money import half_up, ratio

Key = tuple[date, str, str]
Sums = defaultdict[str, Decimal]
Table = defaultdict[Key, Sums]
ByDay = TypeVar("ByDay", SalesByCountry, SalesByProduct)


def empty() -> Table:
    return defaultdict(lambda: defaultdict(Decimal))


def sales_by(row: Callable[..., ByDay], key: Key, sums: Sums) -> ByDay:
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


def sales_daily(key: Key, sums: Sums, customers: tuple[int, int]) -> SalesDaily:
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
        *customers,
    )


def payment_mix(key: Key, sums: Sums) -> PaymentMix:
    return PaymentMix(
        *key,
        int(sums["payments"]),
        int(sums["orders"]),
        half_up(sums["amount"]),
        int(sums["failed"]),
        ratio(sums["failed"], sums["payments"] + sums["failed"]),
        ratio(sums["installments"], sums["with_installments"]),
    )
