"""Fill one round with parallel calls: a budget, a scout at an empty queue, patience with a busy broker."""

import random
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from krn.errors import KrnError, Unreachable
from krn.sources.delivery import Budget, Delivery, Round, Stop

CALL_MESSAGES = 10
#: What one call may bring at most, where all of it comes from the queue; reserved while it is under way.
CALL_BYTES = CALL_MESSAGES * 2**20
#: Empty answers of the scout that prove a queue empty: one alone may be a shard that had nothing.
EMPTY_POLLS = 2
#: Failed calls in a row after which patience ends; each was retried by the client before.
FAILURES = 5
LONGEST_PAUSE_S = 5.0

Poll = Callable[[int], list[Delivery]]


class Impatient(Exception):
    """The broker asked for patience: throttled, overloaded or out of reach for a moment."""


def pull(poll: Poll, budget: Budget, threads: int, stop: Stop, call_bytes: int = CALL_BYTES) -> Round:
    """One round from `poll(n)`, up to n deliveries and `call_bytes`; up to `threads` calls are under way at a time.

    A call under way is always waited for: what it brings would otherwise be hidden without an owner. Raises what
    `poll` raised when nothing is in hand; else the round ends, so that what is in hand becomes durable first.
    """
    filling = _Filling(budget, threads, stop, call_bytes)
    with ThreadPoolExecutor(threads) as pool:
        while True:
            while ask := filling.next_call():
                filling.calls[pool.submit(poll, ask)] = filling.idle
            if not filling.calls:
                return filling.result()
            for call in wait(filling.calls, return_when=FIRST_COMPLETED).done:
                filling.take(call, scouting=filling.calls.pop(call))


class _Filling:
    """The round so far. Only the coordinating thread touches it."""

    def __init__(self, budget: Budget, threads: int, stop: Stop, call_bytes: int) -> None:
        self._budget, self._threads, self._stop, self._call_bytes = budget, threads, stop, call_bytes
        self._deadline = time.monotonic() + budget.seconds
        self._got: dict[str, Delivery] = {}
        self._bytes = self._empty = self._failures = 0
        self._ended = ""
        self._error: KrnError | None = None
        self.calls: dict[Future[list[Delivery]], bool] = {}
        self.idle = False

    def next_call(self) -> int:
        """How many messages one more call may ask for; 0 = no call now."""
        self._ended = self._ended or self._limit()
        if self._ended or len(self.calls) >= (1 if self.idle else self._threads):
            return 0
        under_way = len(self.calls)
        if under_way and self._bytes + (under_way + 1) * self._call_bytes > self._budget.bytes:
            return 0
        return max(0, min(CALL_MESSAGES, self._budget.messages - len(self._got) - under_way * CALL_MESSAGES))

    def _limit(self) -> str:
        if self._stop():
            return "stopped"
        if len(self._got) >= self._budget.messages:
            return "messages"
        if self._got and not self.calls and self._bytes + self._call_bytes > self._budget.bytes:
            return "bytes"
        return "seconds" if time.monotonic() >= self._deadline else ""

    def take(self, call: Future[list[Delivery]], scouting: bool) -> None:
        try:
            got = call.result()
        except Impatient as busy:
            self._pause(busy)
        except KrnError as refused:
            self._ended, self._error = "error", refused
        else:
            self._failures = 0
            self._keep(got, scouting)

    def _keep(self, got: list[Delivery], scouting: bool) -> None:
        for delivery in got:
            if delivery.id not in self._got:
                self._bytes += len(delivery.body)
            self._got[delivery.id] = delivery  # the newest receipt is the one that acknowledges
        self._empty = 0 if got else self._empty + scouting
        self.idle = not got
        if self._empty >= EMPTY_POLLS:
            self._ended = self._ended or "empty"

    def _pause(self, busy: Impatient) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._ended = "error"
            self._error = Unreachable(f"{busy}; {FAILURES} calls in a row failed.", "run again when the broker answers")
            return
        pause = min(LONGEST_PAUSE_S, 0.2 * 2**self._failures) * random.uniform(0.5, 1)  # noqa: S311 - jitter
        time.sleep(max(0.0, min(pause, self._deadline - time.monotonic())))

    def result(self) -> Round:
        if self._error is not None and not self._got:
            raise self._error
        return Round(tuple(self._got.values()), self._ended)
