"""gold.customer_cohorts: who comes back in the months after the first order."""

from datetime import date

from krn.tables.gold.customer_cohorts import TABLE
from krn.tables.silver import orders, sales_entries
from krn.testing import assert_rows, rows, transformed

ORDERS = """customer_id | business_date | currency | is_complete
            ann         | 2025-11-30    | EUR      | true
            bob         | 2025-11-01    | EUR      | true
            ann         | 2026-01-05    | EUR      | true
            ann         | 2026-01-06    | EUR      | true
            cid         | 2026-01-05    | EUR      | true
            unknown     | 2026-01-05    | EUR      | true"""


def cohorts(spark, orders_=(), entries=(), today=date(2026, 1, 31)):
    given = {"orders": rows(spark, orders_, orders.TABLE), "entries": rows(spark, entries, sales_entries.TABLE)}
    return transformed(spark, TABLE, **given, today=today)


def test_customers_are_followed_month_by_month_from_their_first_order(spark):
    assert_rows(
        cohorts(spark, ORDERS),
        """first_month | months_since | currency | members | customers | retained
           2025-11-01  | 0            | EUR      | 2       | 2         | 1
           2025-11-01  | 1            | EUR      | 2       | 0         | 0
           2025-11-01  | 2            | EUR      | 2       | 1         | 0.5
           2026-01-01  | 0            | EUR      | 1       | 1         | 1""",
    )


def test_months_in_which_nobody_ordered_are_told_up_to_today(spark):
    made = cohorts(spark, ORDERS, today=date(2026, 3, 1)).where("first_month = '2026-01-01'")
    assert_rows(made, "months_since | customers | retained | net_sales\n0 | 1 | 1 | 0\n1 | 0 | 0 | 0\n2 | 0 | 0 | 0")


def test_an_order_after_today_has_its_month_all_the_same(spark):
    made = cohorts(spark, ORDERS, today=date(2025, 11, 30)).where("first_month = '2025-11-01'")
    assert_rows(made, "months_since | customers\n0 | 2\n2 | 1")


def test_net_sales_count_in_the_month_of_their_order_whenever_goods_came_back(spark):
    entries = """kind   | customer_id | business_date | order_date | currency | gross | discount
                 sale   | ann         | 2025-11-30    | 2025-11-30 | EUR      | 30    | 2
                 return | ann         | 2026-01-02    | 2025-11-30 | EUR      | -10   | -1
                 sale   | ann         | 2026-01-05    | 2026-01-05 | EUR      | 7     | 0
                 return | ann         | 2026-01-05    |            | EUR      | -99   | 0"""
    made = cohorts(spark, ORDERS, entries).where("first_month = '2025-11-01'")
    assert_rows(made, "months_since | net_sales\n0 | 19\n1 | 0\n2 | 7")


def test_a_customer_has_a_cohort_in_each_currency(spark):
    given = """customer_id | business_date | currency | is_complete
               ann         | 2025-12-30    | EUR      | true
               ann         | 2026-01-05    | USD      | true"""
    made = cohorts(spark, given).where("months_since = 0")
    assert_rows(made, "first_month | currency | members\n2025-12-01 | EUR | 1\n2026-01-01 | USD | 1")


def test_a_customer_is_in_the_month_of_the_first_order_also_if_goods_came_back_in_its_currency_before(spark):
    given = """customer_id | business_date | currency | is_complete
               ann         | 2025-11-30    | EUR      | true
               ann         | 2026-01-05    | GBP      | true"""
    entries = """kind   | customer_id | business_date | order_date | currency | gross | discount
                 return | ann         | 2025-12-02    | 2025-11-30 | GBP      | -10   | 0
                 sale   | ann         | 2026-01-05    | 2026-01-05 | GBP      | 30    | 2"""
    assert_rows(
        cohorts(spark, given, entries).where("currency = 'GBP'"),
        """first_month | months_since | members | customers | retained | net_sales
           2026-01-01  | 0            | 1       | 1         | 1        | 18""",
    )


def test_goods_back_in_a_currency_without_orders_keep_their_value_in_the_sum_and_make_no_member(spark):
    entries = """kind   | customer_id | order_date | currency | gross | discount
                 return | ann         | 2026-01-05 | JPY      | -900  | 0"""
    made = cohorts(spark, (), entries)
    assert_rows(made, "first_month | members | customers | retained | net_sales\n2026-01-01 | 0 | 0 | | -900")


def test_who_only_sent_goods_back_in_a_currency_is_no_member_of_the_cohort_of_that_month(spark):
    given = """customer_id | business_date | currency | is_complete
               bob         | 2026-01-05    | JPY      | true"""
    entries = """kind   | customer_id | order_date | currency | gross | discount
                 sale   | bob         | 2026-01-05 | JPY      | 2000  | 0
                 return | ann         | 2026-01-05 | JPY      | -900  | 0"""
    made = cohorts(spark, given, entries)
    assert_rows(made, "members | customers | retained | net_sales\n1 | 1 | 1 | 1100")
