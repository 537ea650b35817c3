"""What the shop tells of its customers and products: all it knows at first, then, slowly, what changes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from krn.simulate.facts import CustomerTold, History, ProductTold
from krn.simulate.habits import Habits
from krn.simulate.market import LOOKS, Customer, Market, Product
from krn.simulate.money import FOUR_PLACES, half_up
from krn.simulate.stamps import BACK_OFFICE, stamp

CITIES = {"GB": ("Leeds", "Bath"), "DE": ("Ulm", "Kiel"), "FR": ("Lyon", "Metz"), "IE": ("Cork",), "JP": ("Kōbe",)}
SEGMENTS = (None, "trade", "club", "staff")
FIRST_NAMES = ("Ada", "Bo", "Cleo", "Dag", "Eve", "Finn")
MILLISECOND = timedelta(milliseconds=1)
SomeTold = TypeVar("SomeTold", CustomerTold, ProductTold)
Some = TypeVar("Some")


def masters(rng: Random, market: Market, habits: Habits, start: datetime, days: int) -> Iterator[History]:
    """Every version, by its time, of most customers and of as many products, those that sell best."""
    known = [_first_customer(rng, customer, start) for customer in _some(rng, market.customers, habits)]
    sold = [
        _first_product(rng, product, start) for product in _some(rng, market.products[: len(market.customers)], habits)
    ]
    end = start + timedelta(days=days)
    versions: list[CustomerTold | ProductTold] = []
    for customer in known:
        versions += _versions(rng, customer, _changed_customer, end, habits)
    for product in sold:
        versions += _versions(rng, product, _changed_product, end, habits)
    return (History(told=(told,)) for told in sorted(versions, key=lambda told: told.stamp))


def _some(rng: Random, all_of: Sequence[Some], habits: Habits) -> list[Some]:
    return [one for one in all_of if rng.random() < habits.told]


def _versions(
    rng: Random, first: SomeTold, change: Callable[[Random, SomeTold], SomeTold], end: datetime, habits: Habits
) -> Iterator[SomeTold]:
    """Half of all that change do so again; one change in ten is told days after it came true."""
    told = first
    yield told
    chance = habits.changes
    while rng.random() < chance:
        at = told.stamp.at + timedelta(milliseconds=rng.randint(1, max(1, (end - told.stamp.at) // MILLISECOND)))
        late = timedelta(seconds=rng.randint(3600, 10 * 86_400)) if rng.random() < 0.1 else timedelta(0)
        told = replace(change(rng, told), stamp=stamp(rng, at, BACK_OFFICE), told_after=late)
        yield told
        chance = 0.5


def _first_customer(rng: Random, customer: Customer, start: datetime) -> CustomerTold:
    """Nobody's name, and an address in the domain that is kept for examples."""
    number = customer.customer_id.lower()
    name = f"{rng.choice(FIRST_NAMES)} Example-{number}"
    at = start + timedelta(seconds=rng.choice((0, rng.randint(0, 10 * 86_400))))
    return CustomerTold(
        stamp(rng, at, BACK_OFFICE),
        customer.customer_id,
        name,
        f"{number}@example.org",
        customer.country,
        rng.choice(CITIES.get(customer.country or "", (None,))),
        rng.choice(SEGMENTS),
        rng.choice((None, True, False)),
    )


def _changed_customer(rng: Random, told: CustomerTold) -> CustomerTold:
    match rng.randint(1, 4):
        case 1:
            return replace(told, city=_other(rng, ("Nowhere", "Elsewhere", "Overthere"), told.city))
        case 2:
            return replace(told, segment=_other(rng, SEGMENTS, told.segment))
        case 3:
            return replace(told, email=f"new-{told.email}")
    return replace(told, marketing_ok=not told.marketing_ok)


def _first_product(rng: Random, product: Product, start: datetime) -> ProductTold:
    made, price = stamp(rng, start, BACK_OFFICE), product.prices["GBP"]
    brand = rng.choice((None, "Acme", "Example & Sons"))
    return ProductTold(made, product.product_id, product.title, product.category, brand, price, "GBP", True)


def _changed_product(rng: Random, told: ProductTold) -> ProductTold:
    """What old orders say of it stays as it was."""
    assert told.list_price
    match rng.randint(1, 3):
        case 1:
            return replace(told, list_price=half_up(told.list_price * rng.choice((8, 9, 11, 12)) / 10 + FOUR_PLACES))
        case 2:
            return replace(told, title=f"{_other(rng, LOOKS, told.title.split()[0])} {told.title.split()[-1]}")
    return replace(told, active=not told.active)


def _other(rng: Random, choices: Sequence[Some], now: Some) -> Some:
    return rng.choice([choice for choice in choices if choice != now])
