"""Read planned files in Spark tasks as rows of bronze: streamed, and hashed again while they are read."""

import hashlib
import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession

from krn.sources import formats
from krn.sources.bronze import rows
from krn.sources.plan import Decision, Plan
from krn.sources.stream import BLOCK
from krn.tables.bronze.deliveries import TABLE

#: Unpacked bytes that one task reads; few tasks, for a task costs more than a small file.
TASK = 128 * 2**20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ContentChanged(Exception):
    """A file is not the one that was planned; nothing of the batch may be committed."""


def read(spark: SparkSession, root: Path, plan: Plan, received_at: datetime) -> DataFrame:
    """The rows of a plan. The files are dealt to tasks by the driver, so nothing is shuffled.

    No reader of Spark: they pass over names, stop at a damaged file or drop its rest, and have no line numbers.
    """
    same = {
        "batch": plan.batch,
        "source": plan.source,
        "source_kind": "landing",
        "received_at": received_at,
        "run_id": plan.run_id,
    }
    tasks = dealt(plan.to_load, spark.sparkContext.defaultParallelism)

    def rows_of(numbers: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for number in numbers:
            for task in number.column(0).to_pylist():
                yield from joined(batch for d in tasks[task] for batch in _file(root, d, same))

    return spark.range(0, len(tasks), 1, len(tasks)).mapInArrow(rows_of, TABLE.schema)


def dealt(decisions: Iterable[Decision], slots: int) -> list[list[Decision]]:
    """Files for each task: the largest first, each to the task with least; read in the order of positions."""
    todo = sorted(decisions, key=lambda d: (-d.unpacked, d.first))
    count = max(1, min(len(todo), max(slots, -(-sum(d.unpacked for d in todo) // TASK))))
    tasks: list[list[Decision]] = [[] for _ in range(count)]
    load = [(0, n) for n in range(count)]
    for decision in todo:
        size, n = heapq.heappop(load)
        tasks[n].append(decision)
        heapq.heappush(load, (size + decision.unpacked, n))
    return [sorted(task, key=lambda d: d.first) for task in tasks]


def _file(root: Path, decision: Decision, same: dict[str, Any]) -> Iterator[pa.RecordBatch]:
    """The rows of one file. Raises ContentChanged after the last of them when it is not the file that was planned."""
    digest, line = hashlib.sha256(), 0
    sent_at = EPOCH + timedelta(microseconds=decision.file.mtime_ns // 1000)
    same = {**same, "path": decision.file.path, "sent_at": sent_at}
    for bodies in formats.bodies(root / decision.file.path, digest):
        number = pa.array(range(line + 1, line + 1 + len(bodies)), pa.int64())
        keys = pc.binary_join_element_wise(f"{decision.sha256}", number.cast(pa.string()), ":")
        yield rows(bodies, decision.first + line, same, {"line": number, "delivery_key": keys})
        line += len(bodies)
    if digest.hexdigest() != decision.sha256:
        raise ContentChanged(f"{decision.file.path} is not the file that was planned")


def joined(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches of about 8 MiB out of many small ones: ten thousand small files would be as many crossings to the JVM."""
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        held.append(batch)
        size += batch.nbytes
        if size >= BLOCK:
            yield from pa.Table.from_batches(held).combine_chunks().to_batches()
            held, size = [], 0
    if held:
        yield from pa.Table.from_batches(held).combine_chunks().to_batches()
