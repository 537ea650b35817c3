"""Build many tables: each once its inputs are built, some at a time."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, datetime
from graphlib import TopologicalSorter

import structlog

from krn.build import build
from krn.errors import KrnError
from krn.outcome import Built, Run
from krn.store import Store
from krn.tables.table import Table

log = structlog.get_logger()


def build_all(
    tables: Iterable[Table],
    store: Store,
    run: Run,
    stop: Callable[[], bool] = lambda: False,
    build: Callable[[Table, Store, Run], Built] = build,
) -> Iterator[Built]:
    """Build the tables, up to `run.threads` at a time; each comes when it is done, after its inputs.

    Of those that could be begun the first is the one behind which most tables wait in a row; ties by name.
    A held table stops only what depends on it. Once `stop` says so, or one fails, no other is begun. Each that fails is
    logged; of several errors one is raised, a bug before what a person can mend.
    """
    by_name = {table.name: table for table in tables}
    waiting, ready, failed = _sorter(by_name), list[str](), list[BaseException]()
    in_a_row = _waiting_in_a_row(by_name)
    stores = [store, *(store.beside() for _ in range(run.threads - 1))]
    building: dict[Future[Built], tuple[str, Store]] = {}
    with ThreadPoolExecutor(run.threads, "build") as pool:
        waiting.prepare()
        while waiting.is_active():
            ready = sorted([*ready, *waiting.get_ready()], key=lambda name: (-in_a_row[name], name))
            while ready and stores and not (failed or stop()):
                name, free = ready.pop(0), stores.pop()
                building[pool.submit(copy_context().run, _timed, build, by_name[name], free, run)] = name, free
            if not building:
                break
            for done in wait(building, return_when=FIRST_COMPLETED).done:
                name, free = building.pop(done)
                stores.append(free)
                if error := done.exception():
                    log.error("table_failed", table=name, error=_said(error))
                    failed.append(error)
                else:
                    waiting.done(name)
                    yield done.result()
    if failed:
        raise min(failed, key=lambda error: isinstance(error, KrnError))


def in_order(tables: Iterable[Table]) -> list[Table]:
    """The tables so that each comes after its inputs; ties by name."""
    by_name = {table.name: table for table in tables}
    return [by_name[name] for name in _sorter(by_name).static_order()]


def _sorter(by_name: Mapping[str, Table]) -> TopologicalSorter[str]:
    return TopologicalSorter({name: _inputs(name, by_name) for name in sorted(by_name)})


def _inputs(name: str, by_name: Mapping[str, Table]) -> list[str]:
    return [i.of.name for i in by_name[name].reads.values() if isinstance(i.of, Table) and i.of.name in by_name]


def _waiting_in_a_row(by_name: Mapping[str, Table]) -> dict[str, int]:
    """By table, the longest row of tables of which each waits for the one before it."""
    found = dict.fromkeys(by_name, 0)
    for name in reversed(list(_sorter(by_name).static_order())):
        for given in _inputs(name, by_name):
            found[given] = max(found[given], found[name] + 1)
    return found


def _said(error: BaseException) -> str:
    """What a person may read of an error; that of a bug could show a row."""
    return str(error) if isinstance(error, KrnError) else type(error).__name__


def _timed(build: Callable[[Table, Store, Run], Built], table: Table, store: Store, run: Run) -> Built:
    started = time.monotonic()
    with store.jobs(table.name) as jobs:
        built = build(table, store, run)
    took = round(time.monotonic() - started, 3)
    built = replace(built, seconds=took, ended_at=datetime.now(UTC), jobs=jobs())
    log.info("built", **built.told)
    return built
