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


def test_orders_and_those_paid_by_now_are_counted(spark):
    made = cohorts(
        spark,
        orders_=[
            {"order_id": "A", "paid_at": "2026-01-05 13:00"},
            {"order_id": "B"},
            {"order_id": "C", "status": "cancelled"},
            {"order_id": "D", "is_complete": False, "business_date": None, "currency": None, "created_at": None},
        ],
    )
    assert_rows(made, "order_date | currency | orders | paid | net_sales\n2026-01-05 | EUR | 3 | 1 | 0")


def test_the_median_of_an_odd_number_is_the_one_in_the_middle(spark):
    paid = ("2026-01-06 12:00", "2026-01-05 13:00", "2026-01-05 14:30")
    made = cohorts(spark, orders_=[{"order_id": f"{n}", "paid_at": at} for n, at in enumerate(paid)])
    assert_rows(made, "paid | median_paid_h\n3 | 2.5")


def test_the_median_of_an_even_number_lies_halfway_rounded_half_up(spark):
    paid = ("2026-01-05 12:00:00", "2026-01-05 12:00:00.36")  # halfway: 0.18 s = 0.00005 h
    made = cohorts(spark, orders_=[{"order_id": f"{n}", "paid_at": at} for n, at in enumerate(paid)])
    assert_rows(made, "paid | median_paid_h\n2 | 0.0001")


def test_an_order_paid_before_it_was_made_has_no_part_in_the_median(spark):
    early, late = {"paid_at": "2026-01-05 11:59"}, {"paid_at": "2026-01-05 16:00"}
    made = cohorts(spark, orders_=[{"order_id": "A", **early}, {"order_id": "B", **late}])
    assert_rows(made, "paid | median_paid_h\n2 | 4")
    assert_rows(cohorts(spark, orders_=[{"order_id": "A", **early}]), "paid | median_paid_h\n1 |")


def test_a_day_on_which_nothing_was_paid_has_no_median(spark):
    assert_rows(cohorts(spark, orders_=[{"order_id": "A"}]), "paid | median_paid_h\n0 |")


def test_currencies_are_never_added(spark):
    made = cohorts(spark, orders_=[{"order_id": "A"}, {"order_id": "B", "currency": "USD"}])
    assert_rows(made, "currency | orders\nEUR | 1\nUSD | 1")
