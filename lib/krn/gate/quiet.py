"""Silence for a logger that would write values out of the data."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class _Silence:
    """How many threads ask for it; the first turns the logger off, the last back to what it was."""

    asked: int = 0
    before: int = logging.NOTSET
    lock: Lock = field(default_factory=Lock)

    def begin(self) -> None:
        with self.lock:
            if not self.asked:
                self.before = _loud().level
                _loud().setLevel(logging.CRITICAL + 1)
            self.asked += 1

    def end(self) -> None:
        with self.lock:
            self.asked -= 1
            if not self.asked:
                _loud().setLevel(self.before)


_SILENCE = _Silence()


@contextmanager
def quiet() -> Iterator[None]:
    """Without the tracebacks of Great Expectations, whose messages quote values, until no thread asks for silence."""
    _SILENCE.begin()
    try:
        yield
    finally:
        _SILENCE.end()


def _loud() -> logging.Logger:
    return logging.getLogger("great_expectations")
