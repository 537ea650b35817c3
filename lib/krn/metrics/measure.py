"""Everything that is measured when a run has ended: no Spark, and only files that are new since the run before."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache

import duckdb
import structlog

from krn import cursors
from krn.errors import KrnError
from krn.journal import Record
from krn.metrics.committed import File, files
from krn.metrics.latency import to_gold, to_silver
from krn.metrics.of_run import of_run
from krn.metrics.sample import Sample, Seen, Series, sample
from krn.metrics.verdicts import of_verdicts
from krn.store import Store
from krn.tables.every import made_for
from krn.tables.silver.deliveries import TABLE as DELIVERIES

log = structlog.get_logger()


def measure(
    record: Record, steps: Sequence[str], store: Store, tables: Sequence[str], before: Mapping[Series, Seen]
) -> list[Sample]:
    """The samples of one run; `tables` are the patterns of the configuration, `before` the samples of earlier runs.

    A file that is damaged takes away what would be read from it, and no word of how the run ended.
    """

    @cache
    def judged() -> list[File]:
        return files(store, _judged(record))

    parts: dict[str, Callable[[], Iterable[Sample]]] = {
        "run": lambda: of_run(record, steps, before),
        "verdicts": lambda: of_verdicts(judged(), before),
        "latency": lambda: to_silver(judged()),
    }
    if "aggregate" in steps:
        parts["gold"] = lambda: _of_gold(record.ended_at, _judged(record), store, tables, before)
    return [sample for what, part in parts.items() for sample in _as_far_as_readable(what, part)]


def _as_far_as_readable(what: str, part: Callable[[], Iterable[Sample]]) -> Iterator[Sample]:
    try:
        yield from part()
    except (KrnError, OSError, duckdb.Error) as failed:
        log.error("not_measured", what=what, error=str(failed))


def _judged(record: Record) -> list[int]:
    """The version of silver.deliveries in which the run gave verdicts, if it did."""
    return [b.version for b in record.tables if b.table == DELIVERIES.name and b.version is not None and b.rows]


def _of_gold(
    at: datetime, judged: Sequence[int], store: Store, tables: Sequence[str], before: Mapping[Series, Seen]
) -> Iterator[Sample]:
    """What all of gold reflects now and did not before; where no earlier run told, what this run judged itself."""
    reached = _through(store, tables)
    if reached is None:
        return
    now = sample("gold_through_version", reached)
    known = before.get(now.series)
    new = range(int(known.sample.value) + 1, reached + 1) if known else [v for v in judged if v <= reached]
    yield now
    yield from to_gold(files(store, new), at)


def _through(store: Store, tables: Sequence[str]) -> int | None:
    """The version of silver.deliveries that every table of gold reflects; None while one was never built.

    A table that has nothing to be made with, such as scores without a model, is not waited for.
    """
    of_gold = [(table, cursors.load(store.root, table.name)) for table in made_for(tables) if table.stage == "gold"]
    if any(cursor is None and not table.may_stay_unbuilt for table, cursor in of_gold):
        return None
    return min((cursor.through for _, cursor in of_gold if cursor), default=None)
