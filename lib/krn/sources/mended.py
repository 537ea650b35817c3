"""moto 5.2's queue made fit for threads and thousands of messages; see `embedded`.

As it comes, each receive and send counts the whole queue three times (2 s for ten messages of 3,000), and deletes that
run at once bring messages back. Here every call that touches a queue is alone, and counts only when asked for counts.
"""

import itertools
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.core.utils import unix_time, unix_time_millis
from moto.sqs import models
from moto.sqs.exceptions import ReceiptHandleIsInvalid

POLL_S = 0.02
#: One process knows at once that it has nothing; waiting as long as asked only costs the reader's time.
WAIT_S = 0.1
COUNTS = {
    "ApproximateNumberOfMessages": "approximate_number_of_messages",
    "ApproximateNumberOfMessagesDelayed": "approximate_number_of_messages_delayed",
    "ApproximateNumberOfMessagesNotVisible": "approximate_number_of_messages_not_visible",
}


def mend() -> None:
    """Replace what is slow or racy; again = nothing."""
    backend: Any = models.SQSBackend
    queue: Any = models.Queue
    if hasattr(backend, "krn_mended"):
        return
    lock = threading.RLock()
    backend.krn_mended = True
    backend.is_message_valid_based_on_retention_period = _is_kept
    queue.messages = property(_visible)
    queue.BASE_ATTRIBUTES = [name for name in queue.BASE_ATTRIBUTES if name not in COUNTS]
    queue.delete_message = _delete
    backend.send_message = _numbered(backend.send_message)
    backend.receive_message = _polling(_alone(backend.receive_message, lock))
    backend.get_queue_attributes = _counting(backend.get_queue_attributes)
    for name in (
        "send_message",
        "send_message_batch",
        "delete_message",
        "delete_message_batch",
        "change_message_visibility_batch",
        "get_queue_attributes",
    ):
        setattr(backend, name, _alone(getattr(backend, name), lock))


def _is_kept(backend: Any, queue_name: str, message: Any) -> bool:
    return bool(backend.queues[queue_name].message_retention_period + message.sent_timestamp / 1000 > unix_time())


def _visible(queue: Any) -> list[Any]:
    now = unix_time_millis()
    return [m for m in queue._messages if now > m.visible_at and now >= m.delayed_until]


def _delete(queue: Any, receipt: str) -> None:
    if receipt in queue.deleted_messages:
        return
    for n, message in enumerate(queue._messages):
        if message.had_receipt_handle(receipt):
            del queue._messages[n]
            queue.pending_messages.discard(message)
            queue.deleted_messages.update(message.all_receipt_handles)
            return
    raise ReceiptHandleIsInvalid()


def _alone(call: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    @wraps(call)
    def alone(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return call(*args, **kwargs)

    return alone


def _counting(get: Callable[..., Any]) -> Callable[..., Any]:
    """Add the counts where they are asked for: moto looks the attributes up at every send."""

    @wraps(get)
    def counting(self: Any, queue_name: str, names: list[str]) -> dict[str, Any]:
        queue = self.get_queue(queue_name)
        counts = {name: getattr(queue, of) for name, of in COUNTS.items() if name in names or "All" in names}
        return {**get(self, queue_name, [name for name in names if name not in COUNTS]), **counts}

    return counting


def _polling(receive: Callable[..., Any]) -> Callable[..., Any]:
    """Wait for messages outside of the lock, else one waiting reader stops every other call."""

    @wraps(receive)
    def polling(self: Any, queue_name: str, count: int, wait_s: int, *args: Any, **kwargs: Any) -> Any:
        until = time.monotonic() + min(wait_s, WAIT_S)
        while not (got := receive(self, queue_name, count, 0, *args, **kwargs)) and time.monotonic() < until:
            time.sleep(POLL_S)
        return got

    return polling


def _numbered(send: Callable[..., Any]) -> Callable[..., Any]:
    """Sequence numbers that rise; moto's are random digits, which no reader can put in order."""
    numbers = itertools.count(1)

    @wraps(send)
    def numbered(*args: Any, **kwargs: Any) -> Any:
        message = send(*args, **kwargs)
        message.sequence_number = message.sequence_number and f"{next(numbers):020}"
        return message

    return numbered
