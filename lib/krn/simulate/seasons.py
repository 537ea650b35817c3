"""When orders and payments come: by weekday and local hour, on local days that may have 23 or 25 hours."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

WEEKDAYS = (1.0, 1.05, 1.1, 1.2, 1.0, 0.7, 0.5)
HOURS = (3, 2, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 9, 8, 8, 8, 7, 8, 10, 11, 10, 7, 4)
HOURS_SO_FAR = tuple(accumulate(HOURS))


def moments(rng: Random, start: date, days: int, orders: int, zone: ZoneInfo) -> Iterator[datetime]:
    """The instants (UTC, milliseconds) of `orders` orders over `days` local days, earliest first."""
    for day, n in enumerate(per_day(rng, start, days, orders, lambda day: WEEKDAYS[day.weekday()])):
        yield from sorted(moment(rng, start + timedelta(day), zone) for _ in range(n))


def per_day(rng: Random, start: date, days: int, n: int, bustle: Callable[[date], float]) -> list[int]:
    """How many of `n` fall on each of `days` days, of which each has its bustle and its luck."""
    weights = [bustle(start + timedelta(day)) * rng.uniform(0.8, 1.2) for day in range(days)]
    drawn = Counter(rng.choices(range(days), weights, k=n))
    return [drawn[day] for day in range(days)]


def moment(rng: Random, day: date, zone: ZoneInfo, hours_so_far: Sequence[int] = HOURS_SO_FAR) -> datetime:
    hour = rng.choices(range(24), cum_weights=hours_so_far)[0]
    local = datetime.combine(day, time(hour), zone).replace(fold=rng.getrandbits(1))
    return local.astimezone(UTC) + timedelta(milliseconds=rng.randrange(3_600_000))
