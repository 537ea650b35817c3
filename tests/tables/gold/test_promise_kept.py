"""gold.promise_kept: promises by the day they fell due."""

from datetime import date

from krn.tables.gold.promise_kept import TABLE
from krn.tables.silver import shipments
from krn.testing import assert_rows, rows, transformed

ON_TIME = {"delivered_on": "2026-01-05", "is_late": False}
LATE = {"delivered_on": "2026-01-09", "is_late": True}


def kept(spark, *parcels, today=date(2026, 1, 31)):
    given = [{"promised_on": "2026-01-06", "shipment_id": f"S{n}", **parcel} for n, parcel in enumerate(parcels)]
    return transformed(spark, TABLE, shipments=rows(spark, given, shipments.TABLE), today=today)


def test_parcels_that_were_not_delivered_count_against_the_promise(spark):
    assert_rows(
        kept(spark, ON_TIME, LATE, {}, {"promised_on": "2026-01-07"}),
        """promised_on | due | on_time | late | not_delivered | on_time_rate
           2026-01-06  | 3   | 1       | 1    | 1             | 0.3333
           2026-01-07  | 1   | 0       | 0    | 1             | 0""",
    )


def test_a_promise_is_due_on_its_day_and_not_before(spark):
    made = kept(spark, {}, {**ON_TIME, "promised_on": "2026-01-07"}, today=date(2026, 1, 6))
    assert_rows(made, "promised_on | due\n2026-01-06 | 1")


def test_a_parcel_without_a_promise_is_on_no_day(spark):
    assert_rows(kept(spark, {"promised_on": None, "delivered_on": "2026-01-05"}), "promised_on | due")
