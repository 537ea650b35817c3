"""Limits of former runs over Delta: half of what is usual, or nothing at all, warns and is published."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import SparkSession
from world import HOME, TOTALS, a_run, deliver, order

from krn.build import build
from krn.gate import Expectation, Suite
from krn.history import History, Watched
from krn.judge import judge
from krn.outcome import Built, Run
from krn.store import Store
from krn.suites import suite_of
from krn.tables.table import Table

AT = datetime(2026, 1, 31, 6, tzinfo=UTC)
USUAL = {"min_value": {"$PARAMETER": "usual_low"}, "max_value": {"$PARAMETER": "usual_high"}}
OF_TOTALS = Suite(TOTALS.name, (Expectation("rows", "expect_table_row_count_to_be_between", USUAL, "warning"),))


def suite(table: Table) -> Suite:
    return OF_TOTALS if table is TOTALS else suite_of(HOME)(table)


def seen(table: str, id_: str, kind: str, found: float) -> tuple[Watched, ...]:
    """Ten Saturdays on which an expectation found this."""
    days = [AT - timedelta(weeks=n + 1) for n in range(10)]
    return tuple(Watched(table, id_, kind, day, found) for day in days)


def run(name: str, at: datetime = AT) -> Run:
    before = (
        *seen("bronze.deliveries", "usual-volume", "pending", 100),
        *seen("silver.deliveries", "usual-accepted", "pending", 51),
        *seen("silver.totals", "rows", "changed", 100),
    )
    return replace(a_run(name, suite), history=lambda: History(at, UTC, before))


def watched(built: Built) -> dict[str, tuple[str, object, str]]:
    checks = built.result.checks if built.result else ()
    return {c.id: (c.status, c.observed, c.limits.kind) for c in checks if c.limits}


@pytest.fixture(scope="module")
def store(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(lambda: spark, tmp_path_factory.mktemp("limits") / "warehouse")


@pytest.fixture(scope="module")
def half(store: Store) -> tuple[Built, ...]:
    """A run that is given half of what is usual."""
    deliver(store, *(order(f"o{n}") for n in range(49)), b"broken")
    first = run("r1")
    return (*judge(store, first), build(TOTALS, store, first))


def test_half_as_much_as_usual_is_warned_of_and_published(half):
    arrived, ruled, _ = half
    assert watched(arrived) == {"usual-volume": ("warned", 50, "pending")}
    assert (ruled.outcome, arrived.result.status) == ("published", "warned")


def test_what_is_compared_with_nothing_passes(half):
    _, ruled, totals = half
    assert watched(ruled)["usual-quarantined"] == ("passed", 0.02, "pending")
    assert watched(ruled)["usual-accepted"] == ("passed", 49, "pending")
    assert watched(totals) == {"rows": ("passed", 49, "whole")}


def test_a_changed_part_is_compared_with_changed_parts(store, half):
    deliver(store, order("late"))
    judge(store, run("r2"))
    assert watched(build(TOTALS, store, run("r2"))) == {"rows": ("warned", 1, "changed")}


def test_nothing_at_all_is_warned_of_once_it_is_overdue(store, half):
    assert [built.table for built in judge(store, run("r3", AT - timedelta(days=7)))] == ["silver.deliveries"]
    arrived, ruled = judge(store, run("r4"))
    assert (watched(arrived), ruled.why) == ({"usual-volume": ("warned", 0, "pending")}, "nothing new")
