"""Upkeep changes no row, and after it increments go on being increments."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from delta.tables import DeltaTable
from pyspark.sql import SparkSession
from world import DAILY, TOTALS, content, deliver, order, same_as_in_full, step

from krn import cursors
from krn.failpoints import arm, disarm
from krn.maintain import maintain
from krn.store import Store
from krn.tables.bronze.deliveries import TABLE as BRONZE
from krn.tables.silver.deliveries import TABLE as DELIVERIES
from krn.tables.table import Table

TOYS = (TOTALS, DAILY)
NAMES = [t.name for t in (BRONZE, DELIVERIES, *TOYS)]


class Crash(Exception):
    """The process died here."""


def crash() -> None:
    raise Crash


@pytest.fixture(scope="module")
def worn(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse after three runs: small files, changed rows, rows hidden by deletion vectors."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("worn") / "warehouse")
    with pytest.MonkeyPatch.context() as many:
        many.setattr("krn.store.MANY", 0)  # as in a large table, MERGE marks rows
        for n, bodies in enumerate(
            ([order("a"), order("b", day=2)], [order("b", 99, day=3, event_id="b2")], [order("c")])
        ):
            deliver(store, *bodies)
            step(store, f"r{n}", TOYS)
    return store.root


@pytest.fixture(scope="module")
def tidy(spark: SparkSession, worn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after upkeep, with every file gone that no newest version needs."""
    store = copy(worn, spark, tmp_path_factory.mktemp("tidy"))
    assert maintain(store, [*NAMES, "gold.not_built"]) == NAMES
    vacuum(store, *NAMES)
    return store.root


def copy(root: Path, spark: SparkSession, folder: Path) -> Store:
    shutil.copytree(root, folder / "warehouse")
    return Store(lambda: spark, folder / "warehouse")


def vacuum(store: Store, *names: str) -> None:
    """Delete the files that the newest version does not need, as upkeep does once versions are old."""
    key = "spark.databricks.delta.retentionDurationCheck.enabled"
    store.spark.conf.set(key, "false")
    for name in names:
        DeltaTable.forPath(store.spark, str(store.path(name))).vacuum(0)
    store.spark.conf.unset(key)


@pytest.fixture
def before(worn: Path, spark: SparkSession, tmp_path: Path) -> Store:
    return copy(worn, spark, tmp_path / "before")


@pytest.fixture
def after(tidy: Path, spark: SparkSession, tmp_path: Path) -> Store:
    return copy(tidy, spark, tmp_path / "after")


def heads(store: Store) -> dict[str, int | None]:
    return {name: store.head(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_table_keeps_its_rows(before: Store, after: Store, name: str) -> None:
    assert content(after, name) == content(before, name)


def test_small_files_are_put_together(before: Store, after: Store) -> None:
    files = {store: len(store.read(BRONZE.name).inputFiles()) for store in (before, after)}
    assert files[before] > files[after] == 1


def test_rows_that_deletion_vectors_hid_are_gone(before: Store, after: Store) -> None:
    assert (before.count(TOTALS.name), after.count(TOTALS.name)) == (4, 3)


def test_every_cursor_stands_where_upkeep_left_its_table(after: Store) -> None:
    now = {name: cursors.load(after.root, name) for name in NAMES[1:]}
    version = {name: cursor.version for name, cursor in now.items() if cursor}
    seen = {(n, s.version) for cursor in now.values() if cursor for n, s in cursor.inputs.items()}
    assert seen == {(n, version[n]) for n, _ in seen}
    assert {cursor.through for cursor in now.values() if cursor} == {version[DELIVERIES.name]}


def test_a_run_after_upkeep_has_nothing_to_do(after: Store) -> None:
    found = heads(after)
    done = step(after, "after", TOYS)
    assert {(name, b.outcome, b.why) for name, b in done.items()} == {
        (name, "unchanged", "nothing new") for name in NAMES[1:]
    }
    assert heads(after) == found


def test_an_increment_after_upkeep_is_an_increment(after: Store) -> None:
    deliver(after, order("d", day=2))
    done = step(after, "after", TOYS)
    assert {done[t.name].why for t in TOYS} == {"changed"}
    assert done[TOTALS.name].rows == {"insert": 1, "update": 0, "delete": 0, "same": 0}
    assert same_as_in_full(after, TOYS) == []


@pytest.mark.slow  # unit/test_store notices deleted files, and test_build makes anew what lacks a feed
def test_a_table_that_was_behind_when_files_were_deleted_is_made_again_in_full(before: Store) -> None:
    deliver(before, order("a", 20, event_id="a2"))
    step(before, "r3", [TOTALS])
    maintain(before, [TOTALS.name])
    vacuum(before, TOTALS.name)
    done = step(before, "after", TOYS)
    assert done[DAILY.name].why == "the change feed of silver.totals is gone"
    assert content(before, DAILY.name)[date(2026, 1, 1), Decimal(30), 2] == 1


@pytest.mark.parametrize(
    ("point", "table"),
    [("published", TOTALS), pytest.param("silver_committed", DELIVERIES, marks=pytest.mark.slow)],
)
def test_upkeep_after_a_run_that_died_loses_no_change(before: Store, point: str, table: Table) -> None:
    deliver(before, order("d", 5, day=1))
    arm(point, crash)
    with pytest.raises(Crash):
        step(before, "r3", TOYS)
    disarm()
    maintain(before, [table.name])
    step(before, "after", TOYS)
    assert content(before, DAILY.name)[date(2026, 1, 1), Decimal(25), 3] == 1


@pytest.mark.slow  # which files are small enough is Delta's to say
def test_upkeep_again_writes_no_file(after: Store) -> None:
    files = {name: sorted(after.read(name).inputFiles()) for name in NAMES}
    maintain(after, NAMES)
    assert {name: sorted(after.read(name).inputFiles()) for name in NAMES} == files
