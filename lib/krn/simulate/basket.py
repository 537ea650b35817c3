"""How an order is put together: lines, prices, charges on the lines or only in the header."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from krn.simulate.facts import Line, Order, Stamp
from krn.simulate.habits import Habits
from krn.simulate.market import CHANNELS, Customer, Market, Product
from krn.simulate.money import MINOR_UNIT, ZERO, half_up

STATED = ("nowhere", "lines", "header", "both")


@dataclass(frozen=True, slots=True)
class Charge:
    """A discount, tax or freight as the order states it: per line, in the header, in both (lines win) or nowhere."""

    per_line: Sequence[Decimal | None]
    total: Decimal | None
    counts: Decimal


def order(rng: Random, market: Market, habits: Habits, stamp: Stamp, order_id: str) -> Order:
    customer = rng.choices(market.customers, cum_weights=market.customer_weights)[0]
    if rng.random() < habits.empty:
        return Order(stamp, order_id, customer.currency, ZERO, (), customer_id=customer.customer_id)
    return _filled(rng, market, habits, stamp, order_id, customer)


def _filled(rng: Random, market: Market, habits: Habits, stamp: Stamp, order_id: str, customer: Customer) -> Order:
    lines = _lines(rng, market, habits, customer.currency)
    gross = [line.quantity * line.unit_price for line in lines]
    unit = MINOR_UNIT[customer.currency]
    discount = _charge(rng, [half_up(value / 10, unit) for value in gross], (75, 10, 10, 5))
    tax = _charge(rng, [half_up(value / 5, unit) for value in gross], (60, 20, 15, 5))
    freight = _charge(rng, [165 * unit for _ in gross], (40, 15, 40, 5))
    wrong_by = unit * 100 if rng.random() < habits.wrong_totals else ZERO
    return Order(
        stamp,
        order_id,
        customer.currency,
        sum(gross, ZERO) - discount.counts + tax.counts + freight.counts + wrong_by,
        _charged(lines, discount, tax, freight),
        discount.total,
        tax.total,
        freight.total,
        None if rng.random() < habits.guests else customer.customer_id,
        rng.choice(CHANNELS) if rng.random() < habits.elsewhere else customer.channel,
        customer.country,
    )


def _lines(rng: Random, market: Market, habits: Habits, currency: str) -> list[Line]:
    """Line numbers have gaps, and a product may come twice: both are seen in real shops."""
    n = 1 + min(int(rng.expovariate(1 / habits.more_lines)), 30) if habits.more_lines else 1
    products = rng.choices(market.products, cum_weights=market.product_weights, k=n)
    is_sample = rng.random() < habits.samples
    step = rng.choice((1, 1, 1, 10))
    return [_line(rng, step * (i + 1), product, currency, is_sample) for i, product in enumerate(products)]


def _line(rng: Random, line_no: int, product: Product, currency: str, is_sample: bool) -> Line:
    is_free = is_sample or rng.random() < 0.01
    price = ZERO if is_free else product.prices[currency]
    quantity = rng.choice((1, 1, 1, 2, 2, 3, 6, 12))
    return Line(line_no, product.product_id, quantity, price, product.title, product.category)


def _charge(rng: Random, amounts: Sequence[Decimal], weights: Sequence[int]) -> Charge:
    total, none = sum(amounts, ZERO), [None] * len(amounts)
    match rng.choices(STATED, weights)[0]:
        case "lines":
            per_line = [amount if i == 0 or rng.random() < 0.8 else None for i, amount in enumerate(amounts)]
            return Charge(per_line, None, sum(filter(None, per_line), ZERO))
        case "header":
            return Charge(none, total, total)
        case "both":
            return Charge(amounts, total + amounts[0], total)
    return Charge(none, None, ZERO)


def _charged(lines: list[Line], discount: Charge, tax: Charge, freight: Charge) -> tuple[Line, ...]:
    charges = zip(lines, discount.per_line, tax.per_line, freight.per_line, strict=True)
    return tuple(
        Line(ln.line_no, ln.product_id, ln.quantity, ln.unit_price, ln.title, ln.category, d, t, f)
        for ln, d, t, f in charges
    )
