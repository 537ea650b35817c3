"""The protocol of a queue, with a queue and a store in memory, and crashes wherever they can happen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.errors import PySparkException

from krn.config import Sqs
from krn.errors import LostCommit, Unreachable
from krn.failpoints import arm, disarm
from krn.ingest import ingest_queue
from krn.sources.delivery import AckReport, Budget, Delivery, Opened, Round, Stop
from krn.sources.ingested import Batch, Ingested
from krn.sources.memory import EPOCH, MemoryQueue
from krn.sources.sink import NotCommitted
from krn.store import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
BEFORE_COMMIT = ("recv", "staged", "pre_commit")
AFTER_COMMIT = ("post_commit", "pre_ack", "mid_ack", "post_ack")


class Crash(Exception):
    """The process died here."""


@dataclass
class FakeStore:
    """Bronze as a list of rows; `fails` says what the next appends do."""

    root: Path
    rows: list[dict[str, Any]] = field(default_factory=list)
    commits: list[Mapping[str, object]] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    spark: Any = field(default_factory=lambda: SimpleNamespace(createDataFrame=lambda table, _: table))

    def exists(self, _: str) -> bool:
        return False

    def max(self, _: str, column: str, default: int) -> int:
        return max((row[column] for row in self.rows), default=default)

    def append(self, _: object, table: Any, commit: Mapping[str, object]) -> int:
        fate = self.fails.pop(0) if self.fails else ""
        if fate == "before":
            raise PySparkException("no space")
        self.rows += table.to_pylist()
        self.commits.append(commit)
        if fate == "after":
            raise PySparkException("a hook after the commit failed")
        return self.read_back("", commit)

    def read_back(self, _: str, commit: Mapping[str, object]) -> int:
        for version, found in enumerate(self.commits):
            if (found["run"], found["token"]) == (commit["run"], commit["token"]):
                return version
        raise LostCommit("not there.")

    @property
    def keys(self) -> list[str]:
        return [row["delivery_key"] for row in self.rows]


@pytest.fixture
def store(tmp_path: Path) -> FakeStore:
    return FakeStore(tmp_path / "warehouse")


@pytest.fixture
def queue() -> MemoryQueue:
    return MemoryQueue("orders")


def ingest(
    queue: MemoryQueue, store: FakeStore, run_id: str = "run1", stop: Any = lambda: False, **limits: Any
) -> Ingested:
    return ingest_queue(queue, cast(Store, store), Sqs(name="orders", **limits), run_id, lambda: NOW, stop)


def crash() -> None:
    raise Crash


@pytest.mark.parametrize(("point", "acked"), [("staged", [2]), ("pre_ack", [2, 0])])
def test_a_drain_that_fails_accounts_for_every_durable_round(
    queue: MemoryQueue, store: FakeStore, point: str, acked: list[int]
) -> None:
    for n in range(4):
        queue.send(b"{%d}" % n)
    told: list[Batch] = []

    def second_fails() -> None:
        if sum(b.acked for b in told):
            raise Crash

    arm(point, second_fails)
    limits = Sqs(name="orders", round_messages=2)
    with pytest.raises(Crash):
        ingest_queue(queue, cast(Store, store), limits, "run1", lambda: NOW, lambda: False, told)
    assert [b.acked for b in told] == acked
    assert sum(b.rows for b in told) == len(store.rows)


def test_a_queue_is_drained_in_rounds_and_every_number_is_told(queue: MemoryQueue, store: FakeStore) -> None:
    sent = [queue.send(b"{%d}" % n) for n in range(5)]
    got = ingest(queue, store, round_messages=2)
    assert store.keys == sent
    assert [(b.batch, b.version, b.rows, b.bytes, b.acked, b.ended) for b in got.batches] == [
        (1, 0, 2, 6, 2, "messages"), (2, 1, 2, 6, 2, "messages"), (3, 2, 1, 3, 1, "empty"),
    ]  # fmt: skip
    assert (got.rows, got.stop_reason, got.depth) == (5, "empty", queue.depth())
    assert queue.held == set()


def test_an_empty_queue_makes_no_commit(queue: MemoryQueue, store: FakeStore) -> None:
    assert ingest(queue, store).batches == ()
    assert store.commits == []


def test_the_commit_names_run_round_and_counts(queue: MemoryQueue, store: FakeStore) -> None:
    queue.send(b"{}")
    ingest(queue, store)
    assert store.commits == [
        {
            "run": "run1",
            "token": "orders/1",
            "source": "orders",
            "batch": 1,
            "rows": 1,
            "bytes": 2,
            "sent_from": EPOCH,
            "sent_to": EPOCH,
        }
    ]


@pytest.mark.parametrize("point", BEFORE_COMMIT[1:])
def test_a_failure_before_the_commit_hands_the_round_back_for_a_minute(
    queue: MemoryQueue, store: FakeStore, point: str
) -> None:
    queue.send(b"{}")
    arm(point, crash)
    with pytest.raises(Crash):
        ingest(queue, store)
    queue.clock = 59.9
    assert queue.depth().visible == 0
    queue.clock = 60
    assert queue.depth().visible == 1


@pytest.mark.parametrize("point", AFTER_COMMIT)
def test_a_crash_after_the_commit_loses_nothing(queue: MemoryQueue, store: FakeStore, point: str) -> None:
    sent = {queue.send(b"{}") for _ in range(3)}
    arm(point, crash)
    with pytest.raises(Crash):
        ingest(queue, store)
    disarm()
    assert queue.acked <= set(store.keys)
    queue.clock = 300
    ingest(queue, store, "run2")
    assert set(store.keys) == sent
    assert queue.held == set()


def test_a_message_that_comes_again_keeps_its_key(queue: MemoryQueue, store: FakeStore) -> None:
    queue.send(b"{}")
    arm("pre_ack", crash)
    with pytest.raises(Crash):
        ingest(queue, store)
    disarm()
    queue.clock = 300
    got = ingest(queue, store, "run2")
    assert (store.keys, [r["receive_count"] for r in store.rows]) == (["m0", "m0"], [1, 2])
    assert got.batches[0].redelivered == 1


def test_nothing_is_acknowledged_when_the_commit_failed(queue: MemoryQueue, store: FakeStore) -> None:
    queue.send(b"{}")
    store.fails = ["before"]
    with pytest.raises(NotCommitted, match="Batch 1 of orders could not be written; nothing of it was committed"):
        ingest(queue, store)
    assert (queue.acked, store.rows) == (set(), [])


def test_an_error_after_the_commit_is_not_a_failure(queue: MemoryQueue, store: FakeStore) -> None:
    sent = queue.send(b"{}")
    store.fails = ["after"]
    assert ingest(queue, store).batches[0].version == 0
    assert (store.keys, queue.acked) == ([sent], {sent})


def test_a_commit_that_is_not_in_the_log_is_not_acknowledged(queue: MemoryQueue, store: FakeStore) -> None:
    class Losing(FakeStore):
        def append(self, table: object, frame: Any, commit: Mapping[str, object]) -> int:
            raise LostCommit("another writer replaced it.")

    queue.send(b"{}")
    with pytest.raises(LostCommit):
        ingest(queue, Losing(store.root))
    assert queue.acked == set()


def test_a_warehouse_that_cannot_be_written_fails_before_anything_is_received(
    queue: MemoryQueue, tmp_path: Path
) -> None:
    queue.send(b"{}")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unreachable, match="cannot be written"):
        ingest(queue, FakeStore(tmp_path / "file" / "warehouse"))
    assert queue.depth().in_flight == 0


def test_a_queue_that_cannot_be_acknowledged_is_not_read(store: FakeStore) -> None:
    class Denied(MemoryQueue):
        def preflight(self) -> Opened:
            raise Unreachable("denied.")

    queue = Denied("orders")
    queue.send(b"{}")
    with pytest.raises(Unreachable):
        ingest(queue, store)
    assert queue.depth().in_flight == 0


def test_a_run_told_to_stop_finishes_commit_and_ack(queue: MemoryQueue, store: FakeStore) -> None:
    told = [False]
    arm("staged", lambda: told.__setitem__(0, True))
    for _ in range(4):
        queue.send(b"{}")
    got = ingest(queue, store, stop=lambda: told[0], round_messages=2)
    assert (got.stop_reason, got.rows, len(queue.acked)) == ("stopped", 2, 2)


def test_a_busy_queue_stops_the_run_once_it_has_caught_up(store: FakeStore) -> None:
    class Busy(MemoryQueue):
        """Gets a new message, one second later, whenever it is asked."""

        def receive(self, budget: Any, stop: Any) -> Any:
            self.clock += 1
            self.send(b"{}")
            return replace(super().receive(budget, stop), ended="messages")

    queue = Busy("orders")
    queue.send(b"{}")
    got = ingest(queue, store)
    assert (got.stop_reason, len(got.batches)) == ("caught_up", 2)


def test_the_number_of_rounds_is_bounded(queue: MemoryQueue, store: FakeStore) -> None:
    for _ in range(9):
        queue.send(b"{}")
    got = ingest(queue, store, round_messages=2, max_rounds=2)
    assert (got.stop_reason, got.rows, queue.depth().visible) == ("max_rounds", 4, 5)


def test_bodies_reach_bronze_whatever_they_are(queue: MemoryQueue, store: FakeStore) -> None:
    bodies = [
        b"",
        b"{",
        b'{"a":1}{"b":2}',
        b'{"a":"\\u0000"}',
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"[" * 1_100,
        b"x" * 2**20,
    ]
    for body in bodies:
        queue.send(body)
    ingest(queue, store)
    assert [r["payload_encoding"] for r in store.rows] == ["utf8"] * 5 + ["base64"] * 2 + ["utf8"] * 2
    assert [r["payload"].encode() for r in store.rows if r["payload_encoding"] == "utf8"] == bodies[:5] + bodies[7:]


FAULTS = st.sampled_from(["", *BEFORE_COMMIT, *AFTER_COMMIT, "before", "after"])


@given(st.lists(st.tuples(st.integers(0, 5), FAULTS, st.integers(0, 400)), max_size=12), st.integers(1, 4))
def test_whatever_fails_nothing_is_lost_and_nothing_unsaved_is_acknowledged(
    steps: list[tuple[int, str, int]], size: int
) -> None:
    with TemporaryDirectory() as folder:
        queue, store, sent = MemoryQueue("orders"), FakeStore(Path(folder)), set[str]()
        for n, (messages, fault, seconds) in enumerate(steps):
            sent |= {queue.send(b"{}") for _ in range(messages)}
            run_with(fault, queue, store, f"run{n}", size)
            queue.clock += seconds
            assert queue.acked <= set(store.keys)
            assert sent <= set(store.keys) | queue.held
        queue.clock += 400
        ingest(queue, store, "last")
        assert sent == set(store.keys) == queue.acked
        assert [row["row_id"] for row in store.rows] == sorted({row["row_id"] for row in store.rows})


def run_with(fault: str, queue: MemoryQueue, store: FakeStore, run_id: str, size: int) -> None:
    disarm()
    store.fails = [fault] if fault in ("before", "after") else []
    arm(fault, crash)
    try:
        ingest(queue, store, run_id, round_messages=size)
    except (Crash, NotCommitted):
        pass
    finally:
        disarm()
        store.fails = []


class Fifo(MemoryQueue):
    """One group: it gives ten messages, and no more while one of these is neither deleted nor visible again."""

    stuck = ""  # the message whose next delete fails

    def receive(self, budget: Budget, stop: Stop) -> Round:
        if self.depth().in_flight:
            return Round((), "empty")
        got = super().receive(replace(budget, messages=10), stop)
        return Round(
            tuple(replace(d, group_id="g", sequence_number=f"{d.id[1:]:0>20}") for d in got.deliveries), "empty"
        )

    def ack(self, deliveries: Sequence[Delivery]) -> AckReport:
        done = super().ack([d for d in deliveries if d.id != self.stuck])
        self.stuck, failed = "", len(deliveries) - done.acked
        return replace(done, failed=failed)


def test_a_group_that_gives_ten_at_a_time_is_drained_in_one_run(store: FakeStore) -> None:
    queue = Fifo("orders")
    sent = [queue.send(b"{}") for _ in range(25)]
    got = ingest(queue, store)
    assert (store.keys, got.stop_reason, [b.rows for b in got.batches]) == (sent, "empty", [10, 10, 5])


def test_a_delete_that_fails_does_not_let_later_messages_of_its_group_pass(store: FakeStore) -> None:
    queue = Fifo("orders")
    sent = [queue.send(b"{}") for _ in range(25)]
    queue.stuck = sent[3]
    assert ingest(queue, store).rows == 10
    queue.clock += 300
    ingest(queue, store, "run2")
    assert store.keys == [*sent[:10], sent[3], *sent[10:]]
    assert queue.held == set()
