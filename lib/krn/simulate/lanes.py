"""Who carries a parcel from where to where, how long that takes and how often it goes wrong."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from krn.simulate.money import MINOR_UNIT


@dataclass(frozen=True, slots=True)
class Lane:
    """`days` is what a parcel usually takes, `stumbles` the share of parcels that meet trouble."""

    carrier: str | None
    origin: str | None
    destination: str | None
    days: float
    stumbles: float


#: By carrier: its share, its pace (1 = usual) and how often it stumbles.
CARRIERS: dict[str | None, tuple[int, float, float]] = {
    "Pigeon Post": (50, 1.0, 0.15),
    "Hare Express": (20, 0.6, 0.12),
    "Tortoise Freight": (24, 1.8, 0.3),
    None: (6, 1.3, 0.25),
}
ORIGINS: dict[str | None, int] = {"Bristol": 60, "Hamburg": 36, None: 4}
NEAR = {"Bristol": ("GB", "IE"), "Hamburg": ("DE", "FR")}
DAYS_NEAR, DAYS_ABROAD, DAYS_OVERSEAS = 1.2, 3.0, 6.5


def lane(rng: Random, country: str | None) -> Lane:
    carrier = rng.choices(list(CARRIERS), [share for share, _, _ in CARRIERS.values()])[0]
    origin = rng.choices(list(ORIGINS), list(ORIGINS.values()))[0]
    _, pace, stumbles = CARRIERS[carrier]
    return Lane(carrier, origin, country, pace * _days(origin, country), stumbles)


def _days(origin: str | None, country: str | None) -> float:
    if country in NEAR.get(origin or "", ()):
        return DAYS_NEAR
    return DAYS_OVERSEAS if country == "JP" else DAYS_ABROAD


def transit(rng: Random, lane: Lane) -> timedelta:
    return timedelta(seconds=int(86_400 * lane.days * rng.lognormvariate(0, 0.35)))


def promised_days(rng: Random, country: str | None) -> int:
    """What a shop dares to promise, short of what its slowest carrier needs."""
    return {"GB": 3, "DE": 4, "JP": 9}.get(country or "", 5) + rng.randint(0, 3)


def cost(rng: Random, lane: Lane, currency: str) -> Decimal:
    return (MINOR_UNIT[currency] * rng.randint(150, 500) * Decimal(str(lane.days))).quantize(MINOR_UNIT[currency])
