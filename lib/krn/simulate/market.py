"""What the shop sells and to whom: a few products sell most, a few customers come back often."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from random import Random

from krn.simulate.money import MINOR_UNIT, half_up

KINDS = {"kitchen": ("Mug", "Bowl", "Teapot"), "garden": ("Lantern", "Trowel", "Planter"),
         "paper": ("Card", "Notebook", "Label"), "toys": ("Top", "Kite", "Puzzle")}  # fmt: skip
LOOKS = ("Red", "Blue", "Striped", "Spotted", "Vintage", "Tiny", "Large", "Café")
COUNTRIES = {"GB": "GBP", "DE": "EUR", "FR": "EUR", "IE": "EUR", "JP": "JPY", None: "GBP"}
COUNTRY_WEIGHTS = (55, 15, 10, 5, 10, 5)
CHANNELS = ("web", "store", None)
UNITS_PER_POUND = {"GBP": Decimal(1), "EUR": Decimal("1.17"), "JPY": Decimal(190)}


@dataclass(frozen=True, slots=True)
class Product:
    product_id: str
    title: str
    category: str
    prices: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Customer:
    customer_id: str
    country: str | None
    currency: str
    channel: str | None


@dataclass(frozen=True, slots=True)
class Market:
    """Products and customers, best first, with cumulative weights to draw them by."""

    products: tuple[Product, ...]
    product_weights: tuple[float, ...]
    customers: tuple[Customer, ...]
    customer_weights: tuple[float, ...]


def market(rng: Random, n_products: int, n_customers: int) -> Market:
    products = tuple(_product(rng, number) for number in range(1, n_products + 1))
    customers = tuple(_customer(rng, number) for number in range(1, n_customers + 1))
    return Market(products, _pareto(n_products, 1.1), customers, _pareto(n_customers, 0.6))


def _pareto(n: int, slope: float) -> tuple[float, ...]:
    return tuple(accumulate(1 / rank**slope for rank in range(1, n + 1)))


def _product(rng: Random, number: int) -> Product:
    category = rng.choice(list(KINDS))
    title = f"{rng.choice(LOOKS)} {rng.choice(KINDS[category])}"
    return Product(f"SKU-{number:04d}", title, category, _prices(rng))


def _prices(rng: Random) -> dict[str, Decimal]:
    """Most prices are in minor units; one product in ten is sold by the piece at a fraction of a cent."""
    pounds = Decimal(rng.randint(50, 6000)) / 100
    if rng.random() < 0.1:
        return {"GBP": half_up(pounds / 97), "EUR": half_up(pounds / 83), "JPY": half_up(pounds + 1, MINOR_UNIT["JPY"])}
    return {currency: half_up(pounds * rate, MINOR_UNIT[currency]) for currency, rate in UNITS_PER_POUND.items()}


def _customer(rng: Random, number: int) -> Customer:
    country = rng.choices(list(COUNTRIES), COUNTRY_WEIGHTS)[0]
    channel = rng.choices(CHANNELS, (70, 22, 8))[0]
    return Customer(f"C{number:06d}", country, COUNTRIES[country], channel)
