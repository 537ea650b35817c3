"""gold.lane_performance: carriers on their lanes over 28 days, 90 days and all time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from krn.tables.gold.lane_performance import TABLE
from krn.tables.silver import shipments
from krn.testing import assert_rows, rows, transformed

PARCEL = {"shipped_on": "2026-03-31", "origin": "BY", "destination": "HE", "carrier": "DHL"}
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
LATE = {"delivered_at": "2026-03-31 09:00", "is_late": True}
ON_TIME = {**LATE, "is_late": False}


def lanes(spark, *parcels, today=date(2026, 3, 31)):
    given = [{**PARCEL, "shipment_id": f"S{n}", **parcel} for n, parcel in enumerate(parcels)]
    return transformed(spark, TABLE, shipments=rows(spark, given, shipments.TABLE), today=today)


def after(hours):
    return None if hours is None else NOON + timedelta(hours=hours)


def of_all_time(frame):
    return frame.where("window = 'all'")


def test_a_window_ends_today_and_holds_its_days(spark):
    edges = ("2026-03-31", "2026-03-04", "2026-03-03", "2026-01-01", "2025-12-31", "1999-01-01")
    made = lanes(spark, *({"shipped_on": day} for day in edges))
    assert_rows(made, "window | n\n28d | 2\n90d | 4\nall | 6")


def test_what_is_shipped_after_today_or_not_at_all_is_not_in(spark):
    assert_rows(lanes(spark, {"shipped_on": "2026-04-01"}, {"shipped_on": None}), "window | n")


def test_lanes_and_carriers_stand_apart(spark):
    made = lanes(spark, {}, {}, {"carrier": "UPS"}, {"origin": "BE"}, {"destination": "BY"})
    assert_rows(
        of_all_time(made),
        """origin | destination | carrier | n
           BY     | HE          | DHL     | 2
           BY     | HE          | UPS     | 1
           BE     | HE          | DHL     | 1
           BY     | BY          | DHL     | 1""",
    )


def test_parcels_without_a_promise_are_not_rated(spark):
    made = lanes(spark, {}, {"delivered_at": "2026-03-31 09:00"}, LATE, ON_TIME, ON_TIME)
    assert_rows(of_all_time(made), "n | delivered | rated | late | late_rate\n5 | 4 | 3 | 1 | 0.3333")


def test_a_lane_without_a_rated_parcel_has_no_rate_and_no_bounds(spark):
    made = lanes(spark, {})
    assert_rows(of_all_time(made), "rated | late_rate | late_low | late_high | excess_late | rank\n0 | | | | | 1")


def test_percentiles_are_of_the_hours_in_transit_that_are_known(spark):
    there = (after(hours) for hours in (4, 0, None, 2, 1, -1))
    made = lanes(spark, *({"shipped_at": NOON, "delivered_at": at} for at in there))
    assert_rows(of_all_time(made), "transit_p50_h | transit_p90_h | transit_p95_h\n1.5 | 3.4 | 3.7")


def test_percentiles_are_of_whole_microseconds_and_rounded_once(spark):
    """133.79884... h; of hours rounded before, 136.2003 and 88.1717, it would be 133.7989."""
    lengths = (timedelta(seconds=490_321), timedelta(seconds=317_418))
    made = lanes(spark, *({"shipped_at": NOON, "delivered_at": NOON + length} for length in lengths))
    assert_rows(of_all_time(made), "transit_p95_h\n133.7988")


@pytest.mark.parametrize(
    ("late", "rated", "low", "high"),
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
        (10, 10, "0.7225", "1"),
    ],
)
def test_bounds_are_those_that_wilson_gives(spark, late, rated, low, high):
    """The first four are the examples of Newcombe (1998), method 3."""
    made = lanes(spark, *([LATE] * late + [ON_TIME] * (rated - late)))
    assert_rows(of_all_time(made), f"late_low | late_high\n{low} | {high}")


def test_fewer_than_thirty_parcels_are_a_small_sample(spark):
    made = lanes(spark, *({"carrier": "DHL"} for _ in range(30)), *({"carrier": "UPS"} for _ in range(29)))
    assert_rows(of_all_time(made), "carrier | small_sample\nDHL | false\nUPS | true")


def test_excess_late_is_against_the_late_rate_of_the_whole_window(spark):
    """2 of 3 are late: of DHL's 2 that is 1.3333, of the 1 of UPS 0.6667."""
    before = {**ON_TIME, "carrier": "UPS", "shipped_on": "2026-01-05"}
    made = lanes(spark, LATE, LATE, {**ON_TIME, "carrier": "UPS"}, before)
    assert_rows(
        made.where("window <> '90d'"),
        """window | carrier | excess_late | rank
           28d    | DHL     | 0.6667      | 1
           28d    | UPS     | -0.6667     | 2
           all    | DHL     | 1           | 1
           all    | UPS     | -1          | 2""",
    )


def test_ties_in_a_rank_go_by_origin_then_destination_then_carrier(spark):
    made = lanes(spark, {**LATE, "carrier": "UPS"}, LATE, {**LATE, "destination": "BE"}, {**LATE, "origin": "AA"})
    assert_rows(
        of_all_time(made),
        """origin | destination | carrier | excess_late | rank
           AA     | HE          | DHL     | 0           | 1
           BY     | BE          | DHL     | 0           | 2
           BY     | HE          | DHL     | 0           | 3
           BY     | HE          | UPS     | 0           | 4""",
    )
