"""One Spark session for the whole test process, a fresh warehouse for each test that asks for one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from pyspark import cloudpickle
from pyspark.sql import SparkSession

from krn import failpoints
from krn.session import SMALL, open_session
from krn.store import Store

HOME = Path(__file__).parents[1]
settings.register_profile("krn", deadline=None)  # how fast an example runs is for bench/ to say
settings.load_profile("krn")
#: Plans over a handful of rows, as `Store.planned` makes them: to adapt or compile them takes longer than to run them.
#: tests/engine/test_planned.py compiles, and expects the same rows; a real shop's year, in tests/e2e, compiles.
FEW_ROWS = {
    "spark.master": "local[2]",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def pytest_configure() -> None:
    """Keep each of several test processes on its share of the cores, with its Java and what else it starts.

    Python and Java call each other thousands of times, which costs more from core to core: two files side by side took
    160 CPU s kept so and 176 free.
    """
    name, processes = os.environ.get("PYTEST_XDIST_WORKER"), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if name and hasattr(os, "sched_setaffinity"):  # Linux has it
        number, cores = int(name.removeprefix("gw")), sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[number % processes :: processes] or [cores[number % len(cores)]])


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    session = open_session(HOME, "krn tests", {**SMALL, **FEW_ROWS})
    yield session
    session.stop()


@pytest.fixture
def store(spark: SparkSession, tmp_path: Path) -> Store:
    return Store(lambda: spark, tmp_path / "warehouse")


@pytest.fixture(scope="module")
def shipped_by_value(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a contract of the test's module calls is sent to executors whole: they can't import the module."""
    cloudpickle.register_pickle_by_value(request.module)
    yield
    cloudpickle.unregister_pickle_by_value(request.module)


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """No place to die at, and no log to the standard error that a command found."""
    yield
    failpoints.disarm()
    structlog.reset_defaults()
