"""A queue in memory with a clock of its own: visibility, receive counts and receipts behave as a broker's do."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from krn.failpoints import reached
from krn.sources.delivery import AckReport, Budget, Delivery, Depth, Opened, Round, Stop

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class _Message:
    delivery: Delivery
    visible_at: float


class MemoryQueue:
    """For tests and examples. `clock` is in seconds and moves only when told to."""

    kind = "sqs"

    def __init__(self, name: str = "memory", visibility_s: float = 300) -> None:
        self.name, self.visibility_s, self.clock = name, visibility_s, 0.0
        self.acked: set[str] = set()
        self._messages: dict[str, _Message] = {}
        self._ids, self._receipts = itertools.count(), itertools.count()

    def send(self, body: bytes, group_id: str | None = None) -> str:
        key = f"m{next(self._ids)}"
        sent = Delivery(key, body, "", EPOCH + timedelta(seconds=self.clock), 0, group_id)
        self._messages[key] = _Message(sent, self.clock)
        return key

    @property
    def held(self) -> set[str]:
        """Ids that were sent and not yet acknowledged."""
        return set(self._messages)

    def preflight(self) -> Opened:
        return Opened(EPOCH + timedelta(seconds=self.clock))

    def depth(self) -> Depth:
        visible = sum(m.visible_at <= self.clock for m in self._messages.values())
        return Depth(visible, len(self._messages) - visible)

    def receive(self, budget: Budget, stop: Stop) -> Round:
        got: list[Delivery] = []
        for message in self._messages.values():
            if stop() or len(got) == budget.messages:
                return Round(tuple(got), "stopped" if stop() else "messages")
            if message.visible_at <= self.clock:
                got.append(self._hand_out(message))
        return Round(tuple(got), "empty")

    def _hand_out(self, message: _Message) -> Delivery:
        count = message.delivery.receive_count + 1
        message.delivery = replace(message.delivery, receipt=f"r{next(self._receipts)}", receive_count=count)
        message.visible_at = self.clock + self.visibility_s
        return message.delivery

    def ack(self, deliveries: Sequence[Delivery]) -> AckReport:
        mine = [d for d in deliveries if self._owns(d)]
        for delivery in mine:
            del self._messages[delivery.id]
            self.acked.add(delivery.id)
            reached("mid_ack")
        return AckReport(len(mine), len(deliveries) - len(mine))

    def nack(self, deliveries: Sequence[Delivery], delay_s: int) -> None:
        for delivery in deliveries:
            if self._owns(delivery):
                self._messages[delivery.id].visible_at = self.clock + delay_s

    def _owns(self, delivery: Delivery) -> bool:
        return delivery.id in self._messages and self._messages[delivery.id].delivery.receipt == delivery.receipt

    @contextmanager
    def keepalive(self, deliveries: Sequence[Delivery]) -> Iterator[None]:
        yield
        for delivery in deliveries:
            if self._owns(delivery):
                self._messages[delivery.id].visible_at = self.clock + self.visibility_s
