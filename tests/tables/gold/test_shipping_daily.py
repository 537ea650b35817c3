"""gold.shipping_daily: parcels by the day they were shipped, carrier and lane."""

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
BROUGHT = {"delivered_at": "2026-01-07 09:00", "n_attempts": 1}


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
    made = daily(spark, {"handling_h": "3"})
    assert_rows(made, "first_attempt_rate | handling_p50_h | transit_p50_h | total_p95_h\n | 3 | |")


def test_percentiles_lie_between_the_hours_that_are_known(spark):
    """Of 0, 1, 2 and 4 the median is at place 1.5, percentile 90 at 2.7 and 95 at 2.85."""
    made = daily(spark, *({"transit_h": hours} for hours in ("4", "0", "2", "1", None)))
    assert_rows(made, "transit_p50_h | transit_p90_h | transit_p95_h\n1.5 | 3.4 | 3.7")


def test_each_span_has_its_own_percentiles(spark):
    made = daily(spark, {"handling_h": "1", "transit_h": "2", "total_h": "3.0001"})
    assert_rows(made, "handling_p90_h | transit_p90_h | total_p90_h\n1 | 2 | 3.0001")
