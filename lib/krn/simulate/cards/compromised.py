"""Terminals in a thief's hands: for weeks, part of what is paid there is fraud, at prices like any other's."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from krn.simulate.cards.attempts import Attempt
from krn.simulate.cards.facts import Episode


@dataclass(frozen=True, slots=True)
class Compromise:
    until: datetime
    share: float
    episode: Episode


class Compromised:
    """Those that have been so far, by terminal."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._terminals: dict[str | None, Compromise] = {}

    def begin(self, seen: Attempt, episode: Episode) -> None:
        until = seen.at + timedelta(days=self._rng.uniform(12, 35))
        self._terminals[seen.till.terminal_id] = Compromise(until, self._rng.uniform(0.35, 0.95), episode)

    def touch(self, attempt: Attempt) -> Attempt:
        """The attempt as it comes out: a thief's, perhaps, if it is made at one of these terminals."""
        found = self._terminals.get(attempt.till.terminal_id)
        if found is None or attempt.at > found.until or self._rng.random() >= found.share:
            return attempt
        return replace(attempt, episode=found.episode)
