"""Shops that lack something: no refunds, no orders yet; the real tables with their real gates."""

from datetime import date
from decimal import Decimal
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


def test_a_parcel_told_of_before_it_was_shipped_or_ordered_heals_and_restates_its_day(store: Store) -> None:
    """The order changes no event of the parcel: the parcel is reached through its own row."""
    names = ("order_lines", "payments", "refund_lines", "sales_entries", "orders", "shipments", "shipping_daily")
    tables = [t for t in BUILT if t.name.partition(".")[2] in names]
    suite_of = suites.suite_of(HOME)
    parcel = {"shipment_id": "s", "order_id": "a"}

    def told(run_id: str, body: bytes) -> list[tuple[object, ...]]:
        deliver(store, body)
        assert [b.why for b in step(store, run_id, tables, suite_of=suite_of).values() if not b.is_open] == []
        day = store.read("gold.shipping_daily").select("shipped_on", "delivered", "transit_p50_h", "total_p50_h")
        return [tuple(row) for row in day.collect()]

    assert told("r1", event("order.delivered", "brought", "2026-01-05T12:00:00Z", parcel)) == []
    assert told("r2", event("order.shipped", "left", "2026-01-03T12:00:00Z", parcel)) == [
        (date(2026, 1, 3), 1, Decimal(48), None)
    ]
    assert told("r3", order("a", day=1)) == [(date(2026, 1, 3), 1, Decimal(48), Decimal(96))]


def test_a_warehouse_may_lie_in_a_folder_with_spaces_in_its_name(store: Store) -> None:
    strange = Store(lambda: store.spark, store.root.parent / "my shop #1")
    deliver(strange, order("a"))
    step(strange, "r1", TOYS)
    deliver(strange, order("b"))
    assert {b.outcome for b in step(strange, "r2", TOYS).values()} <= {"published", "unchanged"}
    assert strange.read("silver.totals").count() == 2
