"""Shops that lack something: no refunds, no orders yet; the real tables with their real gates."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from paying import START, initiated
from world import HOME, content, deliver, event, order, step

from krn import suites
from krn.store import Store
from krn.tables.every import TABLES, made_for
from krn.tables.silver import findings

BUILT = [t for t in TABLES if t.transform is not None]
SALES, PARCELS = (
    [t for t in made_for([name]) if t.transform is not None] for name in ("gold.sales_daily", "gold.shipping_daily")
)


@pytest.mark.slow  # minutes of real gates; test_pipeline has them open over a whole shop that takes no cards
def test_what_a_shop_does_not_have_holds_nothing(store: Store) -> None:
    """No refunds and no parcels; the shop of test_pipeline takes no cards."""
    suite_of = suites.suite_of(HOME)
    money = {"payment_id": "p", "order_id": "a", "amount": "10", "currency": "GBP", "method": "card"}
    deliver(store, event("payment.received", "early", "2026-01-01T12:00:00Z", money))
    before_any_order = step(store, "r1", [*SALES, findings.TABLE], suite_of=suite_of)
    assert [b.why for b in before_any_order.values() if not b.is_open] == []
    assert content(store, "silver.findings", "kind", "subject") == Counter([("never_created", "order:a")])
    deliver(store, order("a"))
    without_refunds = step(store, "r2", BUILT, suite_of=suite_of)
    assert [b.why for b in without_refunds.values() if not b.is_open] == []
    assert store.read("gold.sales_daily").count() == 1
    assert store.read("silver.findings").count() == 0  # healed


@pytest.mark.slow  # test_pipeline tells the events of every table in random parts, and compares with all at once
def test_a_parcel_told_of_before_its_order_heals_and_restates_its_day(store: Store) -> None:
    """The order changes no event of the parcel: the parcel is reached through its own row."""
    parcel = {"shipment_id": "s", "order_id": "a"}

    def told(run_id: str, *bodies: bytes) -> list[tuple[object, ...]]:
        deliver(store, *bodies)
        step(store, run_id, PARCELS)
        day = store.read("gold.shipping_daily").select("shipped_on", "delivered", "transit_p50_h", "total_p50_h")
        return [tuple(row) for row in day.collect()]

    left = event("order.shipped", "left", "2026-01-03T12:00:00Z", parcel)
    brought = event("order.delivered", "brought", "2026-01-05T12:00:00Z", parcel)
    assert told("r1", brought, left) == [(date(2026, 1, 3), 1, Decimal(48), None)]
    assert told("r2", order("a", day=1)) == [(date(2026, 1, 3), 1, Decimal(48), Decimal(96))]


def test_a_payment_by_card_waits_for_no_label(store: Store) -> None:
    """The first labels come days after the first payments."""
    deliver(store, initiated("T", START))
    made = [t for t in made_for(["silver.labels"]) if t.transform is not None]
    built = step(store, "r1", made, suite_of=suites.suite_of(HOME))
    assert {name: one.why for name, one in built.items() if not one.is_open} == {}
    assert store.read("silver.labels").count() == 0


@pytest.mark.slow  # as above; which days an increment changes is test_build's
def test_an_earlier_order_that_comes_late_moves_the_day_on_which_its_customer_is_new(store: Store) -> None:
    deliver(store, order("b", day=4, customer="ann"), order("c", day=6, customer="ann"), order("x", day=9))
    step(store, "r1", SALES)
    assert customers(store) == Counter([(date(2026, 1, 4), 1, 0), (date(2026, 1, 6), 0, 1), (date(2026, 1, 9), 1, 0)])
    deliver(store, order("a", day=2, customer="ann"), order("d", day=11, customer="ann"))
    second = step(store, "r2", SALES)["gold.sales_daily"]
    assert second.rows == {"insert": 2, "update": 1, "delete": 0, "same": 0}
    moved = [(date(2026, 1, 2), 1, 0), (date(2026, 1, 4), 0, 1), (date(2026, 1, 6), 0, 1), (date(2026, 1, 9), 1, 0)]
    assert customers(store) == Counter([*moved, (date(2026, 1, 11), 0, 1)])


def customers(store: Store) -> Counter[tuple[object, ...]]:
    return content(store, "gold.sales_daily", "business_date", "new_customers", "returning_customers")
