"""After a run: measure it, export the metrics, look at the watches. What fails here changes no run's end."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import structlog

from krn import watched
from krn.alerts.checking import alerts_of, check
from krn.alerts.sinks import Variable
from krn.config import Config
from krn.errors import Busy, KrnError
from krn.journal import Record
from krn.metrics import kept
from krn.metrics.exposition import export
from krn.metrics.measure import measure
from krn.metrics.sample import newest
from krn.store import Store

log = structlog.get_logger()


def observe(record: Record, steps: Sequence[str], config: Config, home: Path, store: Store, variable: Variable) -> None:
    """Keep what the run found and measured, then tell whom the file of alerts names, whatever became of the former."""
    _attempt("limits", lambda: watched.keep(store.root, record))
    _attempt("metrics", lambda: _measure(record, steps, config, store))
    _attempt("watches", lambda: check(config, alerts_of(config, home), variable, datetime.now(UTC)))


def _attempt(what: str, work: Callable[[], object]) -> None:
    try:
        work()
    except Busy:
        log.info("left_to_another_run", what=what)
    except (KrnError, OSError, duckdb.Error) as failed:
        log.error("not_observed", what=what, error=str(failed))


def _measure(record: Record, steps: Sequence[str], config: Config, store: Store) -> None:
    before = kept.history(store.root)
    samples = measure(record, steps, store, config.tables, newest(before))
    history = kept.write(store.root, record.run, record.ended_at, samples, before)
    export(store.root, [seen[-1].sample for seen in history.values()])
