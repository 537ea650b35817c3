"""Parcels at a glance: every part from its own table, and left out where that has nothing to tell."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from krn.report.lanes import Lane, carriers, lanes
from krn.report.open_orders import open_orders
from krn.report.shipping import shipping

DAY = date(2026, 11, 2)


def shipped(on: date, shipped: int, delivered: int, late: int, carrier: str = "Hare") -> dict[str, Any]:
    lane = {"shipped_on": on, "carrier": carrier, "origin": "DE", "destination": "FR"}
    return lane | {"shipped": shipped, "delivered": delivered, "late": late}


def promised(on: date, on_time: int, late: int, missing: int) -> dict[str, Any]:
    due = on_time + late + missing
    return {"promised_on": on, "due": due, "on_time": on_time, "late": late, "not_delivered": missing}


def parcel(carrier: str, hours: int | None, on: date = DAY) -> dict[str, Any]:
    return {"carrier": carrier, "transit_h": None if hours is None else Decimal(hours), "shipped_on": on}


def lane(rank: int, excess: str, window: str = "90d", origin: str = "DE") -> dict[str, Any]:
    rates = {"late_rate": Decimal("0.5"), "late_low": Decimal("0.2366"), "late_high": Decimal("0.7634")}
    return rates | {
        "window": window,
        "origin": origin,
        "destination": "FR",
        "carrier": "Hare",
        "rank": rank,
        "n": 12,
        "rated": 10,
        "late": 5,
        "small_sample": True,
        "excess_late": Decimal(excess),
    }


def waiting(order_id: str, stage: str, days: int, stuck: bool = False) -> dict[str, Any]:
    return {"order_id": order_id, "stage": stage, "days_in_stage": days, "stuck": stuck}


def test_parcels_of_all_lanes_are_added_by_the_day_they_left(small):
    small.rows["gold.shipping_daily"] = [
        shipped(DAY, 3, 2, 1),
        shipped(DAY, 1, 1, 0, "Snail"),
        shipped(DAY + timedelta(2), 1, 0, 0),
    ]
    found = shipping(small.write())
    assert found is not None
    assert (found.first, found.last, found.totals) == (
        DAY,
        DAY + timedelta(2),
        {"shipped": 5, "delivered": 3, "late": 1},
    )
    assert [(b.part, b.says) for b in found.chart.blocks] == [
        *((part, "Mon 2 Nov 2026: 2 delivered, 1 late, 1 under way") for part in ("delivered", "late", "under way")),
        ("under way", "Wed 4 Nov 2026: 0 delivered, 0 late, 1 under way"),
    ]


def test_a_parcel_that_has_not_come_breaks_its_promise(small):
    small.rows |= {"gold.shipping_daily": [shipped(DAY, 1, 1, 0)], "gold.promise_kept": [promised(DAY, 6, 1, 1)]}
    found = shipping(small.write())
    assert found is not None
    assert found.headline == "75% of promised parcels came in time: 1 came late, 1 not yet"


@pytest.mark.parametrize("rows", [[], None], ids=["empty", "absent"])
def test_a_shop_that_ships_nothing_has_no_section(small, rows):
    if rows is not None:
        small.rows["gold.shipping_daily"] = rows
    assert shipping(small.write()) is None


def test_a_table_that_is_absent_leaves_its_part_out(small):
    small.rows["gold.shipping_daily"] = [shipped(DAY, 4, 3, 0)]
    found = shipping(small.write())
    assert found is not None
    assert (found.promises, found.carriers, found.lanes, found.open) == (None, (), (), None)
    assert found.headline == "3 of 4 parcels have come"


def test_percentiles_are_of_each_carriers_own_parcels_of_the_last_90_days(small):
    old = [parcel("Sprinter", 1000, DAY - timedelta(90))]
    small.rows["silver.shipments"] = [parcel("Sprinter", n) for n in range(101)] + [parcel("Snail", 400)] + old
    sprinter, snail = carriers(small.write(), DAY)
    assert (sprinter.name, sprinter.n, sprinter.hours, sprinter.percents) == (
        "Sprinter",
        101,
        (50, 90, 95),
        (12.5, 22.5, 23.8),
    )
    assert snail.percents == (100, 100, 100)


def test_a_carrier_who_has_delivered_nothing_has_no_hours(small):
    small.rows["silver.shipments"] = [parcel("Hare", None)]
    assert carriers(small.write(), DAY) == ()


def test_lanes_that_are_worse_than_all_together_come_by_what_they_cost(small):
    rows = [lane(2, "0.5", origin="GB"), lane(1, "3"), lane(3, "-1"), lane(1, "9", window="all")]
    small.rows["gold.lane_performance"] = rows
    first, second = lanes(small.write())
    assert first == Lane("DE → FR", "Hare", 5, 10, 50, 23.7, 76.3, 3, is_small=True)
    assert second.name == "GB → FR"


def test_open_orders_stand_by_stage_and_age(small):
    small.rows["gold.open_orders"] = [
        *(waiting("A", "paid", 3), waiting("B", "paid", 4, stuck=True), waiting("C", "created", 0)),
        *(waiting("D", "created", 31, stuck=True), waiting("E", "created", 30)),
    ]
    found = open_orders(small.write())
    assert found is not None
    assert [(stage.name, stage.ages, stage.stuck) for stage in found.stages] == [
        ("created", (1, 0, 0, 1, 1), 1),
        ("paid", (1, 1, 0, 0, 0), 1),
    ]
    assert (found.n, found.stuck) == (5, 2)
