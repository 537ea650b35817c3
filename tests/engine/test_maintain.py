"""Upkeep changes no row, and after it increments go on being increments."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from delta.tables import DeltaTable
from world import BUYERS, DAILY, LABELLED, TOTALS, content, deliver, order, same_as_in_full, step

from krn import cursors
from krn.failpoints import arm, disarm
from krn.maintain import maintain
from krn.store import Store
from krn.tables.bronze.deliveries import TABLE as BRONZE
from krn.tables.silver.deliveries import TABLE as DELIVERIES

TOYS = (TOTALS, DAILY, BUYERS, LABELLED)
NAMES = [t.name for t in (BRONZE, DELIVERIES, *TOYS)]


class Crash(Exception):
    """The process died here."""


def crash() -> None:
    raise Crash


@pytest.fixture
def lived_in(store: Store) -> Store:
    """A warehouse after three runs: small files, changed rows, rows hidden by deletion vectors."""
    for n, bodies in enumerate(([order("a"), order("b", day=2)], [order("b", 99, day=3, event_id="b2")], [order("c")])):
        deliver(store, *bodies)
        step(store, f"r{n}", TOYS)
    return store


def unreadable(store: Store, name: str) -> None:
    """Delete every file that the newest version does not need, as a vacuum does when versions are old."""
    key = "spark.databricks.delta.retentionDurationCheck.enabled"
    store.spark.conf.set(key, "false")
    DeltaTable.forPath(store.spark, str(store.path(name))).vacuum(0)
    store.spark.conf.unset(key)


def test_every_table_keeps_its_rows_and_loses_its_small_files(lived_in: Store) -> None:
    before = {name: content(lived_in, name) for name in NAMES}
    assert maintain(lived_in, [*NAMES, "gold.not_built"]) == NAMES
    assert {name: content(lived_in, name) for name in NAMES} == before
    files = {
        name: len(DeltaTable.forPath(lived_in.spark, str(lived_in.path(name))).toDF().inputFiles())
        for name in (BRONZE.name, DAILY.name)
    }
    assert files == {BRONZE.name: 1, DAILY.name: 1}


def test_no_deletion_vector_is_left(lived_in: Store) -> None:
    assert not lived_in._has_plain_files(TOTALS.name, lived_in.head(TOTALS.name) or 0)
    maintain(lived_in, NAMES)
    found = (lived_in.read(TOTALS.name).count(), lived_in.count(TOTALS.name))
    assert found == (3, 3)


def test_every_cursor_stands_where_upkeep_left_its_table(lived_in: Store) -> None:
    maintain(lived_in, NAMES)
    now = {name: cursors.load(lived_in.root, name) for name in NAMES[1:]}
    version = {name: cursor.version for name, cursor in now.items() if cursor}
    seen = {(n, s.version) for cursor in now.values() if cursor for n, s in cursor.inputs.items()}
    assert seen == {(n, version[n]) for n, _ in seen}
    assert {cursor.through for cursor in now.values() if cursor} == {version[DELIVERIES.name]}


def test_a_run_after_upkeep_has_nothing_to_do(lived_in: Store) -> None:
    maintain(lived_in, NAMES)
    heads = {name: lived_in.head(name) for name in NAMES}
    done = step(lived_in, "after", TOYS)
    assert {(b.outcome, b.why, b.jobs) for b in done.values()} == {("unchanged", "nothing new", 0)}
    assert {name: lived_in.head(name) for name in NAMES} == heads


def test_an_increment_after_upkeep_and_vacuum_is_an_increment(lived_in: Store) -> None:
    maintain(lived_in, NAMES)
    for name in NAMES:
        unreadable(lived_in, name)
    deliver(lived_in, order("d", day=2))
    done = step(lived_in, "after", TOYS)
    assert {done[t.name].why for t in TOYS} == {"changed"}
    assert done[TOTALS.name].rows == {"insert": 1, "update": 0, "delete": 0, "same": 0}
    assert same_as_in_full(lived_in, TOYS) == []


def test_a_table_that_was_behind_when_files_were_deleted_is_made_again_in_full(lived_in: Store) -> None:
    deliver(lived_in, order("a", 20, event_id="a2"))
    step(lived_in, "r3", [TOTALS])
    maintain(lived_in, NAMES)
    unreadable(lived_in, TOTALS.name)
    done = step(lived_in, "after", [TOTALS, DAILY])
    assert done[DAILY.name].why == "the change feed of silver.totals is gone"
    assert (date(2026, 1, 1), Decimal(30), 2) in content(lived_in, DAILY.name)


@pytest.mark.parametrize("point", ["published", "silver_committed"])
def test_upkeep_after_a_run_that_died_loses_no_change(lived_in: Store, point: str) -> None:
    deliver(lived_in, order("d", 5, day=1, customer="z"))
    arm(point, crash)
    with pytest.raises(Crash):
        step(lived_in, "r3", TOYS)
    disarm()
    maintain(lived_in, NAMES)
    step(lived_in, "after", TOYS)
    assert content(lived_in, DAILY.name)[date(2026, 1, 1), Decimal(25), 3] == 1
    assert same_as_in_full(lived_in, TOYS) == []


@pytest.mark.parametrize("tidy", [lambda store: maintain(store, NAMES)])
def test_upkeep_again_changes_nothing(lived_in: Store, tidy: Callable[[Store], object]) -> None:
    tidy(lived_in)
    files = {name: sorted(lived_in.read(name).inputFiles()) for name in NAMES}
    tidy(lived_in)
    assert {name: sorted(lived_in.read(name).inputFiles()) for name in NAMES} == files


def test_a_maintained_table_that_lost_its_cursor_is_built_again_to_the_same_rows(lived_in: Store) -> None:
    maintain(lived_in, NAMES)
    before = content(lived_in, TOTALS.name)
    (lived_in.root / "ops" / "cursors" / f"{TOTALS.name}.json").unlink()
    assert step(lived_in, "after", [TOTALS])[TOTALS.name].why == "first build"
    assert content(lived_in, TOTALS.name) == before
