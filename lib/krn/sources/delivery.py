"""What a queue hands over, and what any queue must be able to do."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

#: Asked between steps: whether the run was told to stop.
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One copy of an event as the queue handed it over; `receipt` is what acknowledges this copy."""

    id: str
    body: bytes
    receipt: str
    sent_at: datetime | None = None
    receive_count: int = 1
    group_id: str | None = None
    sequence_number: str | None = None  # zero-padded to 20 digits, so that text sorts as numbers
    attributes: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Budget:
    """How much one round may take; it must be durable before its visibility ends."""

    messages: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class Round:
    """Deliveries taken in one pull, each id once, and what ended it.

    `ended` is one of messages, bytes, seconds, empty, stopped, error.
    """

    deliveries: tuple[Delivery, ...]
    ended: str


@dataclass(frozen=True)
class Depth:
    """Messages that wait, and messages that some reader holds; both are the broker's estimates."""

    visible: int
    in_flight: int


@dataclass(frozen=True)
class Opened:
    """A queue that can be read and acknowledged: its own clock, and what a person should know about its settings."""

    at: datetime
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class AckReport:
    """What became of an acknowledgement: an expired receipt means that the message comes back."""

    acked: int = 0
    expired: int = 0
    failed: int = 0


class QueueSource(Protocol):
    """A queue that forgets a message when it is acknowledged, and hands it out again when it is not."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def preflight(self) -> Opened:
        """Prove, before anything is received, that messages can be acknowledged. Raises Unreachable or UsageError."""

    def depth(self) -> Depth | None:
        """What is left; None when the broker does not say."""

    def receive(self, budget: Budget, stop: Stop) -> Round:
        """One bounded round. Raises Unreachable only when it has nothing in hand."""

    def ack(self, deliveries: Sequence[Delivery]) -> AckReport: ...

    def nack(self, deliveries: Sequence[Delivery], delay_s: int) -> None:
        """Hand the messages back, to be seen again after `delay_s`; the best is tried, never an error."""

    def keepalive(self, deliveries: Sequence[Delivery]) -> AbstractContextManager[None]:
        """Keep the messages ours while the block runs."""
