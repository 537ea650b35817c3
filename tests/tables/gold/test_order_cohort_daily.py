"""gold.order_cohort_daily: a day's orders, as they stand today."""

from krn.tables.gold.order_cohort_daily import TABLE
from krn.tables.silver import orders, sales_entries
from krn.testing import assert_rows, rows, transformed

ENTRIES = """kind         | business_date | order_date | currency | quantity | gross | discount | tax | freight
             sale         | 2026-01-05    | 2026-01-05 | EUR      | 3        | 30    | 2        | 5   | 4
             cancellation | 2026-01-06    | 2026-01-05 | EUR      | -1       | -10   | -0.5     | 0   | 0
             return       | 2026-02-09    | 2026-01-05 | EUR      | -1       | -12   | 0        | 0   | 0
             sale         | 2026-01-06    | 2026-01-06 | EUR      | 1        | 5     | 0        | 0   | 0
             return       | 2026-01-06    |            | EUR      | -1       | -99   | 0        | 0   | 0"""
ORDER = {"is_complete": True, "business_date": "2026-01-05", "currency": "EUR", "created_at": "2026-01-05 12:00"}


def cohorts(spark, entries=(), orders_=()):
    made = rows(spark, [{**ORDER, **order} for order in orders_], orders.TABLE)
    return transformed(spark, TABLE, entries=rows(spark, entries, sales_entries.TABLE), orders=made)


def test_what_comes_back_later_counts_on_the_day_of_its_order(spark):
    assert_rows(
        cohorts(spark, ENTRIES),
        """order_date | currency | gross_sales | discounts | cancelled | returned | net_sales
           2026-01-05 | EUR      | 30          | 2         | 9.5       | 12       | 6.5
           2026-01-06 | EUR      | 5           | 0         | 0         | 0        | 5""",
    )


def test_a_return_of_an_unknown_order_is_in_no_cohort(spark):
    entries = """kind   | business_date | order_date | currency | quantity | gross | discount | tax | freight
                 return | 2026-01-06    |            | EUR      | -1       | -99   | 0        | 0   | 0"""
    assert_rows(cohorts(spark, entries), "order_date")


def taking(order_id, paid, shipped, delivered):
    """An order of 5 January 12:00, with the day and time of each step."""
    steps = {"paid_at": paid, "shipped_at": shipped, "delivered_at": delivered}
    return {"order_id": order_id, **{name: at and f"2026-01-{at}" for name, at in steps.items()}}


def test_orders_and_how_far_they_have_come_by_now_are_counted(spark):
    unknown = {"is_complete": False, "business_date": None, "currency": None, "created_at": None}
    made = cohorts(
        spark,
        orders_=[
            taking("A", "05 13:00", "06 13:00", "07 13:00"),
            taking("B", None, "06 13:00", None),
            taking("C", "05 14:00", None, None),
            taking("D", None, None, None),
            {**taking("E", None, "05 12:00", "05 12:00"), **unknown},
        ],
    )
    assert_rows(
        made,
        """order_date | currency | orders | paid | shipped | delivered | net_sales
           2026-01-05 | EUR      | 4      | 2    | 2       | 1         | 0""",
    )


def test_each_step_has_the_median_of_the_orders_that_took_it_in_its_order(spark):
    # shipped: 24 h and 12 h after paid, one an hour before; delivered: 36 h and 1 h after shipped, one an hour before
    made = cohorts(
        spark,
        orders_=[
            taking("A", "05 13:00", "06 13:00", "08 01:00"),
            taking("B", "05 14:00", "06 02:00", "06 01:00"),
            taking("C", "05 16:00", "05 15:00", "05 16:00"),
        ],
    )
    assert_rows(
        made,
        """paid | median_paid_h | shipped | median_shipped_h | delivered | median_delivered_h
           3    | 2             | 3       | 18               | 3         | 18.5""",
    )


def test_the_median_of_an_odd_number_is_the_one_in_the_middle(spark):
    paid = ("2026-01-06 12:00", "2026-01-05 13:00", "2026-01-05 14:30")
    made = cohorts(spark, orders_=[{"order_id": f"{n}", "paid_at": at} for n, at in enumerate(paid)])
    assert_rows(made, "paid | median_paid_h\n3 | 2.5")


def test_the_median_of_an_even_number_lies_halfway_rounded_half_up(spark):
    paid = ("2026-01-05 12:00:00", "2026-01-05 12:00:00.36")  # halfway: 0.18 s = 0.00005 h
    made = cohorts(spark, orders_=[{"order_id": f"{n}", "paid_at": at} for n, at in enumerate(paid)])
    assert_rows(made, "paid | median_paid_h\n2 | 0.0001")


def test_medians_are_of_whole_microseconds_and_rounded_once(spark):
    """0.18 s and 0.54 s: 0.36 s = 0.0001 h; of hours rounded before, 0.0001 and 0.0002, it would be 0.0002."""
    paid = ("2026-01-05 12:00:00.18", "2026-01-05 12:00:00.54")
    made = cohorts(spark, orders_=[{"order_id": f"{n}", "paid_at": at} for n, at in enumerate(paid)])
    assert_rows(made, "paid | median_paid_h\n2 | 0.0001")


def test_an_order_paid_before_it_was_made_has_no_part_in_the_median(spark):
    early, late = {"paid_at": "2026-01-05 11:59"}, {"paid_at": "2026-01-05 16:00"}
    made = cohorts(spark, orders_=[{"order_id": "A", **early}, {"order_id": "B", **late}])
    assert_rows(made, "paid | median_paid_h\n2 | 4")
    assert_rows(cohorts(spark, orders_=[{"order_id": "A", **early}]), "paid | median_paid_h\n1 |")


def test_a_day_on_which_no_step_was_taken_has_no_median(spark):
    found = cohorts(spark, orders_=[{"order_id": "A"}])
    assert_rows(found, "paid | median_paid_h | median_shipped_h | median_delivered_h\n0 | | |")


def test_currencies_are_never_added(spark):
    made = cohorts(spark, orders_=[{"order_id": "A"}, {"order_id": "B", "currency": "USD"}])
    assert_rows(made, "currency | orders\nEUR | 1\nUSD | 1")
