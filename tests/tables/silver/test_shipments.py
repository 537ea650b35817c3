"""silver.shipments: one row folded from all that was said of a parcel."""

import pytest

from krn.contracts.shipping import ORDER_DELIVERED, ORDER_SHIPPED, SHIPMENT_TRACKED
from krn.tables.silver import orders
from krn.tables.silver.shipments import TABLE
from krn.testing import assert_rows, events, rows, transformed

SHIPPED = {"shipment_id": "S", "order_id": "A", "event_time": "2026-01-05 09:00"}
TRACKED = {"shipment_id": "S", "status": "in_transit", "event_time": "2026-01-06 09:00"}
DELIVERED = {"shipment_id": "S", "order_id": "A", "event_time": "2026-01-07 09:00"}
ORDER = {"order_id": "A", "created_at": "2026-01-04 09:00", "paid_at": "2026-01-04 21:00", "promised_on": "2026-01-08"}
FAILED = {"status": "attempt_failed"}


def folded(spark, shipped=(), tracked=(), delivered=(), known=({},), timezone="UTC"):
    return transformed(
        spark,
        TABLE,
        shipped=events(spark, ORDER_SHIPPED, [{**SHIPPED, **event} for event in shipped]),
        tracked=events(spark, SHIPMENT_TRACKED, [{**TRACKED, **event} for event in tracked]),
        delivered=events(spark, ORDER_DELIVERED, [{**DELIVERED, **event} for event in delivered]),
        orders=rows(spark, [{**ORDER, **order} for order in known], orders.TABLE),
        timezone=timezone,
    )


def test_a_parcel_is_what_was_said_when_it_was_shipped(spark):
    said = {"carrier": "DHL", "service": "express", "origin": "BY", "destination": "HE"}
    assert_rows(
        folded(spark, [said]),
        """order_id | carrier | service | origin | destination | shipped_at       | shipped_on | last_status
           A        | DHL     | express | BY     | HE          | 2026-01-05 09:00 | 2026-01-05 | shipped""",
    )


def test_what_was_not_said_is_unknown(spark):
    made = folded(spark, [{}])
    assert_rows(made, "carrier | service | origin | destination\nunknown | unknown | unknown | unknown")


def test_a_carrier_that_only_the_delivery_names_counts(spark):
    made = folded(spark, [{}, {"shipment_id": "T", "carrier": "DHL"}], delivered=[{"carrier": "UPS"}])
    assert_rows(made, "shipment_id | carrier\nS | UPS\nT | DHL")


def test_a_parcel_on_its_way_is_not_delivered(spark):
    assert_rows(
        folded(spark, [{}], [{}]),
        """first_attempt_at | delivered_at | delivered_on | n_attempts | transit_h | total_h | is_late | last_status
                            |              |              | 0          |           |         |         | in_transit""",
    )


def test_hours_run_from_paid_to_shipped_to_delivered(spark):
    made = folded(spark, [{}], delivered=[{}])
    assert_rows(
        made,
        """ordered_at       | ready_at         | handling_h | transit_h | total_h | flags
           2026-01-04 09:00 | 2026-01-04 21:00 | 12         | 48        | 72      | []""",
    )


def test_hours_of_an_order_not_yet_paid_run_from_its_creation(spark):
    assert_rows(folded(spark, [{}], known=[{"paid_at": None}]), "ready_at | handling_h\n2026-01-04 09:00 | 24")


def test_hours_are_rounded_half_up_from_microseconds(spark):
    made = folded(
        spark,
        [{"event_time": "2026-01-05 09:00:00"}, {"shipment_id": "T", "event_time": "2026-01-05 09:00:00"}],
        delivered=[
            {"event_time": "2026-01-05 09:00:00.180000"},
            {"shipment_id": "T", "event_time": "2026-01-05 09:00:00.179999"},
        ],
    )
    assert_rows(made, "shipment_id | transit_h\nS | 0.0001\nT | 0")


def test_hours_below_zero_are_null_and_flagged(spark):
    made = folded(
        spark, [{"event_time": "2026-01-04 20:59:59.999999"}], delivered=[{"event_time": "2026-01-04 08:59:59.999999"}]
    )
    assert_rows(
        made,
        """handling_h | transit_h | total_h | flags
                      |           |         | ["negative_handling", "negative_transit", "negative_total"]""",
    )


def test_an_instant_at_which_two_things_happen_is_no_hour_below_zero(spark):
    made = folded(spark, [{"event_time": ORDER["paid_at"]}], delivered=[{"event_time": ORDER["paid_at"]}])
    assert_rows(made, "handling_h | transit_h | total_h | flags\n0 | 0 | 12 | []")


def test_a_parcel_of_an_unknown_order_has_only_its_own_hours(spark):
    made = folded(spark, [{}], delivered=[{}], known=())
    assert_rows(made, "order_id | ordered_at | ready_at | handling_h | transit_h | total_h\nA | | | | 48 |")
    assert_rows(made, "promised_on | is_late\n |")


@pytest.mark.parametrize(
    ("day", "days", "is_late"), [("2026-01-09", 1, "true"), ("2026-01-08", 0, "false"), ("2026-01-07", -1, "false")]
)
def test_a_parcel_is_late_when_its_day_is_after_the_promised_one(spark, day, days, is_late):
    made = folded(spark, [{}], delivered=[{"event_time": f"{day} 23:59"}])
    assert_rows(made, f"promised_on | days_vs_promise | is_late\n2026-01-08 | {days} | {is_late}")


def test_the_promise_of_the_parcel_wins_over_that_of_its_order(spark):
    made = folded(spark, [{"promised_delivery_date": "2026-01-06"}], delivered=[{}])
    assert_rows(made, "promised_on | days_vs_promise | is_late\n2026-01-06 | 1 | true")


def test_a_parcel_without_a_promise_is_neither_late_nor_on_time(spark):
    made = folded(spark, [{}], delivered=[{}], known=[{"promised_on": None}])
    assert_rows(made, "promised_on | delivered_on | days_vs_promise | is_late\n | 2026-01-07 | |")


def test_days_are_those_of_the_business(spark):
    """By UTC days this parcel would be in time."""
    made = folded(
        spark,
        [{"event_time": "2026-01-05T23:30:00Z"}],
        delivered=[{"event_time": "2026-01-08T23:30:00Z"}],
        timezone="Europe/Paris",
    )
    assert_rows(made, "shipped_on | delivered_on | is_late\n2026-01-06 | 2026-01-09 | true")


def test_the_first_attempt_is_the_earliest_that_failed_or_the_delivery(spark):
    made = folded(
        spark,
        [{}, {"shipment_id": "T"}],
        [{**FAILED, "event_time": f"2026-01-06 {hour}:00"} for hour in (15, 10)],
        delivered=[{}, {"shipment_id": "T"}],
    )
    assert_rows(
        made,
        """shipment_id | first_attempt_at | n_attempts
           S           | 2026-01-06 10:00 | 3
           T           | 2026-01-07 09:00 | 1""",
    )


def test_attempts_that_only_the_delivery_counts_are_attempts(spark):
    made = folded(
        spark,
        tracked=[FAILED, {**FAILED, "shipment_id": "T"}, {**FAILED, "shipment_id": "U"}],
        delivered=[{"attempt_no": 3}, {"shipment_id": "T", "attempt_no": 1}],
    )
    assert_rows(made, "shipment_id | n_attempts\nS | 3\nT | 2\nU | 1")


def test_a_sighting_told_twice_is_one(spark):
    exception = {"status": "exception", "event_time": "2026-01-06 12:00"}
    made = folded(
        spark, tracked=[FAILED, FAILED, exception, exception, {**exception, "event_time": "2026-01-06 13:00"}]
    )
    assert_rows(made, "n_attempts | n_exceptions | n_events\n1 | 2 | 5")


def test_of_two_events_about_a_parcel_the_earlier_counts(spark):
    made = folded(
        spark,
        [{"carrier": "UPS", "event_time": "2026-01-05 10:00"}, {"carrier": "DHL"}],
        delivered=[{"event_time": "2026-01-07 10:00"}, {}],
    )
    assert_rows(
        made,
        """carrier | shipped_at       | delivered_at     | last_seen_at     | n_events
           DHL     | 2026-01-05 09:00 | 2026-01-07 09:00 | 2026-01-07 09:00 | 4""",
    )


def test_the_latest_fact_says_how_a_parcel_stands(spark):
    made = folded(
        spark,
        [{}],
        [{"event_time": "2026-01-08 09:00", "status": "returned"}, {"event_time": "2026-01-06 09:00"}],
        delivered=[{}],
    )
    assert_rows(made, "last_status | last_seen_at\nreturned | 2026-01-08 09:00")


def test_of_facts_at_one_instant_the_last_by_source_and_id_says_how_a_parcel_stands(spark):
    at = {"event_time": "2026-01-05 09:00"}
    made = folded(spark, [{"event_source": "a", "event_id": "9"}], [{**at, "event_source": "b", "event_id": "1"}])
    assert_rows(made, "last_status\nin_transit")


def test_a_parcel_known_from_tracking_keeps_a_row(spark):
    made = folded(spark, tracked=[{"order_id": None}, {"order_id": "A", "event_time": "2026-01-06 10:00"}])
    assert_rows(
        made,
        """shipment_id | order_id | shipped_at | shipped_on | carrier | promised_on | handling_h | last_status
           S           | A        |            |            | unknown | 2026-01-08  |            | in_transit""",
    )


def test_a_parcel_of_no_known_order_keeps_a_row(spark):
    assert_rows(folded(spark, tracked=[{}]), "shipment_id | order_id | promised_on\nS | |")


def test_the_row_heals_when_the_parcel_is_shipped(spark):
    sighted, brought = [{"order_id": "wrong"}], [{"order_id": "also wrong"}]
    made = folded(spark, [{"carrier": "DHL"}], sighted, brought)
    assert_rows(made, "order_id | carrier | transit_h | n_events\nA | DHL | 48 | 3")


def test_the_delivery_names_the_order_before_tracking_does(spark):
    assert_rows(folded(spark, tracked=[{"order_id": "wrong"}], delivered=[{}]), "order_id | shipped_at\nA |")
