"""Makes the cancellations and refunds that the stories of reversals tell of."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from krn.simulate.facts import Cancellation, Line, Order, Refund, RefundLine
from krn.simulate.money import ZERO, half_up
from krn.simulate.stamps import ORDERS, RETURNS, stamp


def stray(rng: Random, number: int, at: datetime) -> Refund:
    """A refund of an order that nobody knows: another system's, or none at all."""
    order_id = rng.choice((None, f"GONE-{number}"))
    line = RefundLine(f"SKU-{rng.randint(1, 40):04d}", rng.randint(1, 3), Decimal(rng.randint(100, 5000)) / 100)
    currency, channel, country = rng.choice((("GBP", "web", "GB"), ("EUR", None, "FR"), ("EUR", "store", None)))
    lines = (line,) if rng.random() < 0.7 else ()
    amount = line.quantity * line.unit_price
    made_at = stamp(rng, at, RETURNS)
    return Refund(made_at, f"R-STRAY-{number}", amount, currency, order_id, lines, channel, country)


def after(rng: Random, at: datetime) -> datetime:
    return at + timedelta(seconds=rng.randint(60, 20 * 86_400))


def some(rng: Random, order: Order) -> tuple[tuple[int, int], ...]:
    lines = rng.sample(order.lines, k=rng.randint(1, len(order.lines)))
    return tuple((line.line_no, rng.randint(1, line.quantity)) for line in lines)


def cancel(
    rng: Random, order: Order, lines: tuple[tuple[int, int], ...] | None = None, at: datetime | None = None
) -> Cancellation:
    at = at or order.stamp.at + timedelta(seconds=rng.randint(30, 2 * 86_400))
    return Cancellation(stamp(rng, at, ORDERS), order.order_id, lines)


def back(lines: Iterable[Line], wanted: dict[int, int] | None = None, price: Decimal = Decimal(1)) -> list[RefundLine]:
    return [
        RefundLine(
            line.product_id,
            (wanted or {}).get(line.line_no, line.quantity),
            half_up(line.unit_price * price),
            line.line_no,
        )
        for line in lines
    ]


def by_product(order: Order) -> list[RefundLine]:
    """All units of each product, without saying of which line: a product that comes twice fills two lines."""
    prices = {line.product_id: line.unit_price for line in order.lines}
    units = {product: sum(line.quantity for line in order.lines if line.product_id == product) for product in prices}
    return [RefundLine(product, units[product], price) for product, price in prices.items()]


def refund(
    rng: Random,
    order: Order,
    lines: Iterable[RefundLine],
    number: int = 1,
    at: datetime | None = None,
    amount: Decimal | None = None,
    currency: str | None = None,
) -> Refund:
    """The returns desk has a channel and a country of its own, which count only where the order is unknown."""
    lines = tuple(lines)
    goods = sum((line.quantity * line.unit_price for line in lines), ZERO)
    return Refund(
        stamp(rng, at or after(rng, order.stamp.at), RETURNS),
        f"R-{order.order_id}-{number}",
        goods if amount is None else amount,
        currency or order.currency,
        order.order_id,
        lines,
        rng.choice((None, "store", order.channel)),
        rng.choice((None, order.country)),
    )
