"""Who holds a card: where they live, when they pay, how much and with what."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate
from random import Random

from krn.simulate.cards.places import HOMES, Place
from krn.simulate.cards.tills import Till, Tills
from krn.simulate.market import UNITS_PER_POUND
from krn.simulate.money import MINOR_UNIT

#: By way of life: the share of the holders, and when in a day they pay.
RHYTHMS = (
    (55, (1, 0, 0, 0, 0, 1, 4, 9, 7, 3, 3, 4, 10, 7, 3, 3, 5, 11, 14, 11, 8, 6, 4, 2)),
    (33, (0, 0, 0, 0, 0, 0, 1, 3, 7, 12, 14, 12, 9, 7, 8, 9, 8, 6, 4, 3, 2, 1, 1, 0)),
    (12, (9, 8, 6, 4, 3, 2, 2, 2, 1, 1, 1, 2, 3, 4, 4, 4, 5, 5, 6, 7, 8, 9, 10, 10)),
)
RHYTHM_WEIGHTS = tuple(share for share, _ in RHYTHMS)
HOURS_SO_FAR = tuple(tuple(accumulate(hours)) for _, hours in RHYTHMS)


@dataclass(frozen=True, slots=True)
class Holder:
    """`usual` is the amount of half of their payments, in the currency of their home, at a till of usual prices."""

    card_id: str
    customer_id: str
    home: Place
    usual: float
    spread: float
    hours_so_far: tuple[int, ...]
    online: float
    device_id: str
    ip: str
    tills: tuple[Till, ...]


@dataclass(frozen=True, slots=True)
class Holders:
    """Holders by the day of their first payment, with cumulative weights: few pay often, many seldom."""

    all: tuple[Holder, ...]
    weights: tuple[float, ...]
    since: tuple[int, ...]


def holders(rng: Random, tills: Tills, n: int, days: int) -> Holders:
    """Nine in ten are there from the first day on; two in a hundred share somebody's device."""
    known = [holder(rng, tills, f"{number:06d}") for number in range(1, n + 1)]
    shared = (_beside(one, rng.choice(known)) if rng.random() < 0.02 else one for one in known)
    since = sorted(0 if rng.random() < 0.9 else rng.randrange(days) for _ in known)
    return Holders(tuple(shared), tuple(accumulate(rng.lognormvariate(0, 0.6) for _ in known)), tuple(since))


def holder(rng: Random, tills: Tills, number: str) -> Holder:
    """Somebody with a favourite few of the tills at home."""
    home = rng.choices(list(HOMES), list(HOMES.values()))[0]
    return Holder(
        f"card-{rng.getrandbits(48):012x}",
        f"H{number}",
        home,
        rng.lognormvariate(3.0, 0.5) * float(UNITS_PER_POUND[home.currency]),
        rng.uniform(0.12, 0.32),
        rng.choices(HOURS_SO_FAR, RHYTHM_WEIGHTS)[0],
        rng.betavariate(2, 4),
        device(rng),
        address(rng),
        tuple(tills.in_city(rng, home) for _ in range(rng.randint(4, 9))),
    )


def _beside(one: Holder, other: Holder) -> Holder:
    return replace(one, device_id=other.device_id, ip=other.ip)


def device(rng: Random) -> str:
    return f"dev-{rng.getrandbits(48):012x}"


def address(rng: Random) -> str:
    """In 100.64.0.0/10, which belongs to nobody; small enough for some to share one."""
    return f"100.{64 + rng.getrandbits(2)}.{rng.getrandbits(8)}.{rng.getrandbits(8)}"


def money(amount: float, currency: str) -> Decimal:
    """At least one of the currency's smallest unit."""
    unit = MINOR_UNIT[currency]
    return max(1, round(amount / float(unit))) * unit


def exchanged(amount: float, currency: str, into: str) -> float:
    return amount * float(UNITS_PER_POUND[into] / UNITS_PER_POUND[currency])
