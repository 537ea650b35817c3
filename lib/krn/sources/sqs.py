"""Amazon SQS, standard or FIFO, through the protocol of a queue source."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import structlog
from botocore.exceptions import ClientError

from krn.config import Sqs
from krn.errors import Unreachable, UsageError
from krn.failpoints import reached
from krn.sources.aws import busy, connect, denied, explained
from krn.sources.delivery import AckReport, Budget, Delivery, Depth, Opened, Round, Stop
from krn.sources.message import delivery, warnings
from krn.sources.offloaded import Bodies
from krn.sources.pull import CALL_BYTES, CALL_MESSAGES, Impatient, pull
from krn.sources.tens import Call, in_tens

#: No message has this receipt: asking with it shows whether we may, and changes nothing.
NO_RECEIPT = "AQEBnosuchreceipt"


class SqsQueue:
    """One queue. Every receive sets the visibility itself, so the queue's own setting does not matter."""

    kind = "sqs"

    def __init__(self, config: Sqs, client: Any = None) -> None:
        self.name = config.name
        self._config = config
        self._client = client or connect(config)
        self._bodies = Bodies(config, config.offloaded) if config.offloaded else None
        self._log = structlog.get_logger().bind(source=config.name)

    @cached_property
    def _url(self) -> str:
        if self._config.queue_url:
            return self._config.queue_url
        if not self._config.queue:
            raise UsageError(f"Source {self.name} names no queue.", 'give it queue = "…" or queue_url = "…"')
        with explained(self.name):
            return str(self._client.get_queue_url(QueueName=self._config.queue)["QueueUrl"])

    def preflight(self) -> Opened:
        try:
            answer = self._attributes()
            self._may_settle()
            if self._bodies:
                self._bodies.preflight()
        except Impatient as lost:
            raise Unreachable(f"{lost}.", "check endpoint and network, then run again; nothing was received") from lost
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        said = warnings(answer["Attributes"], has_dead_letters=self._config.dead_letters_of is not None)
        return Opened(parsedate_to_datetime(date) if date else datetime.now(UTC), tuple(said))

    def _attributes(self) -> dict[str, Any]:
        with explained(self.name):
            found: dict[str, Any] = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=["All"])
            return found

    def _may_settle(self) -> None:
        """A role that may receive but not delete or extend would read the same messages for ever."""
        entry = {"Id": "0", "ReceiptHandle": NO_RECEIPT}
        self._allowed(self._client.delete_message_batch, entry)
        self._allowed(self._client.change_message_visibility_batch, {**entry, "VisibilityTimeout": 60})

    def _allowed(self, call: Callable[..., object], entry: Mapping[str, object]) -> None:
        with explained(self.name):
            try:
                call(QueueUrl=self._url, Entries=[entry])
            except ClientError as refused:  # some endpoints refuse the made-up receipt itself: that is as good as a yes
                if denied(refused) or busy(refused):
                    raise

    def depth(self) -> Depth | None:
        try:
            got = self._attributes()["Attributes"]
        except Impatient:  # the run's work is done by then; a number is not worth failing it
            return None
        return Depth(int(got["ApproximateNumberOfMessages"]), int(got["ApproximateNumberOfMessagesNotVisible"]))

    def receive(self, budget: Budget, stop: Stop) -> Round:
        largest = self._config.offloaded.max_bytes if self._config.offloaded else 0
        return pull(self._poll, budget, self._config.threads, stop, max(CALL_BYTES, CALL_MESSAGES * largest))

    def _poll(self, most: int) -> list[Delivery]:
        # A wait of 0 asks only some of the queue's servers and calls a full queue empty.
        ask: dict[str, Any] = {
            "MaxNumberOfMessages": most,
            "WaitTimeSeconds": 1,
            "VisibilityTimeout": self._config.visibility_s,
        }
        if self._url.endswith(".fifo"):
            ask["ReceiveRequestAttemptId"] = str(uuid.uuid4())  # lets a retried call get the messages of a lost answer
        with explained(self.name):
            answer = self._client.receive_message(
                QueueUrl=self._url, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"], **ask
            )
        got = [delivery(message) for message in answer.get("Messages", ())]
        return self._bodies.fetched(got) if self._bodies else got

    def ack(self, deliveries: Sequence[Delivery]) -> AckReport:
        """Delete by the newest receipt. Raises Unreachable when deleting is denied; all else is counted."""
        return self._settle(deliveries, self._delete, threading.Event())

    def _delete(self, entries: list[dict[str, Any]]) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
        reached("mid_ack")
        return answer

    def nack(self, deliveries: Sequence[Delivery], delay_s: int) -> None:
        self._extend(deliveries, delay_s, threading.Event())

    @contextmanager
    def keepalive(self, deliveries: Sequence[Delivery]) -> Iterator[None]:
        """Extend the visibility at half its time, for a commit that takes longer than anyone thought."""
        done = threading.Event()
        beat = threading.Thread(target=self._beat, args=(deliveries, done), name=f"keepalive-{self.name}", daemon=True)
        beat.start()
        try:
            yield
        finally:
            done.set()
            beat.join()

    def _beat(self, deliveries: Sequence[Delivery], done: threading.Event) -> None:
        while not done.wait(self._config.visibility_s / 2):
            self._extend(deliveries, self._config.visibility_s, done)

    def _extend(self, deliveries: Sequence[Delivery], seconds: int, done: threading.Event) -> None:
        def change(entries: list[dict[str, Any]]) -> Mapping[str, Any]:
            timed = [{**entry, "VisibilityTimeout": seconds} for entry in entries]
            answer: Mapping[str, Any] = self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=timed)
            return answer

        try:
            report = self._settle(deliveries, change, done)
            self._log.info(
                "visibility_changed", seconds=seconds, messages=report.acked, missed=report.expired + report.failed
            )
        except Unreachable as refused:
            self._log.warning("visibility_not_changed", error=str(refused))

    def _settle(self, deliveries: Sequence[Delivery], call: Call, done: threading.Event) -> AckReport:
        with ThreadPoolExecutor(self._config.threads) as pool:
            return in_tens(deliveries, call, self.name, pool, done)
