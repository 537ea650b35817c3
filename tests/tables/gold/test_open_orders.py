"""gold.open_orders: orders that wait for something."""

from datetime import date

import pytest

from krn.tables.gold.open_orders import TABLE
from krn.tables.silver import orders
from krn.testing import assert_rows, rows, transformed

ORDER = {
    "order_id": "A",
    "is_complete": True,
    "created_at": "2026-01-01 09:00",
    "first_payment_at": "2026-01-02 09:00",
    "paid_at": "2026-01-03 09:00",
    "shipped_at": "2026-01-04 09:00",
    "order_total": "10.5",
    "currency": "EUR",
    "country": "FR",
}
FINISHED = ("delivered", "cancelled", "returned")


def waiting(spark, *given, today=date(2026, 1, 11), timezone="UTC"):
    known = [{**ORDER, "status": "created", **order} for order in given]
    return transformed(spark, TABLE, orders=rows(spark, known, orders.TABLE), today=today, timezone=timezone)


def test_an_open_order_is_worth_its_total(spark):
    assert_rows(
        waiting(spark, {}),
        """order_id | stage   | since      | days_in_stage | value | currency | country
           A        | created | 2026-01-01 | 10            | 10.5  | EUR      | FR""",
    )


@pytest.mark.parametrize("status", FINISHED)
def test_an_order_that_has_ended_is_not_open(spark, status):
    assert_rows(waiting(spark, {"status": status}), "order_id")


def test_an_order_not_yet_created_is_not_open(spark):
    assert_rows(waiting(spark, {"is_complete": False}), "order_id")


def test_each_stage_has_its_own_beginning(spark):
    stages = ("created", "part_paid", "paid", "shipped")
    assert_rows(
        waiting(spark, *({"order_id": status, "status": status} for status in stages)),
        """stage     | since      | days_in_stage
           created   | 2026-01-01 | 10
           part_paid | 2026-01-02 | 9
           paid      | 2026-01-03 | 8
           shipped   | 2026-01-04 | 7""",
    )


def test_a_stage_begins_on_the_day_of_the_business(spark):
    made = waiting(spark, {"created_at": "2026-01-01T23:30:00Z"}, timezone="Europe/Paris")
    assert_rows(made, "since | days_in_stage\n2026-01-02 | 9")


@pytest.mark.parametrize(
    ("status", "instant", "limit"),
    [
        ("created", "created_at", 7),
        ("part_paid", "first_payment_at", 7),
        ("paid", "paid_at", 3),
        ("shipped", "shipped_at", 14),
    ],
)
def test_an_order_is_stuck_when_it_stays_longer_than_its_stage_may_take(spark, status, instant, limit):
    entered = {"status": status, instant: "2026-01-01 09:00"}
    at_the_limit = waiting(spark, entered, today=date(2026, 1, 1 + limit))
    assert_rows(at_the_limit, f"days_in_stage | stuck\n{limit} | false")
    assert_rows(waiting(spark, entered, today=date(2026, 1, 2 + limit)), f"days_in_stage | stuck\n{limit + 1} | true")


def test_days_past_the_promise_begin_the_day_after_it(spark):
    promises = {"past": "2026-01-10", "due": "2026-01-11", "coming": "2026-01-12", "none": None}
    assert_rows(
        waiting(spark, *({"order_id": name, "promised_on": day} for name, day in promises.items())),
        """order_id | promised_on | days_past_promise
           past     | 2026-01-10  | 1
           due      | 2026-01-11  | 0
           coming   | 2026-01-12  | 0
           none     |             |""",
    )


def test_an_order_of_a_day_that_is_not_yet_todays_is_new(spark):
    made = waiting(spark, {"created_at": "2026-01-12 00:01"})
    assert_rows(made, "since | days_in_stage | stuck\n2026-01-12 | 0 | false")
