"""What a run took from its sources, in numbers that add up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from krn.sources.delivery import Depth, Round
from krn.sources.plan import Plan


@dataclass(frozen=True)
class Batch:
    """One commit of deliveries; `version` is None when there was no row to commit."""

    batch: int
    rows: int
    bytes: int
    version: int | None = None
    ended: str = ""  # what ended the round of a queue
    acked: int = 0
    ack_expired: int = 0  # these come back; judge finds them to be duplicates
    ack_failed: int = 0
    redelivered: int = 0  # received more than once, in this run or before
    sent_from: datetime | None = None
    sent_to: datetime | None = None
    files: Mapping[str, int] = field(default_factory=dict)  # status -> number of files


@dataclass(frozen=True)
class Ingested:
    """What one run took from one source, and why it stopped.

    `stop_reason` is one of empty, caught_up, max_rounds, max_seconds, stopped, failed.
    """

    source: str
    kind: str
    run_id: str
    stop_reason: str
    batches: tuple[Batch, ...]
    depth: Depth | None = None  # what is left in the queue
    young: int = 0  # files left because a writer may be at work on them
    warnings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return sum(b.rows for b in self.batches)


def of_round(batch: int, got: Round) -> Batch:
    sent = [d.sent_at for d in got.deliveries if d.sent_at]
    return Batch(
        batch,
        rows=len(got.deliveries),
        bytes=sum(len(d.body) for d in got.deliveries),
        ended=got.ended,
        redelivered=sum(d.receive_count > 1 for d in got.deliveries),
        sent_from=min(sent, default=None),
        sent_to=max(sent, default=None),
    )


def of_plan(plan: Plan, version: int | None) -> Batch:
    files: dict[str, int] = {}
    for decision in plan.decisions:
        files[decision.status] = files.get(decision.status, 0) + 1
    return Batch(plan.batch, plan.rows, sum(d.file.size for d in plan.to_load), version, files=files)
