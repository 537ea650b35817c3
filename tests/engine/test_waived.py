"""A held table that a person released: the next run publishes what was held, once, and not a row more."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from world import DAILY, TOTALS, content, deliver, order, step

from krn import cursors, holds, waivers
from krn.decisions import Decision, discard, release
from krn.failpoints import arm, disarm
from krn.gate import Expectation, Suite
from krn.maintain import maintain
from krn.outcome import Built
from krn.store import Store
from krn.tables.bronze.deliveries import TABLE as BRONZE
from krn.tables.silver.deliveries import TABLE as DELIVERIES
from krn.tables.table import Table

ANN = Decision("ann", "an order of the producer's own test", datetime(2026, 2, 1, 6, tzinfo=UTC))


class Crash(Exception):
    """The process died here."""


def crash() -> None:
    raise Crash


def at_least(name: str, column: str, minimum: object) -> Expectation:
    kwargs = {"column": column, "min_value": minimum, "mostly": 1.0}
    return Expectation(name, "expect_column_values_to_be_between", kwargs, "critical")


def one_of(name: str, column: str, *values: str) -> Expectation:
    return Expectation(
        name, "expect_column_values_to_be_in_set", {"column": column, "value_set": [*values]}, "critical"
    )


def suites(table: Table, *expectations: Expectation) -> Callable[[Table], Suite | None]:
    return lambda asked: Suite(table.name, expectations) if asked is table else None


BIG = at_least("big", "total", 5)
KNOWN = one_of("known", "customer_id", "x")


def run(store: Store, run_id: str, *expectations: Expectation, full: bool = False) -> Built:
    """Judge what came and build the orders' totals."""
    return step(store, run_id, [TOTALS], suite_of=suites(TOTALS, *expectations), full=full)[TOTALS.name]


@pytest.fixture(scope="module")
def small_order(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Order a is published; b, of somebody else and too small, is held."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("held") / "warehouse")
    deliver(store, order("a", 10, customer="x"))
    run(store, "r1", BIG, KNOWN)
    deliver(store, order("b", 1, customer="y"))
    run(store, "r2", BIG, KNOWN)
    return store.root


@pytest.fixture
def held(small_order: Path, store: Store) -> Store:
    shutil.copytree(small_order, store.root)
    return store


def orders(store: Store) -> list[str]:
    return sorted(order_id for (order_id,) in content(store, TOTALS.name, "order_id"))


def states(store: Store, table: Table = TOTALS) -> list[tuple[str, int | None]]:
    return [(waiver.state, waiver.version) for waiver in waivers.every(store.root, table.name)]


def test_a_hold_tells_what_failed_over_which_part(held: Store) -> None:
    (hold,) = holds.every(held.root)
    assert [(f["id"], f["unexpected_count"], f["element_count"], f["never"]) for f in hold["failed"]] == [
        ("big", 1, 1, ""),
        ("known", 1, 1, ""),
    ]
    assert hold["failed"][0]["asks"] == "column total, min_value 5, mostly 1.0"
    assert (hold["rows"]["insert"], hold["scope"]["keys"]) == (1, 1)
    assert [tuple(key) for key in held.spark.read.parquet(str(held.root / hold["scope"]["folder"])).collect()] == [
        ("b",)
    ]


def test_what_was_released_is_published_once_as_waived(held: Store) -> None:
    release(held.root, TOTALS.name, ["big", "known"], ANN)
    assert orders(held) == ["a"]
    built = run(held, "r3", BIG, KNOWN)
    assert built.result is not None
    assert (built.outcome, built.result.status, orders(held)) == ("published", "waived", ["a", "b"])
    (waiver,) = waivers.every(held.root, TOTALS.name)
    assert (waiver.state, waiver.version, waiver.by) == ("spent", 1, "ann")
    commit = held.metadata(TOTALS.name, 1)
    assert (commit["result"], commit["waivers"]) == ("waived", [waiver.id])
    assert holds.every(held.root) == []
    assert run(held, "r4", BIG, KNOWN).outcome == "unchanged"
    deliver(held, order("b", 2, customer="y", event_id="again"))
    assert run(held, "r5", BIG, KNOWN).outcome == "held"


def test_of_two_failures_one_released_is_not_enough(held: Store) -> None:
    release(held.root, TOTALS.name, ["big"], ANN)
    built = run(held, "r3", BIG, KNOWN)
    assert (built.outcome, orders(held)) == ("held", ["a"])
    assert built.why == "2 of 2 expectations failed: big, known; its release does not apply: known failed as well"
    assert run(held, "r4", BIG).outcome == "published"
    assert states(held) == [("spent", 1)]


def test_orders_that_came_later_are_published_with_it_if_they_are_in_order(held: Store) -> None:
    release(held.root, TOTALS.name, ["big"], ANN)
    deliver(held, order("c", 2))
    shut = run(held, "r3", BIG)
    assert (shut.outcome, orders(held)) == ("held", ["a"])
    assert shut.why.endswith("its release does not apply: outside of the released scope big found 1 of 1")
    deliver(held, order("c", 6, event_id="mended"))
    assert (run(held, "r4", BIG).outcome, orders(held)) == ("published", ["a", "b", "c"])
    assert states(held) == [("spent", 1)]


def test_a_release_that_was_not_needed_ends_with_the_hold(held: Store) -> None:
    release(held.root, TOTALS.name, ["big"], ANN)
    built = run(held, "r3", at_least("big", "total", 1))
    assert built.result is not None
    assert (built.result.status, states(held)) == ("passed", [("lapsed", 1)])


def test_a_discarded_hold_leaves_nothing_and_moves_no_cursor(held: Store) -> None:
    cursor = cursors.load(held.root, TOTALS.name)
    release(held.root, TOTALS.name, ["big"], ANN)
    discard(held.root, TOTALS.name, ANN)
    assert (holds.every(held.root), states(held)) == ([], [("discarded", None)])
    assert not (held.root / "_candidates" / TOTALS.name).exists()
    assert cursors.load(held.root, TOTALS.name) == cursor
    assert run(held, "r3", BIG).outcome == "held"
    assert [hold["run"] for hold in holds.every(held.root)] == ["r3"]


@pytest.mark.parametrize("point", ["published", "cursor_moved"])
def test_a_run_that_dies_with_a_waiver_in_hand_is_finished_by_the_next(held: Store, point: str) -> None:
    release(held.root, TOTALS.name, ["big"], ANN)
    arm(point, crash)
    with pytest.raises(Crash):
        run(held, "r3", BIG)
    disarm()
    run(held, "r4", BIG)
    assert (orders(held), holds.every(held.root), states(held)) == (["a", "b"], [], [("spent", 1)])


def test_a_release_is_spent_also_where_maintenance_came_between(held: Store) -> None:
    release(held.root, TOTALS.name, ["big"], ANN)
    arm("cursor_moved", crash)
    with pytest.raises(Crash):
        run(held, "r3", BIG)
    disarm()
    maintain(held, [TOTALS.name])
    assert held.metadata(TOTALS.name, held.head(TOTALS.name) or 0) == {}
    run(held, "r4", BIG)
    assert states(held) == [("spent", held.head(TOTALS.name))]


def test_a_build_in_full_is_released_as_such(held: Store) -> None:
    run(held, "r3", BIG, full=True)
    release(held.root, TOTALS.name, ["big"], ANN)
    built = run(held, "r4", BIG)
    assert (built.outcome, built.why, orders(held)) == ("published", "held when it was made in full", ["a", "b"])
    deliver(held, order("c"))
    assert run(held, "r5", BIG, full=True).outcome == "held"


def test_a_table_of_days_is_released_for_its_days(held: Store) -> None:
    many = at_least("many", "n", 2)

    def days(run_id: str) -> Built:
        return step(held, run_id, [TOTALS, DAILY], suite_of=suites(DAILY, many))[DAILY.name]

    days("r3")
    deliver(held, order("c", day=2))
    days("r4")
    assert holds.every(held.root)[0]["scope"] == {"dates": ["2026-01-02"]}
    release(held.root, DAILY.name, ["many"], ANN)
    deliver(held, order("d", day=3), order("e", day=3))
    assert (days("r5").outcome, content(held, DAILY.name, "n")) == ("published", {(2,): 2, (1,): 1})


def test_judge_takes_the_batches_that_were_released_and_no_later_ones(store: Store) -> None:
    """Bronze has a gate of its own before the verdicts have theirs; one commit spends both releases."""
    strict = {
        BRONZE.name: Suite(BRONZE.name, (one_of("from-shop", "source", "shop"),)),
        DELIVERIES.name: Suite(DELIVERIES.name, (one_of("all-good", "verdict", "accepted"),)),
    }

    def judged(run_id: str) -> list[str]:
        step(store, run_id, [], suite_of=lambda table: strict.get(table.name))
        return [hold["table"] for hold in holds.every(store.root)]

    deliver(store, order("a"), b"not json")
    assert judged("r1") == [BRONZE.name]
    release(store.root, BRONZE.name, ["from-shop"], ANN)
    assert judged("r2") == [DELIVERIES.name]
    release(store.root, DELIVERIES.name, ["all-good"], ANN)
    assert judged("r3") == []
    assert content(store, DELIVERIES.name, "verdict") == {("accepted",): 1, ("quarantined",): 1}
    assert [states(store, table) for table in (BRONZE, DELIVERIES)] == [[("spent", 0)]] * 2
    deliver(store, order("b"))
    assert judged("r4") == [BRONZE.name]
    assert [hold["scope"] for hold in holds.every(store.root)] == [{"batches": 2}]
