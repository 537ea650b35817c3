"""The honest days of a town: people shop near home or on the net, and travel now and then."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

from krn.simulate.cards.attempts import Attempt, honest
from krn.simulate.cards.holders import Holder, Holders
from krn.simulate.cards.places import AWAY, Place
from krn.simulate.cards.tills import Till, Tills
from krn.simulate.seasons import moment, per_day

WEEKDAYS = (0.95, 0.95, 1.0, 1.05, 1.2, 1.25, 0.75)


@dataclass(frozen=True, slots=True)
class Trip:
    """The first and the last day are spent on the way, without a till."""

    first: int
    last: int
    place: Place


@dataclass(frozen=True, slots=True)
class Town:
    tills: Tills
    holders: Holders
    trips: dict[str, Trip] = field(default_factory=dict)


def honest_days(rng: Random, town: Town, n: int, start: date, days: int, zone: ZoneInfo) -> Iterator[Attempt]:
    """`n` payments over `days` local days, earliest first."""
    for day, paid in enumerate(per_day(rng, start, days, n, _bustle)):
        payers = _payers(rng, town.holders, day, paid)
        attempts = [_attempt(rng, town, holder, day, start, zone) for holder in payers]
        yield from sorted(attempts, key=lambda attempt: attempt.at)


def _bustle(day: date) -> float:
    """More towards the weekend, after payday and before Christmas."""
    payday = 1.2 if day.day >= 27 or day.day <= 3 else 1.0
    return WEEKDAYS[day.weekday()] * payday * (1.3 if day.month == 12 else 1.0)


def _payers(rng: Random, holders: Holders, day: int, n: int) -> list[Holder]:
    """Of those who have a card by that day."""
    known = max(1, bisect_right(holders.since, day))
    return rng.choices(holders.all[:known], cum_weights=holders.weights[:known], k=n)


def _attempt(rng: Random, town: Town, holder: Holder, day: int, start: date, zone: ZoneInfo) -> Attempt:
    at = moment(rng, start + timedelta(day), zone, holder.hours_so_far)
    return honest(rng, at, holder, _till(rng, town, holder, day))


def _till(rng: Random, town: Town, holder: Holder, day: int) -> Till:
    trip = _trip(rng, town.trips, holder, day)
    if rng.random() < holder.online or (trip and day in (trip.first, trip.last)):
        return town.tills.online(rng)
    if trip and trip.first < day < trip.last:
        return town.tills.in_city(rng, trip.place)
    return rng.choice(holder.tills) if rng.random() < 0.85 else town.tills.in_city(rng, holder.home)


def _trip(rng: Random, trips: dict[str, Trip], holder: Holder, day: int) -> Trip | None:
    """The last one, or one that begins tomorrow: today is spent at home, whatever is still paid."""
    last = trips.get(holder.card_id)
    if (last is None or last.last < day) and rng.random() < 0.006:
        first = day + 1
        trips[holder.card_id] = last = Trip(first, first + rng.randint(3, 12), rng.choice(AWAY))
    return last
