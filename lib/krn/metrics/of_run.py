"""What the record of a run says by itself: how it ended, what it took, what became of its tables."""

from collections.abc import Iterator, Mapping, Sequence

from krn.errors import Busy, GateHeld, Stopped
from krn.journal import Record
from krn.metrics.sample import Sample, Seen, Series, sample
from krn.outcome import Built
from krn.sources.ingested import Ingested

_FINISHED = (0, GateHeld.exit_code)
#: Whether what was begun would have failed is not known, so what earlier runs said of it stays true.
_UNDECIDED = (Busy.exit_code, Stopped.exit_code)
_LAST = "source_last_delivery_timestamp_seconds"


def of_run(record: Record, steps: Sequence[str], before: Mapping[Series, Seen]) -> Iterator[Sample]:
    """`before` has the newest samples of earlier runs: a source that gave nothing keeps the instant it last did."""
    for step in steps:
        if record.exit_code not in _UNDECIDED:
            yield sample("run_failed", record.exit_code not in _FINISHED, step=step)
        if record.exit_code in _FINISHED:
            yield sample("step_finished_timestamp_seconds", record.ended_at.timestamp(), step=step)
    yield sample("run_duration_seconds", (record.ended_at - record.started_at).total_seconds(), job=record.job)
    for source in record.sources:
        yield from _of_source(source, record, before)
    for built in {built.table: built for built in record.tables}.values():
        yield from _of_table(built, record)


def _of_source(source: Ingested, record: Record, before: Mapping[Series, Seen]) -> Iterator[Sample]:
    name = source.source
    yield sample("source_failed", source.stop_reason == "failed", source=name)
    yield sample("source_deliveries", source.rows, source=name)
    yield sample("source_bytes", sum(batch.bytes for batch in source.batches), source=name)
    if source.depth is not None:
        yield sample("source_backlog", source.depth.visible, source=name)
    asked = sample(_LAST, record.ended_at.timestamp(), source=name)
    known = before.get(asked.series)
    yield asked if source.rows or known is None else known.sample


def _of_table(built: Built, record: Record) -> Iterator[Sample]:
    if built.outcome != "waits":  # its gate was not asked: a table that was held still is
        yield sample("table_held", not built.is_open, table=built.table)
    if built.result is not None:
        warned = [check for check in built.result.checks if check.status == "warned"]
        yield sample("table_warnings", len(warned), table=built.table)
    if built.is_open and not built.table.startswith("bronze."):  # bronze is told of only when there is something new
        yield sample("table_current_timestamp_seconds", record.ended_at.timestamp(), table=built.table)
