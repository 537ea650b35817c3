"""Sums of an input are made once for all tables that ask for them, and again when it has changed."""

from dataclasses import replace
from datetime import date

from world import BUYERS, DAILY, TOTALS, deliver, order, step

from krn.contracts.orders import ORDER_CREATED, ORDER_REFUNDED
from krn.cursors import Seen
from krn.engine.numbers import place
from krn.engine.pins import Pins
from krn.gate import Expectation, Number, Suite
from krn.store import Store
from krn.tables.silver.deliveries import TABLE as DELIVERIES
from krn.tables.table import Input, Table

ROWS = "expect_column_values_to_be_between"
AGREE = Expectation(
    "agree", "expect_column_pair_values_to_be_equal", {"column_A": "here", "column_B": "orders"}, "critical"
)
SOME = Expectation("some", ROWS, {"column": "orders", "min_value": 1}, "critical")
ORDERS = Number("orders", "totals", "count(*)")
SUITES = {
    DAILY.name: Suite(DAILY.name, (), (Number("here", "this", "sum(n)"), ORDERS), (AGREE,)),
    BUYERS.name: Suite(BUYERS.name, (), (ORDERS,), (SOME,)),
}


def suite_of(table: Table) -> Suite | None:
    return SUITES.get(table.name)


def test_tables_share_a_sum_of_the_version_that_they_read_and_of_no_other(store: Store) -> None:
    tables = (TOTALS, DAILY, BUYERS)
    deliver(store, order("a"), order("b", day=2))
    first = step(store, "r1", tables, suite_of=suite_of)
    assert list(store.sums.values()) == [2]
    deliver(store, order("c", customer="d"))
    second = step(store, "r2", tables, suite_of=suite_of)
    assert list(store.sums.values()) == [2, 3]
    results = [made[name].result for made in (first, second) for name in SUITES]
    assert [result and result.status for result in results] == ["passed"] * 4


def test_a_sum_that_is_known_is_not_made_again(store: Store) -> None:
    deliver(store, order("a"), order("b", day=2))
    assert step(store, "r1", (TOTALS, DAILY), suite_of=suite_of)[DAILY.name].outcome == "published"
    (place,) = store.sums
    store.sums[place] = 0
    assert step(store, "r2", (BUYERS,), suite_of=suite_of)[BUYERS.name].outcome == "held"


def test_sums_are_told_apart_by_all_that_makes_them_other_ones() -> None:
    """Two contracts are read from one table, and fields that are not read can't be summed."""
    pins = Pins({DELIVERIES.name: Seen(1, "id"), TOTALS.name: Seen(1, "id")}, 1)
    made_anew = Pins({**pins.seen, TOTALS.name: Seen(1, "other")}, 1)
    two = replace(
        DAILY,
        transform=None,
        inputs={
            "created": ORDER_CREATED,
            "refunded": ORDER_REFUNDED,
            "totals": TOTALS,
            "days": Input(TOTALS, fields=("day",)),
        },
    )
    first, second = date(2026, 1, 1), date(2026, 1, 2)
    asked = [(name, pins, first) for name in two.inputs] + [("totals", made_anew, first), ("totals", pins, second)]
    places = {place(Number("n", of, "count(*)"), two, at, today) for of, at, today in asked}
    assert len(places) == len(asked)


def test_another_expression_over_the_same_input_is_another_sum(store: Store) -> None:
    deliver(store, order("a"), order("b", total=7))
    wrong = Number("orders", "totals", "sum(total)")
    suites = {**SUITES, BUYERS.name: Suite(BUYERS.name, (), (wrong,), (SOME,))}
    step(store, "r1", (TOTALS, DAILY, BUYERS), suite_of=lambda table: suites.get(table.name))
    assert sorted(store.sums.values()) == [2, 17]
