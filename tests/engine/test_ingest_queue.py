"""Rounds of a queue into a real bronze table."""

from datetime import UTC, datetime

import pytest

from krn.config import Sqs
from krn.errors import Unreadable
from krn.failpoints import arm, disarm
from krn.ingest import ingest_queue
from krn.sources.bronze import staged
from krn.sources.delivery import Delivery
from krn.sources.memory import MemoryQueue
from krn.store import Store
from krn.tables.bronze.deliveries import BATCH_ROWS, TABLE

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LIMITS = Sqs(name="orders", round_messages=2)


class Crash(Exception):
    """The process died here."""


def crash() -> None:
    raise Crash


def payloads(store: Store) -> list[tuple[int, str]]:
    rows = store.read(TABLE.name).orderBy("row_id").select("row_id", "payload").collect()
    return [(row.row_id, row.payload) for row in rows]


def test_each_round_is_one_commit_with_its_batch(store: Store) -> None:
    queue = MemoryQueue("orders")
    for body in (b"a", b"b\0", b"c"):
        queue.send(body)
    got = ingest_queue(queue, store, LIMITS, "run1", lambda: NOW, lambda: False)
    assert [(b.batch, b.version, b.rows) for b in got.batches] == [(1, 0, 2), (2, 1, 1)]
    assert payloads(store) == [(BATCH_ROWS, "a"), (BATCH_ROWS + 1, "b\0"), (2 * BATCH_ROWS, "c")]


@pytest.mark.parametrize("point", ["staged", "post_commit", "mid_ack"])
def test_a_crash_and_another_run_leave_every_message_in_bronze(store: Store, point: str) -> None:
    queue = MemoryQueue("orders")
    for body in (b"a", b"b", b"c"):
        queue.send(body)
    arm(point, crash)
    with pytest.raises(Crash):
        ingest_queue(queue, store, LIMITS, "run1", lambda: NOW, lambda: False)
    disarm()
    queue.clock = 300
    ingest_queue(queue, store, LIMITS, "run2", lambda: NOW, lambda: False)
    assert {payload for _, payload in payloads(store)} == {"a", "b", "c"}
    assert queue.held == set()


def test_a_staged_round_gives_the_same_rows_at_every_look(store: Store) -> None:
    rows = staged([Delivery(str(n), b"%d" % n, "r") for n in range(100)], "orders", "sqs", 1, NOW, "run1")
    frame = store.spark.createDataFrame(rows, TABLE.schema)
    assert frame.count() == 100
    assert frame.filter("position >= 50").count() == 50
    assert frame.select("payload").toArrow().column(0).to_pylist() == [str(n) for n in range(100)]


def test_a_bronze_table_with_other_columns_fails_before_anything_is_received(store: Store) -> None:
    store.spark.range(1).write.format("delta").save(str(store.path(TABLE.name)))
    queue = MemoryQueue("orders")
    queue.send(b"a")
    with pytest.raises(Unreadable, match=r"bronze\.deliveries has other columns"):
        ingest_queue(queue, store, LIMITS, "run1", lambda: NOW, lambda: False)
    assert queue.depth().in_flight == 0
