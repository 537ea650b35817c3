"""How a round is filled, with calls that need no queue."""

import itertools
import threading
import time
from collections.abc import Callable

import pytest

from krn.errors import Unreachable
from krn.sources.delivery import Budget, Delivery
from krn.sources.pull import Impatient, pull

MIB = 2**20


def never() -> bool:
    return False


def broker(n: int, body: bytes = b"x") -> Callable[[int], list[Delivery]]:
    """A queue of `n` messages, safe to ask from many threads."""
    ids, lock = iter(range(n)), threading.Lock()

    def poll(most: int) -> list[Delivery]:
        with lock:
            return [Delivery(f"m{i}", body, f"r{i}") for i in itertools.islice(ids, most)]

    return poll


def test_an_empty_queue_ends_the_round() -> None:
    got = pull(broker(37), Budget(100, 64 * MIB, 5), 4, never)
    assert ({d.id for d in got.deliveries}, got.ended) == ({f"m{i}" for i in range(37)}, "empty")


@pytest.mark.parametrize("threads", [1, 16])
def test_no_more_messages_are_taken_than_the_budget_allows(threads: int) -> None:
    got = pull(broker(1_000), Budget(95, 512 * MIB, 5), threads, never)
    assert (len(got.deliveries), got.ended) == (95, "messages")


@pytest.mark.parametrize("threads", [1, 16])
def test_bytes_are_reserved_before_a_call_so_the_budget_holds(threads: int) -> None:
    got = pull(broker(1_000, b"x" * MIB), Budget(1_000, 35 * MIB, 5), threads, never)
    assert got.ended == "bytes"
    assert 25 * MIB < sum(len(d.body) for d in got.deliveries) <= 35 * MIB


def test_calls_that_may_bring_more_reserve_more() -> None:
    got = pull(broker(1_000, b"x" * MIB), Budget(1_000, 64 * MIB, 5), 16, never, call_bytes=40 * MIB)
    assert (len(got.deliveries), got.ended) == (30, "bytes")


def test_a_budget_below_one_call_still_takes_one() -> None:
    got = pull(broker(100, b"x" * 1_000), Budget(100, 1, 5), 4, never)
    assert (len(got.deliveries), got.ended) == (10, "bytes")


def test_the_newest_receipt_of_a_message_wins() -> None:
    answers = iter([[Delivery("a", b"1", "old")], [Delivery("a", b"1", "new", receive_count=2)]])
    got = pull(lambda _: next(answers, []), Budget(100, 64 * MIB, 5), 1, never)
    assert [(d.id, d.receipt) for d in got.deliveries] == [("a", "new")]


def test_an_empty_answer_of_the_scout_is_not_believed_at_once() -> None:
    answers = iter([[Delivery("a", b"", "r")], [], [], [Delivery("b", b"", "r")], [], [], []])
    got = pull(lambda _: next(answers), Budget(100, 64 * MIB, 5), 1, never)
    assert ([d.id for d in got.deliveries], got.ended) == (["a", "b"], "empty")


def test_after_an_empty_answer_one_scout_asks_alone() -> None:
    asking, seen, lock = [0], list[int](), threading.Lock()

    def poll(_: int) -> list[Delivery]:
        with lock:
            asking[0] += 1
            seen.append(asking[0])
        time.sleep(0.05)
        with lock:
            asking[0] -= 1
        return []

    pull(poll, Budget(100, 512 * MIB, 5), 4, never)
    assert seen == [1, 2, 3, 4, 1, 1]


def test_the_round_ends_when_its_time_is_over() -> None:
    endless = itertools.count()
    got = pull(lambda _: [Delivery(f"m{next(endless)}", b"", "r")], Budget(10**9, 64 * MIB, 0.05), 2, never)
    assert got.ended == "seconds"
    assert got.deliveries


def test_stopping_keeps_what_is_in_hand() -> None:
    stop = iter([False, False])
    got = pull(broker(100), Budget(100, 64 * MIB, 5), 1, lambda: next(stop, True))
    assert got.ended == "stopped"
    assert len(got.deliveries) > 0


def test_a_busy_broker_does_not_cost_the_round_its_messages() -> None:
    calm, calls = broker(10), itertools.count()

    def poll(most: int) -> list[Delivery]:
        if next(calls) == 1:
            raise Impatient("busy")
        return calm(most)

    got = pull(poll, Budget(100, 64 * MIB, 5), 1, never)
    assert (len(got.deliveries), got.ended) == (10, "empty")


def test_a_refusal_with_nothing_in_hand_is_raised() -> None:
    def poll(_: int) -> list[Delivery]:
        raise Unreachable("denied.")

    with pytest.raises(Unreachable, match="denied"):
        pull(poll, Budget(100, 64 * MIB, 5), 4, never)


def test_a_refusal_with_messages_in_hand_ends_the_round() -> None:
    calls = itertools.count()

    def poll(_: int) -> list[Delivery]:
        if next(calls):
            raise Unreachable("denied.")
        return [Delivery("a", b"", "r")]

    got = pull(poll, Budget(100, 64 * MIB, 5), 1, never)
    assert ([d.id for d in got.deliveries], got.ended) == (["a"], "error")
