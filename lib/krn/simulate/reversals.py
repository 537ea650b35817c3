"""How an order is undone: cancelled in part or whole, goods sent back, money returned, and what shops get wrong."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random

from krn.simulate.facts import Cancellation, Order, Refund, RefundLine
from krn.simulate.money import MINOR_UNIT, half_up
from krn.simulate.undoing import after, back, by_product, cancel, refund, some

Undone = tuple[tuple[Cancellation, ...], tuple[Refund, ...]]


def reversals(rng: Random, order: Order) -> Undone:
    if not order.lines:
        return (), ()
    return rng.choices(list(STORIES), list(STORIES.values()))[0](rng, order)


def _cancelled(rng: Random, order: Order) -> Undone:
    return (cancel(rng, order),), ()


def _partly_cancelled(rng: Random, order: Order) -> Undone:
    return (cancel(rng, order, some(rng, order)),), ()


def _partly_cancelled_then_wholly(rng: Random, order: Order) -> Undone:
    first = cancel(rng, order, some(rng, order))
    return (first, cancel(rng, order, at=after(rng, first.stamp.at))), ()


def _cancelled_twice_the_same(rng: Random, order: Order) -> Undone:
    """Two events, so two cancellations: the second takes what the first left, and may find nothing."""
    first = cancel(rng, order, some(rng, order))
    return (first, cancel(rng, order, first.lines, after(rng, first.stamp.at))), ()


def _cancelled_then_refunded(rng: Random, order: Order) -> Undone:
    """The same units twice, sometimes at the same instant: they count once."""
    cancelled = cancel(rng, order)
    at = rng.choice((cancelled.stamp.at, after(rng, cancelled.stamp.at)))
    return (cancelled,), (refund(rng, order, back(order.lines), at=at),)


def _partly_cancelled_then_all_refunded(rng: Random, order: Order) -> Undone:
    cancelled = cancel(rng, order, some(rng, order))
    return (cancelled,), (refund(rng, order, by_product(order), at=after(rng, cancelled.stamp.at)),)


def _goods_came_back(rng: Random, order: Order) -> Undone:
    wanted = dict(some(rng, order))
    lines = [line for line in order.lines if line.line_no in wanted]
    return (), (refund(rng, order, back(lines, wanted)),)


def _products_came_back(rng: Random, order: Order) -> Undone:
    return (), (refund(rng, order, rng.sample(by_product(order), k=1)),)


def _everything_came_back(rng: Random, order: Order) -> Undone:
    return (), (refund(rng, order, back(order.lines)),)


def _came_back_in_two_parcels(rng: Random, order: Order) -> Undone:
    first = refund(rng, order, rng.sample(by_product(order), k=1))
    return (), (first, refund(rng, order, back(order.lines), 2, after(rng, first.stamp.at)))


def _more_than_was_ordered(rng: Random, order: Order) -> Undone:
    line = rng.choice(order.lines)
    back = RefundLine(line.product_id, line.quantity + 2, line.unit_price, rng.choice((None, line.line_no)))
    return (), (refund(rng, order, [back]),)


def _another_product(rng: Random, order: Order) -> Undone:
    return (), (refund(rng, order, [RefundLine("SKU-FOREIGN", 1, MINOR_UNIT[order.currency] * 500)]),)


def _below_the_price(rng: Random, order: Order) -> Undone:
    return (), (refund(rng, order, back(order.lines, price=Decimal("0.8"))),)


def _money_only(rng: Random, order: Order) -> Undone:
    amount = half_up(order.order_total / 10, MINOR_UNIT[order.currency])
    return (), (refund(rng, order, (), amount=amount),)


def _in_another_currency(rng: Random, order: Order) -> Undone:
    """With goods, or money only."""
    currency, price = ("EUR" if order.currency != "EUR" else "GBP"), Decimal("7.50")
    lines = rng.choice(((), (RefundLine(order.lines[0].product_id, 1, price),)))
    return (), (refund(rng, order, lines, amount=price, currency=currency),)


def _refund_stamped_before_its_order(rng: Random, order: Order) -> Undone:
    """The returns desk's clock is slow."""
    at = order.stamp.at - timedelta(minutes=rng.randint(1, 50))
    return (), (refund(rng, order, back(order.lines[:1]), at=at),)


STORIES: dict[Callable[[Random, Order], Undone], int] = {
    _cancelled: 16, _partly_cancelled: 14, _partly_cancelled_then_wholly: 3, _cancelled_twice_the_same: 3,
    _cancelled_then_refunded: 6, _partly_cancelled_then_all_refunded: 5, _goods_came_back: 18, _products_came_back: 10,
    _everything_came_back: 6, _came_back_in_two_parcels: 3, _more_than_was_ordered: 2, _another_product: 2,
    _below_the_price: 3, _money_only: 6, _in_another_currency: 2, _refund_stamped_before_its_order: 2,
}  # fmt: skip
