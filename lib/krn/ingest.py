"""Ingest: what a source hands over becomes durable in bronze, is read back, and only then leaves its source."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from krn.config import Landing, Sqs
from krn.errors import Unreadable
from krn.failpoints import reached
from krn.sources import ledger, plan, reading, sink
from krn.sources.bronze import staged
from krn.sources.delivery import Budget, Opened, QueueSource, Round, Stop
from krn.sources.ingested import Batch, Ingested, of_plan, of_round
from krn.sources.landing import changed, decide, portions
from krn.sources.listing import listing
from krn.sources.plan import Plan, numbered
from krn.sources.probe import UNREADABLE
from krn.store import Store
from krn.tables.bronze.deliveries import TABLE as BRONZE

#: Not 0: a run that crashes in a loop would burn the receive count and push good messages into the dead-letter queue.
BACK_IN_S = 60

Now = Callable[[], datetime]


def ingest_queue(
    queue: QueueSource,
    store: Store,
    limits: Sqs,
    run_id: str,
    now: Now,
    stop: Stop,
    batches: list[Batch] | None = None,
) -> Ingested:
    """Drain a queue in bounded rounds. The queue is the only log, and bronze the only durable state.

    Killed anywhere, nothing is lost; killed after a commit, that round may come again under the same message ids.
    `batches` gets each batch once it is durable, so that a run that fails later can still account for it.
    """
    sink.check(store)
    opened = queue.preflight()
    if _has_messages(queue):
        sink.awake(store)
    batches = [] if batches is None else batches
    began, reason = time.monotonic(), ""
    while not reason:
        got = queue.receive(Budget(limits.round_messages, limits.round_bytes, limits.round_seconds), stop)
        reached("recv")
        if got.deliveries:
            _take(queue, store, got, run_id, now(), batches)
        reason = _stop_reason(got, opened, stop) or _limit(limits, len(batches), time.monotonic() - began)
    return Ingested(
        queue.name, queue.kind, run_id, reason, tuple(batches), depth=queue.depth(), warnings=opened.warnings
    )


def _has_messages(queue: QueueSource) -> bool:
    depth = queue.depth()
    return depth is None or depth.visible != 0


def _take(
    queue: QueueSource, store: Store, got: Round, run_id: str, received_at: datetime, batches: list[Batch]
) -> None:
    """Make one round durable, then acknowledge it; hand it back when it could not be made durable."""
    with ExitStack() as undo:
        undo.callback(queue.nack, got.deliveries, BACK_IN_S)
        with queue.keepalive(got.deliveries):
            batch = of_round(sink.next_batch(store), got)
            rows = staged(got.deliveries, queue.name, queue.kind, batch.batch, received_at, run_id)
            frame = store.spark.createDataFrame(rows, BRONZE.schema)
            reached("staged")
            version = sink.append(store, frame, _commit(queue.name, run_id, batch))
        undo.pop_all()
    batches.append(replace(batch, version=version))
    reached("pre_ack")
    report = queue.ack(got.deliveries)
    reached("post_ack")
    acked = replace(batches[-1], acked=report.acked, ack_expired=report.expired, ack_failed=report.failed)
    batches[-1] = _logged(queue.name, acked)


def _stop_reason(got: Round, opened: Opened, stop: Stop) -> str:
    """Why no further round is taken: told to stop, empty, or caught up with a queue that never gets empty."""
    if stop():
        return "stopped"
    if got.ended == "empty" and not any(d.sequence_number for d in got.deliveries):
        return "empty"  # but a group of a FIFO queue gives ten, and no more before these are deleted
    started = opened.at + timedelta(seconds=1)  # both times are the queue's own; its clock is coarse
    newer = [d.sent_at is not None and d.sent_at > started for d in got.deliveries]
    return "caught_up" if newer and all(newer) else ""


def _limit(limits: Sqs, rounds: int, seconds: float) -> str:
    if rounds >= limits.max_rounds:
        return "max_rounds"
    return "max_seconds" if seconds >= limits.max_seconds else ""


def ingest_folder(
    source: Landing,
    store: Store,
    run_id: str,
    now: Now,
    stop: Stop,
    batches: list[Batch] | None = None,
) -> Ingested:
    """Load the new files of a folder, each version once and whole, or set it aside with a reason.

    Plan, append, record: killed anywhere, the next run finishes the open plan before it looks for more. `batches` gets
    each batch as it ends.
    """
    batches = [] if batches is None else batches
    batches += _finish(source, store, run_id, now)
    known = ledger.known(store, source.name)
    found = listing(source.path, source.settle_s, now().timestamp())
    reached("listed")
    contents, reason = dict(known.contents), "empty"
    for portion in portions({file: why for file, why in found.files.items() if file not in known.versions}, source):
        if stop():
            reason = "stopped"
            break
        news = decide(source.path, portion, contents)
        decisions = [d for d in news if d.reason != UNREADABLE or d.file not in known.unreadable]
        reached("probed")
        if decisions:
            done, batch = _carry_out(
                source, store, Plan(source.name, run_id, sink.next_batch(store), numbered(decisions)), now
            )
            batches.append(batch)
            contents |= done.contents
    return Ingested(source.name, source.kind, run_id, reason, tuple(batches), young=found.young)


def _finish(source: Landing, store: Store, run_id: str, now: Now) -> list[Batch]:
    """Finish the plan that a killed run left: load it if bronze has nothing of it, and record it."""
    path = plan.path(store.root, source.name)
    left = plan.read(path)
    if left is None:
        return []
    there = sink.rows_of(store, left)
    if there not in (0, left.rows):
        raise Unreadable(
            f"Bronze has {there} of the {left.rows} rows of batch {left.batch}.", f"look at {BRONZE.name} and {path}"
        )
    if there < left.rows:
        again = replace(left, run_id=run_id, batch=sink.next_batch(store))
        return [_carry_out(source, store, again.without(changed(source.path, left)), now)[1]]
    if ledger.has(store, left):
        path.unlink()
        return []
    return [_record(source, store, left, None, now)]


def _carry_out(source: Landing, store: Store, planned: Plan, now: Now) -> tuple[Plan, Batch]:
    """Write the plan down, load it, record it; returns it as it was loaded."""
    plan.write(plan.path(store.root, source.name), planned)
    reached("planned")
    planned, version = _load(source, store, planned, now())
    reached("loaded")
    return planned, _record(source, store, planned, version, now)


def _load(source: Landing, store: Store, planned: Plan, received_at: datetime) -> tuple[Plan, int | None]:
    """Append the rows of a plan; a file that became another one meanwhile is left for the next run."""
    while planned.rows:
        frame = reading.read(store.spark, source.path, planned, received_at)
        try:
            return planned, sink.append(store, frame, _commit(source.name, planned.run_id, of_plan(planned, None)))
        except sink.NotCommitted:
            others = changed(source.path, planned)
            if not others:
                raise
            planned = planned.without(others)
            plan.write(plan.path(store.root, source.name), planned)
    return planned, None


def _record(source: Landing, store: Store, done: Plan, version: int | None, now: Now) -> Batch:
    """Write the plan into the ledger, and remove it."""
    frame = store.spark.createDataFrame(ledger.entries(done, now()), ledger.TABLE.schema)
    store.append(ledger.TABLE, frame, {"run": done.run_id, "token": f"{source.name}/{done.decisions[0].file.path}"})
    reached("marked")
    plan.path(store.root, source.name).unlink()
    return _logged(source.name, of_plan(done, version))


def _commit(source: str, run_id: str, batch: Batch) -> dict[str, object]:
    """What is written beside the rows, and looked for when the commit is read back."""
    facts = {
        "source": source,
        "batch": batch.batch,
        "rows": batch.rows,
        "bytes": batch.bytes,
        "sent_from": batch.sent_from,
        "sent_to": batch.sent_to,
    }
    return {"run": run_id, "token": f"{source}/{batch.batch}", **facts}


def _logged(source: str, batch: Batch) -> Batch:
    structlog.get_logger().info(
        "batch_taken", source=source, batch=batch.batch, rows=batch.rows, version=batch.version, files=dict(batch.files)
    )
    return batch
