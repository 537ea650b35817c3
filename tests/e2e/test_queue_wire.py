"""The queue source against a queue service on loopback, with the faults that the wire has."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlparse

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config as Settings
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session

from krn.config import Sqs
from krn.errors import Unreachable
from krn.sources.delivery import AckReport, Budget, Delivery, Depth
from krn.sources.embedded import KEYS, Embedded, embedded
from krn.sources.sqs import SqsQueue


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    send = URLLib3Session.send

    def guarded(session: URLLib3Session, request: AWSPreparedRequest) -> object:
        host = urlparse(request.url).hostname
        assert host == "127.0.0.1", f"a test reached for {host}"
        return send(session, request)

    monkeypatch.setattr(URLLib3Session, "send", guarded)


@pytest.fixture(scope="module")
def service() -> Iterator[Embedded]:
    with embedded() as running:
        yield running


_names = itertools.count()
ALL = Budget(messages=10_000, bytes=64 * 2**20, seconds=20)


def never() -> bool:
    return False


class Queue:
    """A fresh queue, its source with a client of its own (one attempt a call), and what tests do with them."""

    def __init__(self, service: Embedded, suffix: str = "", max_receive_count: int = 5, **config: Any) -> None:
        self.url = service.queue(f"orders{next(_names)}{suffix}", max_receive_count)
        self.service = service.client
        once = Settings(retries={"total_max_attempts": 1}, max_pool_connections=18)
        self.client = boto3.client("sqs", endpoint_url=service.endpoint_url, config=once, **KEYS)
        self.source = SqsQueue(
            Sqs(name="orders", queue_url=self.url, endpoint_url=service.endpoint_url, **{"threads": 4, **config}),
            self.client,
        )

    def send(self, *bodies: str) -> None:
        for at in range(0, len(bodies), 10):
            entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[at : at + 10])]
            self.service.send_message_batch(QueueUrl=self.url, Entries=entries)

    def receive(self, budget: Budget = ALL) -> tuple[Delivery, ...]:
        return self.source.receive(budget, never).deliveries

    def hook(self, event: str, handler: Callable[..., Any]) -> None:
        self.client.meta.events.register(event, handler)


@pytest.fixture
def queue(service: Embedded) -> Queue:
    return Queue(service)


def refusal(status: int, code: str) -> AWSResponse:
    class Raw:
        def stream(self) -> list[bytes]:
            return [b'{"__type": "com.amazonaws.sqs#%s", "message": "no"}' % code.encode()]

    return AWSResponse("http://127.0.0.1", status, {}, Raw())


def first(n: int, answer: Callable[[], Any]) -> Callable[..., Any]:
    """A handler that interferes with the first `n` calls."""
    left = itertools.count(1)
    return lambda **_: answer() if next(left) <= n else None


def test_every_message_is_received_once_and_gone_after_the_ack(queue: Queue) -> None:
    queue.send(*(f'{{"n":{n}}}' for n in range(250)))
    got = queue.receive()
    assert sorted(d.body for d in got) == sorted(b'{"n":%d}' % n for n in range(250))
    assert queue.source.ack(got) == AckReport(acked=250)
    assert queue.source.depth() == Depth(0, 0)


def test_a_round_ends_when_its_messages_are_there(queue: Queue) -> None:
    queue.send(*"abcdefghijklmnopqrstuvwxyz")
    got = queue.source.receive(Budget(25, 2**26, 20), never)
    assert (len(got.deliveries), got.ended) == (25, "messages")
    assert queue.source.depth() == Depth(1, 25)


def test_a_round_ends_on_bytes_with_bodies_of_a_mebibyte(queue: Queue) -> None:
    body = "x" * 2**20
    for _ in range(4):
        queue.send(body)
    got = queue.source.receive(Budget(1_000, 12 * 2**20, 20), never)
    assert got.ended == "bytes"
    assert {len(d.body) for d in got.deliveries} == {2**20}


def test_an_empty_queue_is_asked_again_before_it_counts_as_empty(queue: Queue) -> None:
    asked: list[int] = []
    queue.hook("before-send.sqs.ReceiveMessage", lambda **_: asked.append(1))
    got = queue.source.receive(ALL, never)
    assert (got.deliveries, got.ended) == ((), "empty")
    assert len(asked) >= 3


def test_a_run_that_is_told_to_stop_receives_nothing_more(queue: Queue) -> None:
    queue.send("a")
    got = queue.source.receive(ALL, lambda: True)
    assert (got.deliveries, got.ended) == ((), "stopped")
    assert queue.source.depth() == Depth(1, 0)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "RequestThrottled"), (403, "OverLimit"), (503, "ServiceUnavailable")]
)
def test_a_busy_broker_is_waited_for(queue: Queue, status: int, code: str) -> None:
    queue.send(*"abc")
    queue.hook("before-send.sqs.ReceiveMessage", first(2, lambda: refusal(status, code)))
    assert len(queue.receive()) == 3


def test_a_lost_answer_hides_messages_only_until_their_visibility_ends(service: Embedded) -> None:
    queue = Queue(service, threads=1, visibility_s=1, round_seconds=0.3)
    queue.send(*"abc")
    queue.hook("before-send.sqs.ReceiveMessage", first(1, lambda: lose(queue)))
    assert queue.receive() == ()
    time.sleep(1.1)
    got = queue.receive()
    assert sorted((d.body, d.receive_count) for d in got) == [(b"a", 2), (b"b", 2), (b"c", 2)]


def lose(queue: Queue) -> None:
    """The broker hands the messages out, but the answer does not arrive."""
    queue.service.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10, VisibilityTimeout=1)
    raise ConnectionClosedError(endpoint_url=queue.url)


def test_a_broker_that_stays_busy_ends_in_an_error_when_nothing_is_in_hand(queue: Queue) -> None:
    queue.hook("before-send.sqs.ReceiveMessage", lambda **_: refusal(503, "ServiceUnavailable"))
    with pytest.raises(Unreachable, match="5 calls in a row failed"):
        queue.receive(Budget(10, 2**26, 60))


def test_what_is_in_hand_is_returned_when_receiving_is_refused_later(service: Embedded) -> None:
    queue = Queue(service, threads=1)
    queue.send(*(str(n) for n in range(20)))
    calls = itertools.count(1)
    queue.hook("before-send.sqs.ReceiveMessage", lambda **_: refusal(403, "AccessDenied") if next(calls) > 1 else None)
    got = queue.source.receive(ALL, never)
    assert (len(got.deliveries), got.ended) == (10, "error")
    with pytest.raises(Unreachable, match="AccessDenied"):
        queue.receive()


def test_a_delete_that_is_denied_is_found_before_anything_is_received(queue: Queue) -> None:
    queue.hook("before-send.sqs.DeleteMessageBatch", lambda **_: refusal(403, "AccessDenied"))
    with pytest.raises(Unreachable, match="refused DeleteMessageBatch: AccessDenied"):
        queue.source.preflight()


def test_extending_that_is_denied_is_found_before_anything_is_received(queue: Queue) -> None:
    queue.hook("before-send.sqs.ChangeMessageVisibilityBatch", lambda **_: refusal(403, "AccessDeniedException"))
    with pytest.raises(Unreachable, match="refused ChangeMessageVisibilityBatch"):
        queue.source.preflight()


def test_a_queue_that_does_not_exist_is_named(service: Embedded) -> None:
    source = SqsQueue(Sqs(name="orders", queue="nosuch", endpoint_url=service.endpoint_url), service.client)
    with pytest.raises(Unreachable, match="Queue orders refused GetQueueUrl"):
        source.preflight()


def test_preflight_of_a_sound_queue_has_nothing_to_say(queue: Queue) -> None:
    assert queue.source.preflight().warnings == ()


def test_a_queue_that_can_lose_messages_is_warned_of(service: Embedded) -> None:
    url = service.client.create_queue(QueueName="bare", Attributes={"MessageRetentionPeriod": "3600"})["QueueUrl"]
    warnings = SqsQueue(Sqs(name="bare", queue_url=url), service.client).preflight().warnings
    assert [w.partition(":")[0] for w in warnings] == ["no dead-letter queue", "retention is below 4 days"]


def test_a_queue_of_dead_letters_is_not_asked_for_a_further_one(service: Embedded) -> None:
    url = f"{Queue(service).url}_dead"
    dead = Sqs(name="dead", queue_url=url, dead_letters_of="orders")
    assert SqsQueue(dead, service.client).preflight().warnings == ()


def test_a_low_receive_count_is_warned_of(service: Embedded) -> None:
    (warning,) = Queue(service, max_receive_count=2).source.preflight().warnings
    assert warning.startswith("maxReceiveCount is below 5")


def test_a_delete_that_the_broker_failed_is_tried_again(queue: Queue) -> None:
    queue.send(*"abc")
    got = queue.receive()

    def fail_one(parsed: dict[str, Any], **_: Any) -> None:
        done = parsed["Successful"].pop()
        parsed["Failed"] = [{"Id": done["Id"], "SenderFault": False, "Code": "InternalError"}]

    calls = itertools.count(1)
    queue.hook("after-call.sqs.DeleteMessageBatch", lambda parsed, **_: fail_one(parsed) if next(calls) == 1 else None)
    assert queue.source.ack(got) == AckReport(acked=3)
    assert next(calls) == 3


def test_a_delete_that_keeps_failing_is_counted(queue: Queue) -> None:
    queue.send("a")
    got = queue.receive()
    queue.hook("before-send.sqs.DeleteMessageBatch", lambda **_: refusal(503, "ServiceUnavailable"))
    assert queue.source.ack(got) == AckReport(failed=1)


def test_an_expired_receipt_is_counted_and_is_no_error(queue: Queue) -> None:
    queue.send("a")
    (got,) = queue.receive()
    strange = Delivery("other", b"", "not-a-receipt")
    assert queue.source.ack([got, strange]) == AckReport(acked=1, expired=1)


def test_an_ack_that_is_denied_fails_the_run(queue: Queue) -> None:
    queue.send("a")
    got = queue.receive()
    queue.hook("before-send.sqs.DeleteMessageBatch", lambda **_: refusal(403, "AccessDenied"))
    with pytest.raises(Unreachable, match="refused DeleteMessageBatch"):
        queue.source.ack(got)


def test_a_message_handed_back_is_seen_again_after_the_delay_only(queue: Queue) -> None:
    queue.send("a")
    queue.source.nack(queue.receive(), 60)
    assert queue.source.depth() == Depth(0, 1)
    queue.source.nack([Delivery("unknown", b"", "no-receipt")], 60)  # never an error


def test_visibility_is_extended_while_a_commit_runs(service: Embedded) -> None:
    queue = Queue(service, visibility_s=2, round_seconds=0.5)
    queue.send("a")
    extended = threading.Event()
    queue.hook("after-call.sqs.ChangeMessageVisibilityBatch", lambda **_: extended.set())
    with queue.source.keepalive(queue.receive()):
        assert extended.wait(5)


@pytest.mark.parametrize(
    "body", ["{", '{"a":1}{"b":2}', '{"a":"\\u0000"}', "[" * 1_100, "{}", " ", "\ufeff{}", "naïve שלום 😀"]
)
def test_a_body_is_received_exactly_as_it_was_sent(queue: Queue, body: str) -> None:
    queue.send(body)
    (got,) = queue.receive()
    assert got.body == body.encode()


def test_attributes_of_a_message_come_with_it(queue: Queue) -> None:
    attributes = {
        "trace": {"DataType": "String", "StringValue": "t1"},
        "raw": {"DataType": "Binary", "BinaryValue": b"\xff"},
    }
    queue.service.send_message(QueueUrl=queue.url, MessageBody="a", MessageAttributes=attributes)
    (got,) = queue.receive()
    assert got.attributes == {"trace": "t1", "raw": "/w=="}
    assert got.receive_count == 1
    assert got.sent_at is not None


def test_messages_of_a_group_keep_their_order_across_rounds(service: Embedded) -> None:
    queue = Queue(service, ".fifo")
    for n in range(30):
        queue.service.send_message(
            QueueUrl=queue.url, MessageBody=str(n), MessageGroupId="ab"[n % 2], MessageDeduplicationId=str(n)
        )
    got: list[Delivery] = []
    while batch := queue.receive(Budget(10, 2**26, 5)):
        queue.source.ack(batch)
        got += sorted(batch, key=lambda d: (d.group_id or "", d.sequence_number or ""))
    for group in "ab":
        assert [int(d.body) for d in got if d.group_id == group] == list(range("ab".index(group), 30, 2))


def test_a_retried_receive_of_a_fifo_queue_asks_for_the_messages_of_the_lost_answer(service: Embedded) -> None:
    queue = Queue(service, ".fifo", threads=1)
    twice = Settings(retries={"total_max_attempts": 2})
    client = boto3.client("sqs", endpoint_url=service.endpoint_url, config=twice, **KEYS)
    asked: list[str] = []

    def lost_at_first(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        asked.append(json.loads(request.body)["ReceiveRequestAttemptId"])
        return refusal(503, "ServiceUnavailable") if len(asked) == 1 else None

    client.meta.events.register("before-send.sqs.ReceiveMessage", lost_at_first)
    queue.source = SqsQueue(Sqs(name="orders", queue_url=queue.url, threads=1), client)
    queue.receive()
    assert asked[0] == asked[1]
    assert len(set(asked)) == len(asked) - 1 >= 2


def test_a_message_that_no_run_can_finish_ends_in_the_dead_letter_queue(service: Embedded) -> None:
    queue = Queue(service, max_receive_count=2)
    queue.send("poison")
    for _ in range(2):
        queue.source.nack(queue.receive(), 0)
    assert queue.receive() == ()
    dead = SqsQueue(Sqs(name="dead", queue_url=f"{queue.url}_dead"), service.client)
    assert [d.body for d in dead.receive(ALL, never).deliveries] == [b"poison"]


def test_many_threads_neither_lose_nor_double_a_message(service: Embedded) -> None:
    queue = Queue(service, threads=16)
    queue.send(*(str(n) for n in range(2_000)))
    got = queue.receive()
    assert sorted(int(d.body) for d in got) == list(range(2_000))
    assert queue.source.ack(got) == AckReport(acked=2_000)
    assert queue.receive() == ()


def test_no_test_reaches_a_real_endpoint() -> None:
    with pytest.raises(AssertionError, match="a test reached for sqs"):
        SqsQueue(Sqs(name="real", queue="orders", region="eu-west-1")).depth()
