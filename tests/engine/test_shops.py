"""Shops that lack something: no refunds, no orders yet; the real tables with their real gates."""

from pathlib import Path

from world import TOYS, deliver, event, order, step

from krn import suites
from krn.store import Store
from krn.tables.every import TABLES

HOME = Path(__file__).parents[2]
BUILT = [t for t in TABLES if t.transform is not None]


def test_what_a_shop_does_not_have_holds_nothing(store: Store) -> None:
    suite_of = suites.suite_of(HOME)
    money = {"payment_id": "p", "order_id": "a", "amount": "10", "currency": "GBP", "method": "card"}
    deliver(store, event("payment.received", "early", "2026-01-01T12:00:00Z", money))
    before_any_order = step(store, "r1", BUILT, suite_of=suite_of)
    assert [b.why for b in before_any_order.values() if not b.is_open] == []
    deliver(store, order("a"))
    without_refunds = step(store, "r2", BUILT, suite_of=suite_of)
    assert [b.why for b in without_refunds.values() if not b.is_open] == []
    assert store.read("gold.sales_daily").count() == 1


def test_a_warehouse_may_lie_in_a_folder_with_spaces_in_its_name(store: Store) -> None:
    strange = Store(lambda: store.spark, store.root.parent / "my shop #1")
    deliver(strange, order("a"))
    step(strange, "r1", TOYS)
    deliver(strange, order("b"))
    assert {b.outcome for b in step(strange, "r2", TOYS).values()} <= {"published", "unchanged"}
    assert strange.read("silver.totals").count() == 2
