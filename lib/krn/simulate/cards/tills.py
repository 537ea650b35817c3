"""Where cards pay: terminals in town and shops on the net, each of a trade with its level of prices."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from random import Random

from krn.simulate.cards.places import AWAY, HOMES, Place, near

POS, ONLINE = "pos", "online"
#: By merchant category code: the share of the merchants, and their prices (1 = what a holder usually spends).
TRADES = {
    POS: {"5411": (32, 0.95), "5814": (24, 0.7), "5541": (11, 1.3), "5812": (15, 1.15), "5912": (10, 0.8),
          "5651": (7, 1.4), "5732": (1, 2.4)},
    ONLINE: {"5815": (30, 0.75), "5999": (38, 1.0), "5816": (12, 0.8), "5947": (9, 1.1), "4121": (9, 0.85),
             "4722": (2, 2.6)},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Till:
    """A terminal of a merchant, or a shop on the net: that one has no place, and half of them no terminal."""

    merchant_id: str
    terminal_id: str | None
    mcc: str
    prices: float
    place: Place | None = None
    lat: float | None = None
    lon: float | None = None

    @property
    def channel(self) -> str:
        return POS if self.place else ONLINE


@dataclass(frozen=True, slots=True)
class Tills:
    """Every till by its city; those on the net with cumulative weights: well known or cheap is drawn most."""

    in_town: dict[str, tuple[Till, ...]]
    on_the_net: tuple[Till, ...]
    net_weights: tuple[float, ...]

    def in_city(self, rng: Random, place: Place) -> Till:
        return rng.choice(self.in_town[place.city])

    def online(self, rng: Random) -> Till:
        return rng.choices(self.on_the_net, cum_weights=self.net_weights)[0]


def tills(rng: Random, n_terminals: int) -> Tills:
    """About `n_terminals` in the cities where people live, a few in each of the others."""
    in_town = {}
    for place, share in HOMES.items():
        in_town[place.city] = _terminals(rng, place, max(3, n_terminals * share // sum(HOMES.values())))
    for place in AWAY:
        in_town[place.city] = _terminals(rng, place, 6)
    on_the_net = tuple(_shop(rng, number) for number in range(1, max(12, n_terminals // 6) + 1))
    weights = tuple(accumulate(1 / rank**0.8 / till.prices**2 for rank, till in enumerate(on_the_net, 1)))
    return Tills(in_town, on_the_net, weights)


def _terminals(rng: Random, place: Place, n: int) -> tuple[Till, ...]:
    return tuple(islice(_of_merchants(rng, place), n))


def _of_merchants(rng: Random, place: Place) -> Iterator[Till]:
    """One merchant in four has more than one terminal, all under one roof."""
    number = 0
    while True:
        number += 1
        merchant_id = f"M-{place.city[:3].upper()}-{number:04d}"
        mcc, prices = _trade(rng, POS)
        lat, lon = near(rng, place)
        for terminal in range(1, rng.choice((1, 1, 1, 3)) + 1):
            yield Till(merchant_id, f"T{merchant_id[1:]}-{terminal}", mcc, prices, place, lat, lon)


def _shop(rng: Random, number: int) -> Till:
    mcc, prices = _trade(rng, ONLINE)
    return Till(f"M-NET-{number:04d}", rng.choice((None, f"T-NET-{number:04d}")), mcc, prices)


def _trade(rng: Random, channel: str) -> tuple[str, float]:
    trades = TRADES[channel]
    mcc = rng.choices(list(trades), [share for share, _ in trades.values()])[0]
    return mcc, trades[mcc][1]
