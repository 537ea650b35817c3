"""The build engine: pins, scopes, publishing, cursors, and what it does when something was not finished."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from world import (
    BUYERS,
    DAILY,
    LABELLED,
    MOVING,
    RANKING,
    TOTALS,
    TOYS,
    a_run,
    built,
    content,
    deliver,
    order,
    same_as_in_full,
    step,
)

from krn import cursors
from krn.dag import build_all
from krn.engine.scope import Scope
from krn.errors import KrnError
from krn.failpoints import arm, disarm
from krn.judge import judge
from krn.outcome import Restated
from krn.store import Store
from krn.tables.silver.deliveries import TABLE as DELIVERIES
from krn.tables.table import Column, Table
from krn.tables.types import TEXT


class Crash(Exception):
    """The process died here."""


def crash() -> None:
    raise Crash


@pytest.fixture(scope="module")
def first_day(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which every toy table was built over one order of 10 pounds on the first day."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("first") / "warehouse")
    deliver(store, order("a", 10, day=1))
    step(store, "r1", TOYS)
    return store.root


@pytest.fixture
def begun(first_day: Path, store: Store) -> Store:
    """A copy of it."""
    shutil.copytree(first_day, store.root)
    return store


def ten(day: int, total: int = 10, n: int = 1) -> tuple[Any, ...]:
    return date(2026, 1, day), Decimal(total), n


def test_tables_that_are_built_side_by_side_are_those_that_are_built_one_by_one(
    begun: Store, spark: SparkSession, tmp_path: Path
) -> None:
    """DAILY and BUYERS, which change rows that are there, once TOTALS is done."""
    deliver(begun, order("a", 20, day=1, event_id="more"), order("b", 5, day=1), order("c", 7, day=2, customer="d"))
    judge(begun, a_run("judge"))
    both = Store(lambda: spark, tmp_path / "both")
    shutil.copytree(begun.root, both.root)
    tables = (TOTALS, DAILY, BUYERS)

    def told(store: Store, threads: int) -> dict[str, tuple[object, ...]]:
        run = replace(a_run("r2"), threads=threads)
        return {built.table: (built.outcome, built.rows, built.jobs) for built in build_all(tables, store, run)}

    one_by_one, side_by_side = told(begun, 1), told(both, 2)
    assert side_by_side == one_by_one
    assert [content(both, table.name) for table in tables] == [content(begun, table.name) for table in tables]
    commits = [store.metadata(t.name, store.head(t.name) or 0) for store in (begun, both) for t in tables]
    assert {commit["run"] for commit in commits} == {"r2"}
    assert all(jobs for _, _, jobs in side_by_side.values())


def test_increments_in_any_order_give_the_rows_of_a_full_build(store: Store) -> None:
    tables = (TOTALS, DAILY, BUYERS, LABELLED)
    deliver(store, order("b", 5, day=3, customer="x"), order("a", 10, day=2, customer="y"))
    step(store, "r1", tables)
    deliver(store, order("late", 7, day=1, customer="x"), order("new", 20, day=9, customer="z"))
    deliver(store, order("again", 1, day=2, customer="z"))
    step(store, "r2", tables)
    assert same_as_in_full(store, tables) == []


def test_a_large_table_of_days_keeps_them_apart(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("krn.engine.publish.ROWS_A_FILE", 1)
    deliver(store, order("a", day=1), order("b", day=2), order("c", day=3))
    step(store, "r1", [TOTALS, DAILY])
    assert len(list(store.path(DAILY.name).glob("*.parquet"))) == 3


def test_only_the_changed_days_are_made_again(begun: Store) -> None:
    deliver(begun, order("b", day=2))
    step(begun, "r2", [TOTALS, DAILY])
    deliver(begun, order("c", day=2))
    third = step(begun, "r3", [TOTALS, DAILY])[DAILY.name]
    assert third.rows == {"insert": 0, "update": 1, "delete": 0, "same": 0}
    assert content(begun, DAILY.name) == Counter([ten(1), ten(2, 20, 2)])


def test_a_run_over_nothing_new_commits_nothing_and_starts_no_job(begun: Store) -> None:
    versions = {t.name: begun.head(t.name) for t in TOYS}
    again = step(begun, "r2", TOYS)
    assert {t.name: begun.head(t.name) for t in TOYS} == versions
    assert {b.outcome for b in again.values()} == {"unchanged"}
    assert sum(b.jobs for b in again.values()) == 0


def test_a_change_that_gives_the_same_rows_commits_nothing(begun: Store) -> None:
    deliver(begun, order("a", 10, event_id="told twice"))
    second = step(begun, "r2", [TOTALS, DAILY])
    assert (second[TOTALS.name].outcome, second[TOTALS.name].rows["same"]) == ("unchanged", 1)
    assert second[DAILY.name].why == "nothing new"


def test_only_the_types_that_came_wake_the_tables_that_read_them(begun: Store) -> None:
    deliver(begun, b"not json")
    second = step(begun, "r2", [TOTALS])[TOTALS.name]
    assert (second.outcome, second.jobs) == ("unchanged", 0)
    assert _cursor(begun, TOTALS).through == _cursor(begun, DELIVERIES).through


def test_a_first_build_commits_even_an_empty_table(store: Store) -> None:
    deliver(store, b"not json")
    first = step(store, "r1", [TOTALS, RANKING])
    assert [first[t.name].outcome for t in (TOTALS, RANKING)] == ["published", "published"]
    assert [store.read(t.name).count() for t in (TOTALS, RANKING)] == [0, 0]


def test_a_row_that_moves_to_another_day_changes_both_days(begun: Store) -> None:
    deliver(begun, order("a", 10, day=2, event_id="moved"))
    moved = step(begun, "r2", [TOTALS, DAILY])[DAILY.name]
    assert content(begun, DAILY.name) == Counter([ten(2)])
    was = Restated(date(2026, 1, 1), {}, {"total": (Decimal(10), None), "n": (1, None)})
    assert (moved.n_restated, moved.restated) == (1, (was,))


def test_a_change_of_an_input_reached_via_a_column_changes_the_rows_that_hold_it(store: Store) -> None:
    deliver(store, order("second", day=5, customer="x"), order("other", day=5, customer="y"))
    step(store, "r1", [TOTALS, BUYERS, LABELLED])
    deliver(store, order("first", day=1, customer="x"))
    changed = step(store, "r2", [TOTALS, BUYERS, LABELLED])[LABELLED.name]
    assert changed.rows == {"insert": 1, "update": 1, "delete": 0, "same": 0}
    assert content(store, LABELLED.name) == Counter([("second", "x", 0), ("other", "y", 1), ("first", "x", 1)])


def test_a_late_day_changes_the_days_of_its_window_and_no_other(store: Store) -> None:
    deliver(store, order("a", 1, day=1), order("b", 2, day=3), order("c", 4, day=9))
    step(store, "r1", [TOTALS, MOVING])
    deliver(store, order("late", 100, day=2))
    changed = step(store, "r2", [TOTALS, MOVING])[MOVING.name]
    assert changed.rows["update"] + changed.rows["insert"] == 2
    assert content(store, MOVING.name) == Counter(
        [(date(2026, 1, d), Decimal(t)) for d, t in ((1, 1), (2, 101), (3, 103), (9, 4))]
    )


def test_a_window_may_be_longer_by_a_value_of_the_run(store: Store) -> None:
    deliver(store, order("a", 1, day=1), order("b", 2, day=3))

    def moved(totals: DataFrame, label_delay_days: int) -> DataFrame:
        assert MOVING.transform is not None and label_delay_days == 1
        return MOVING.transform(totals)

    args = ("label_delay_days",)
    longer = replace(MOVING, window_days=1, window_arg="label_delay_days", args=args, transform=moved)
    step(store, "r1", [TOTALS, longer], label_delay_days=1)
    deliver(store, order("late", 100, day=2))
    changed = step(store, "r2", [TOTALS, longer], label_delay_days=1)[MOVING.name]
    assert changed.rows["update"] + changed.rows["insert"] == 2
    assert content(store, MOVING.name) == Counter(
        [(date(2026, 1, d), Decimal(t)) for d, t in ((1, 1), (2, 101), (3, 103))]
    )


def test_a_window_reads_the_days_before_those_it_makes_and_none_after(spark: SparkSession) -> None:
    days = spark.sql("SELECT explode(sequence(DATE'2026-01-01', DATE'2026-01-31')) AS day")
    found = Scope("changed", dates=(date(2026, 1, 10), date(2026, 1, 11))).restrict(days, F.col("day"), reach=2)
    assert [row.day.day for row in found.collect()] == [8, 9, 10, 11]


def test_a_table_relative_to_today_is_made_again_on_another_day(store: Store) -> None:
    deliver(store, order("a", 10, day=1), order("b", 99, day=20))
    step(store, "r1", [TOTALS, RANKING], today=date(2026, 1, 10))
    assert content(store, RANKING.name, "order_id") == Counter([("a",)])
    again = step(store, "r2", [TOTALS, RANKING], today=date(2026, 1, 21))[RANKING.name]
    assert again.why == "its definition or arguments changed"
    assert content(store, RANKING.name, "order_id") == Counter([("b",)])


def test_a_transform_that_breaks_its_columns_is_an_error_that_names_them(begun: Store) -> None:
    wrong = replace(DAILY, columns=(*DAILY.columns, Column("missing", TEXT, "never made")))
    with pytest.raises(KrnError, match="missing: missing"):
        built(begun, wrong, "r2")


def test_a_table_of_nothing_but_empty_tables_is_empty_without_a_transform(store: Store) -> None:
    deliver(store, b"not an event")
    asked: list[str] = []
    daily = replace(DAILY)
    object.__setattr__(daily, "transform", lambda **inputs: asked.extend(inputs))
    assert step(store, "r1", [TOTALS, daily])[DAILY.name].outcome == "published"
    assert asked == [] and not content(store, DAILY.name)


def test_a_table_whose_columns_change_is_written_anew_and_so_is_what_reads_it(begun: Store) -> None:
    wider = _with_a_note(TOTALS)
    daily = replace(DAILY, inputs={"totals": wider})
    again = step(begun, "r2", [wider, daily])
    assert again[TOTALS.name].why == "its definition or arguments changed"
    assert again[DAILY.name].why == "the change feed of silver.totals is gone"
    assert "note" in begun.read(TOTALS.name).columns


def test_an_input_that_was_made_anew_is_read_in_full(begun: Store) -> None:
    shutil.rmtree(begun.path(TOTALS.name))
    again = step(begun, "r2", [TOTALS, DAILY])
    assert again[DAILY.name].why == "an input was made anew"


@pytest.mark.slow  # test_pipeline dies at every one; the next test finishes a build that died at the worst
@pytest.mark.parametrize("point", ["pinned", "scoped", "computed", "gated", "published", "cursor_saved"])
def test_a_build_that_dies_anywhere_is_finished_by_the_next_run(begun: Store, point: str) -> None:
    deliver(begun, order("b", 5, day=1), order("c", 7, day=2))
    arm(point, crash)
    with pytest.raises(Crash):
        step(begun, "r2", [TOTALS, DAILY])
    disarm()
    step(begun, "r3", [TOTALS, DAILY])
    assert content(begun, DAILY.name) == Counter([ten(1, 15, 2), ten(2, 7)])


def test_a_commit_that_no_cursor_knows_is_not_read_by_others_until_the_next_run_settles_it(begun: Store) -> None:
    deliver(begun, order("b", 5, day=1))
    arm("published", crash)
    with pytest.raises(Crash):
        step(begun, "r2", [TOTALS])
    disarm()
    assert built(begun, DAILY, "r3").outcome == "waits"
    assert content(begun, DAILY.name) == Counter([ten(1)])
    step(begun, "r4", [TOTALS, DAILY])
    assert content(begun, DAILY.name) == Counter([ten(1, 15, 2)])


def test_a_table_waits_when_its_inputs_reflect_different_deliveries(begun: Store) -> None:
    deliver(begun, order("b", customer="y"))
    step(begun, "r2", [TOTALS])
    waits = built(begun, LABELLED, "r3")
    assert (waits.outcome, waits.why) == ("waits", "not yet at version 1 of silver.deliveries: silver.buyers")


def test_a_table_waits_for_an_input_that_was_never_built(store: Store) -> None:
    assert built(store, DAILY, "r1").why == "not built yet: silver.totals"


def test_an_unknown_input_name_fails_when_the_module_is_imported() -> None:
    def transform(orders: DataFrame) -> DataFrame:
        return orders

    with pytest.raises(ValueError, match="the transform takes"):
        replace(DAILY, transform=transform)


def test_a_window_of_a_value_that_is_no_arg_fails_when_the_module_is_imported() -> None:
    """A change of the value would else make nothing again: only args are part of what a table is made by."""
    with pytest.raises(ValueError, match=r"gold\.moving: the window's label_delay_days is none"):
        replace(MOVING, window_arg="label_delay_days")


def _cursor(store: Store, table: Table) -> cursors.Cursor:
    found = cursors.load(store.root, table.name)
    assert found is not None
    return found


def _with_a_note(table: Table) -> Table:
    from pyspark.sql import functions as F

    def noted(created: DataFrame) -> DataFrame:
        assert table.transform is not None
        return table.transform(created).withColumn("note", F.lit("x"))

    return replace(table, columns=(*table.columns, Column("note", TEXT, "a note")), transform=noted)
