"""Discount, tax and freight per line, whether the lines state them or only the header."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from krn.simulate.facts import Order
from krn.simulate.money import ZERO, half_up


@dataclass(frozen=True, slots=True)
class Charges:
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    freight: Decimal = ZERO


def charges_of(order: Order) -> dict[int, Charges]:
    """By line_no."""
    discount = _allocated(order, [line.discount for line in order.lines], order.discount_total)
    tax = _allocated(order, [line.tax for line in order.lines], order.tax_total)
    freight = _allocated(order, [line.freight for line in order.lines], order.freight_total)
    return {line.line_no: Charges(*parts) for line, *parts in zip(order.lines, discount, tax, freight, strict=True)}


def _allocated(order: Order, stated: Sequence[Decimal | None], total: Decimal | None) -> list[Decimal]:
    """Line amounts win; a total that only the header states is shared by value, and the largest line takes the rest."""
    if not total or any(amount is not None for amount in stated):
        return [amount or ZERO for amount in stated]
    values = [line.quantity * line.unit_price for line in order.lines]
    weights = values if any(values) else [Decimal(line.quantity) for line in order.lines]
    shares = [half_up(total * weight / sum(weights)) for weight in weights]
    if shares:
        largest = max(range(len(shares)), key=lambda i: (weights[i], -order.lines[i].line_no))
        shares[largest] += total - sum(shares)
    return shares
