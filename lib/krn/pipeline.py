"""The steps of a run in their order: ingest, transform, aggregate; each under its lock, each told to the journal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from krn.config import Config, Landing, Source
from krn.dag import build_all
from krn.errors import GateHeld, KrnError, Stopped, UsageError
from krn.ingest import ingest_folder, ingest_queue
from krn.judge import judge
from krn.lock import hold
from krn.maintain import maintain as tidy
from krn.outcome import Built, Run
from krn.sources import ledger
from krn.sources.ingested import Batch, Ingested
from krn.store import Store
from krn.tables.every import TABLES, made_for, matched_by_none
from krn.tables.silver import deliveries

log = structlog.get_logger()


@dataclass
class Progress:
    """What a run has done so far; the journal gets it however the run ends."""

    sources: list[Ingested] = field(default_factory=list)
    tables: list[Built] = field(default_factory=list)
    failed: list[KrnError] = field(default_factory=list)
    notes: dict[str, object] = field(default_factory=dict)


Stop = Callable[[], bool]
Step = Callable[[Config, Store, Run, Progress, Stop], None]


def refuse_unknown(tables: tuple[str, ...]) -> None:
    """A name of the configuration that no table has is a mistake, found before anything starts."""
    if unknown := matched_by_none(tables):
        raise UsageError(f"tables: no table is named {', '.join(unknown)}.", "krn tables lists them")


def ingest(config: Config, store: Store, run: Run, progress: Progress, stop: Stop) -> None:
    """Take what every source has; a source that fails does not keep the others from being taken."""
    with hold(store.root, "ingest"):
        for source in config.sources:
            try:
                _take_all(source, store, run, progress, stop)
            except KrnError as failed:
                log.error("source_failed", source=source.name, error=str(failed))
                progress.failed.append(failed)
            if stop():
                raise Stopped(f"Stopped while ingesting; {source.name} is finished up to its last commit.", "run again")


def _take_all(source: Source, store: Store, run: Run, progress: Progress, stop: Stop) -> None:
    """Take what one source has. Where that fails, the journal still gets the batches before the failure."""
    batches: list[Batch] = []
    try:
        progress.sources.append(_take(source, store, run, stop, batches))
    except BaseException:
        progress.sources.append(Ingested(source.name, source.kind, run.id, "failed", tuple(batches)))
        raise


def _take(source: Source, store: Store, run: Run, stop: Stop, batches: list[Batch]) -> Ingested:
    if isinstance(source, Landing):
        return ingest_folder(source, store, run.id, _now, stop, batches)
    from krn.sources.sqs import SqsQueue  # here, since boto3 takes 0.3 s that a folder does not need

    return ingest_queue(SqsQueue(source), store, source, run.id, _now, stop, batches)


def transform(store: Store, run: Run, progress: Progress, stop: Stop) -> None:
    """Judge what came, then build silver."""
    with hold(store.root, "silver"):
        progress.tables.extend(judge(store, run))
        _build("silver", store, run, progress, stop)


def aggregate(store: Store, run: Run, progress: Progress, stop: Stop) -> None:
    """Build gold, while nobody writes silver."""
    with hold(store.root, "gold"), hold(store.root, "silver", shared=True):
        _build("gold", store, run, progress, stop)


def _build(stage: str, store: Store, run: Run, progress: Progress, stop: Stop) -> None:
    if not store.exists(deliveries.TABLE.name):
        return  # nothing ever came: there is nothing to wait for either
    wanted = [t for t in made_for(run.tables) if t.stage == stage and t.transform is not None]
    tables = [t for t in wanted if not t.lacks(run.args)]
    for built in build_all(tables, store, run, stop):
        progress.tables.append(built)
    if stop():
        raise Stopped(f"Stopped while building {stage}; nothing is half done.", "run again")


def maintain(store: Store, progress: Progress) -> None:
    """Tidy every table while no other job works."""
    with hold(store.root, "ingest"), hold(store.root, "silver"), hold(store.root, "gold"):
        progress.notes["tidied"] = tidy(store, [ledger.TABLE.name, *(t.name for t in TABLES)])


def concluded(progress: Progress) -> None:
    """Raise what the run must end with: the first failure of a source, else what is held or waits."""
    if progress.failed:
        raise progress.failed[0]
    shut = [built for built in progress.tables if not built.is_open]
    if shut:
        said = "; ".join(f"{b.table} {'held' if b.outcome == 'held' else 'waits'}: {b.why}" for b in shut)
        raise GateHeld(f"{said}. Readers keep the previous version.", "krn hold list")


def _now() -> datetime:
    return datetime.now(UTC)
