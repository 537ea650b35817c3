"""Everybody's attempts to pay in order of time: the honest, their second tries, and the thieves'."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from krn.simulate.cards.attempts import Attempt
from krn.simulate.cards.compromised import Compromised
from krn.simulate.cards.days import Town
from krn.simulate.cards.facts import Episode
from krn.simulate.cards.thieves import KINDS, Kind, Scene


def attempted(rng: Random, town: Town, honest: Iterable[Attempt], n: int) -> Iterator[Attempt]:
    """`honest` attempts, `n` in order of time, and all that comes of them."""
    compromised, beginnings = Compromised(rng), _beginnings(rng, n)
    waiting: list[tuple[datetime, int, Attempt]] = []
    due: list[Kind] = []
    pushed, begun = count(), count(1)

    def follow(attempts: Iterable[Attempt]) -> None:
        for attempt in attempts:
            heapq.heappush(waiting, (attempt.at, next(pushed), attempt))

    for number, attempt in enumerate(honest):
        while waiting and waiting[0][0] <= attempt.at:
            yield heapq.heappop(waiting)[-1]
        seen = compromised.touch(attempt)
        yield seen
        follow(_second_try(rng, seen))
        due += beginnings.get(number, ())
        if seen.till.place:
            for kind in due:
                episode = Episode(f"E{next(begun):06d}", kind.__name__)
                follow(kind(Scene(rng, town, compromised, seen, episode)))
            due.clear()
    yield from (attempt for *_, attempt in sorted(waiting, key=lambda entry: entry[:2]))


def _beginnings(rng: Random, n: int) -> dict[int, list[Kind]]:
    """By the number of an honest payment, what begins there; every kind at least once, however small the town."""
    beginnings = defaultdict(list)
    for kind, per_million in KINDS.items():
        for _ in range(max(1, round(n * per_million / 1_000_000))):
            beginnings[rng.randrange(n // 10, n * 9 // 10 + 1)].append(kind)
    return beginnings


def _second_try(rng: Random, attempt: Attempt) -> Iterator[Attempt]:
    """Two in five holders whose card was declined try it once more."""
    if not attempt.is_approved and not attempt.episode and rng.random() < 0.4:
        at = attempt.at + timedelta(milliseconds=rng.randint(8_000, 240_000))
        yield replace(attempt, at=at, is_approved=rng.random() < 0.6)
