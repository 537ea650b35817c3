"""gold.shipping_daily: parcels by the day they were shipped, carrier and lane."""

from datetime import UTC, datetime, timedelta

from krn.tables.gold.shipping_daily import TABLE
from krn.tables.silver import shipments
from krn.testing import assert_rows, rows, transformed

PARCEL = {
    "shipped_on": "2026-01-05",
    "carrier": "DHL",
    "origin": "BY",
    "destination": "HE",
    "n_attempts": 0,
    "n_exceptions": 0,
}
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
BROUGHT = {"delivered_at": "2026-01-07 09:00", "n_attempts": 1}


def after(hours):
    return None if hours is None else NOON + timedelta(hours=hours)


def daily(spark, *parcels):
    given = [{**PARCEL, "shipment_id": f"S{n}", **parcel} for n, parcel in enumerate(parcels)]
    return transformed(spark, TABLE, shipments=rows(spark, given, shipments.TABLE))


def test_parcels_add_up_by_day_carrier_and_lane(spark):
    made = daily(
        spark,
        {},
        BROUGHT,
        {"carrier": "UPS"},
        {"origin": "BE"},
        {"destination": "BY"},
        {"shipped_on": "2026-01-06"},
    )
    assert_rows(
        made,
        """shipped_on | carrier | origin | destination | shipped | delivered
           2026-01-05 | DHL     | BY     | HE          | 2       | 1
           2026-01-05 | UPS     | BY     | HE          | 1       | 0
           2026-01-05 | DHL     | BE     | HE          | 1       | 0
           2026-01-05 | DHL     | BY     | BY          | 1       | 0
           2026-01-06 | DHL     | BY     | HE          | 1       | 0""",
    )


def test_a_parcel_not_yet_shipped_is_on_no_day(spark):
    assert_rows(daily(spark, {**BROUGHT, "shipped_on": None}), "shipped_on | delivered")


def test_parcels_without_a_promise_are_not_rated(spark):
    made = daily(spark, {**BROUGHT, "is_late": True}, {**BROUGHT, "is_late": False}, BROUGHT, {})
    assert_rows(made, "shipped | delivered | rated | late\n4 | 3 | 2 | 1")


def test_a_parcel_with_several_exceptions_counts_once(spark):
    assert_rows(daily(spark, {"n_exceptions": 3}, {"n_exceptions": 1}, {}), "exceptions\n2")


def test_the_first_attempt_rate_is_over_what_was_delivered(spark):
    made = daily(spark, BROUGHT, {**BROUGHT, "n_attempts": 2}, {**BROUGHT, "n_attempts": 3}, {"n_attempts": 1})
    assert_rows(made, "delivered | first_attempt_rate\n3 | 0.3333")


def test_a_day_without_a_delivery_has_no_rate_and_no_hours(spark):
    made = daily(spark, {"ready_at": after(-3), "shipped_at": NOON})
    assert_rows(made, "first_attempt_rate | handling_p50_h | transit_p50_h | total_p95_h\n | 3 | |")


def test_percentiles_lie_between_the_hours_that_are_known(spark):
    """Of 0, 1, 2 and 4 the median is at place 1.5, percentile 90 at 2.7 and 95 at 2.85."""
    made = daily(spark, *({"shipped_at": NOON, "delivered_at": after(hours)} for hours in (4, 0, 2, 1, None)))
    assert_rows(made, "transit_p50_h | transit_p90_h | transit_p95_h\n1.5 | 3.4 | 3.7")


def test_each_span_has_its_own_percentiles(spark):
    made = daily(
        spark, {"ordered_at": after(-1.5), "ready_at": after(-1), "shipped_at": NOON, "delivered_at": after(2.0001)}
    )
    assert_rows(made, "handling_p90_h | transit_p90_h | total_p90_h\n1 | 2.0001 | 3.5001")


def test_percentiles_are_of_whole_microseconds_and_rounded_once(spark):
    """133.79884... h; of hours rounded before, 136.2003 and 88.1717, it would be 133.7989."""
    lengths = (timedelta(seconds=490_321), timedelta(seconds=317_418))
    made = daily(spark, *({"shipped_at": NOON, "delivered_at": NOON + length} for length in lengths))
    assert_rows(made, "transit_p95_h\n133.7988")


def test_times_that_run_backwards_have_no_part_in_a_percentile(spark):
    made = daily(
        spark,
        {"ordered_at": after(3), "ready_at": after(1), "shipped_at": NOON, "delivered_at": after(-1)},
        {"ordered_at": after(-2), "ready_at": after(-1), "shipped_at": NOON, "delivered_at": after(1)},
    )
    assert_rows(made, "handling_p50_h | transit_p50_h | total_p50_h\n1 | 1 | 3")
