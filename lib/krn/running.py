"""One run from start to end: its clock and id, its steps, its record in the journal, and the exit code it ends with."""

import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

import orjson
import structlog

from krn import delta_rs, journal, pipeline, scoring, watched
from krn.alerts.sinks import Variable
from krn.config import Config
from krn.edition import edition
from krn.errors import Busy, KrnError, Unreadable
from krn.history import History
from krn.journal import Record
from krn.observing import observe
from krn.outcome import Run
from krn.pipeline import Progress, Step, Stop
from krn.store import Store
from krn.suites import suite_of
from krn.tables.gold.transaction_features import TABLE as FEATURES

log = structlog.get_logger()

STEPS: dict[str, Step] = {
    "ingest": pipeline.ingest,
    "transform": lambda config, store, run, progress, stop: pipeline.transform(store, run, progress, stop),
    "aggregate": lambda config, store, run, progress, stop: pipeline.aggregate(store, run, progress, stop),
    "maintain": lambda config, store, run, progress, stop: pipeline.maintain(store, progress),
}


@dataclass(frozen=True)
class Asked:
    """What a person or a schedule asks for: the job, its steps, the clock (None = now), whether all is made again."""

    job: str
    steps: tuple[str, ...]
    clock: datetime | None = None
    full: bool = False
    key: str = field(default="", repr=False)  # of personal tokens
    variable: Variable = field(default=lambda name: None, repr=False)  # of the environment: where alerts go


def execute(
    asked: Asked, config: Config, home: Path, store: Store, by_hand: Mapping[str, Step] | None = None
) -> Record:
    """Run the steps, then those of a person's command; the journal gets what was done, however it ends.

    A KrnError is raised only for what keeps the run from starting; of what comes later the record tells.
    """
    started = datetime.now(UTC)
    clock = asked.clock or started
    run, progress = _run(asked, config, home, started, clock), Progress()
    error, code = "", 1
    try:
        with structlog.contextvars.bound_contextvars(run=run.id), stoppable() as stop:
            steps = {name: STEPS[name] for name in asked.steps} | dict(by_hand or {})
            _steps(steps, config, home, store, run, clock, progress, stop)
        code = 0
    except KrnError as ended:
        error, code = str(ended), ended.exit_code
    except BaseException as bug:
        error = f"{type(bug).__name__}; see the log"
        raise
    finally:
        record = Record(
            run.id,
            asked.job,
            started,
            datetime.now(UTC),
            clock,
            code,
            error,
            tuple(progress.sources),
            tuple(progress.tables),
            progress.notes,
            edition(),
        )
        did_something = progress.sources or progress.tables or progress.notes or code not in (0, Busy.exit_code)
        if did_something and config.warehouse.exists():  # a busy run every few minutes is no news
            journal.write(config.warehouse, record)
            observe(record, asked.steps, config, home, store, asked.variable)
        if code != 0 and config.on_problem:
            _tell(config.on_problem, record)
    return record


def _run(asked: Asked, config: Config, home: Path, started: datetime, clock: datetime) -> Run:
    suites = suite_of(home)
    return Run(
        id=journal.new_run_id(started),
        args=config.run_args(clock),
        suite_of=(lambda table: None) if config.gate == "off" else suites,
        engine=config.gate,
        full=asked.full,
        threads=config.threads,
        tables=config.tables,
        key=asked.key,
        envelopes={s.name: s.envelope.paths for s in config.sources if s.envelope},
        dead_letters=config.dead_letters,
        history=cache(lambda: _history(config, clock)),
    )


def _history(config: Config, clock: datetime) -> History:
    """What the runs before found. Limits only warn, so a file that can't be read stops no run."""
    try:
        return History(clock, ZoneInfo(config.timezone), watched.read(config.warehouse, clock))
    except Unreadable as damaged:
        log.error("no_limits", error=str(damaged))
        return History(clock)


def _steps(
    steps: Mapping[str, Step],
    config: Config,
    home: Path,
    store: Store,
    run: Run,
    clock: datetime,
    progress: Progress,
    stop: Stop,
) -> None:
    pipeline.refuse_unknown(config.tables)
    with readable():
        for name, step in steps.items():
            if name == "aggregate":
                run, standing = scoring.equipped(run, config, home, store, clock)
            step(config, store, run, progress, stop)
            if name == "aggregate" and store.count(FEATURES.name):
                progress.notes["fraud_model"] = asdict(standing)
    pipeline.concluded(progress)


@contextmanager
def stoppable() -> Iterator[Stop]:
    """A question that SIGTERM answers with yes: what is durable is finished, the rest is left for the next run."""
    told: list[int] = []

    def tell(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    before = signal.signal(signal.SIGTERM, tell)
    try:
        yield lambda: bool(told)
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def readable() -> Iterator[None]:
    """Turn Spark's error about a damaged file into one that names it."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as failed:
        damaged = damaged_file(str(failed))
        if damaged is None:
            raise
        raise Unreadable(f"{damaged} is damaged or gone; nothing was published from it.", _mend(damaged)) from failed
    except delta_rs.DeltaError as failed:
        raise Unreadable(f"The log of a table is damaged: {failed}.", "restore it from a backup") from failed


def _mend(path: str) -> str:
    if "/bronze/" in path or "/silver/deliveries/" in path or "/ops/" in path:
        return "restore it from a backup; no other table can make it again"
    return "restore it from a backup, or move the table's folder away: krn run makes it again"


def damaged_file(said: str) -> str | None:
    """The file that Spark's error says it could not read, if that is what it says."""
    is_about_a_file = any(
        word in said
        for word in ("FAILED_READ_FILE", "hecksum", "FILE_NOT_EXIST", "PATH_NOT_FOUND", "not a Parquet file")
    )
    path = re.search(r"file:(/[^\s,;\"']+)", said)
    return path[1].rstrip(".:") if is_about_a_file and path else None


def _tell(command: str, record: Record) -> None:
    """Run the configured command with the record on its standard input; its own failure is only logged."""
    told = subprocess.run(command, shell=True, input=orjson.dumps(journal.as_dict(record), default=str), check=False)  # noqa: S602
    if told.returncode:
        log.error("on_problem_failed", returncode=told.returncode)
