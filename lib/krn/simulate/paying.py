"""How an order is paid: at once, in parts, too little, too much, after a failure or never."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random

from krn.simulate.facts import Order, Payment, Stamp
from krn.simulate.money import MINOR_UNIT, half_up
from krn.simulate.stamps import PAYMENTS, stamp

METHODS = ("card", "paypal", "invoice", "voucher")


def payments(rng: Random, order: Order) -> tuple[Payment, ...]:
    if not order.order_total:
        return ()
    return rng.choices(list(WAYS), list(WAYS.values()))[0](rng, order)


def _at_once(rng: Random, order: Order) -> tuple[Payment, ...]:
    return (_payment(rng, order, 1, order.order_total),)


def _in_parts(rng: Random, order: Order) -> tuple[Payment, ...]:
    first = _part(order, 3)
    return (_payment(rng, order, 1, first), _payment(rng, order, 2, order.order_total - first))


def _too_little(rng: Random, order: Order) -> tuple[Payment, ...]:
    return (_payment(rng, order, 1, _part(order, 2)),)


def _too_much(rng: Random, order: Order) -> tuple[Payment, ...]:
    return (_payment(rng, order, 1, order.order_total + 500 * MINOR_UNIT[order.currency]),)


def _failed_then_received(rng: Random, order: Order) -> tuple[Payment, ...]:
    """One payment_id for both: the second attempt of the same payment, hours later."""
    failed = _payment(rng, order, 1, order.order_total, is_received=False)
    at = failed.stamp.at + timedelta(minutes=rng.randint(1, 2000))
    return (failed, _made(order, stamp(rng, at, PAYMENTS), 1, order.order_total, failed.method, True, None))


def _failed_then_another(rng: Random, order: Order) -> tuple[Payment, ...]:
    failed = _payment(rng, order, 1, order.order_total, is_received=False)
    return (failed, _payment(rng, order, 2, order.order_total))


def _failed(rng: Random, order: Order) -> tuple[Payment, ...]:
    return (_payment(rng, order, 1, order.order_total, is_received=False),)


WAYS: dict[Callable[[Random, Order], tuple[Payment, ...]], int] = {
    _at_once: 70, _in_parts: 8, _too_little: 5, _too_much: 3,
    _failed_then_received: 5, _failed_then_another: 5, _failed: 4,
}  # fmt: skip


def _part(order: Order, parts: int) -> Decimal:
    return half_up(order.order_total / parts, MINOR_UNIT[order.currency])


def _payment(rng: Random, order: Order, number: int, amount: Decimal, is_received: bool = True) -> Payment:
    at = order.stamp.at + timedelta(seconds=rng.randint(5, 90_000))
    installments = rng.choice((None, None, 1, 3, 10))
    return _made(order, stamp(rng, at, PAYMENTS), number, amount, rng.choice(METHODS), is_received, installments)


def _made(
    order: Order, made: Stamp, number: int, amount: Decimal, method: str, is_received: bool, installments: int | None
) -> Payment:
    payment_id = f"P-{order.order_id}-{number}"
    return Payment(made, payment_id, order.order_id, amount, order.currency, method, is_received, installments)
