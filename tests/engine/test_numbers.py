"""Sums of an input are made once for all tables that ask for them, and again when it has changed."""

from world import BUYERS, DAILY, TOTALS, deliver, order, step

from krn.gate import Expectation, Number, Suite
from krn.store import Store
from krn.tables.table import Table

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


def test_another_expression_over_the_same_input_is_another_sum(store: Store) -> None:
    deliver(store, order("a"), order("b", total=7))
    wrong = Number("orders", "totals", "sum(total)")
    suites = {**SUITES, BUYERS.name: Suite(BUYERS.name, (), (wrong,), (SOME,))}
    step(store, "r1", (TOTALS, DAILY, BUYERS), suite_of=lambda table: suites.get(table.name))
    assert sorted(store.sums.values()) == [2, 17]
