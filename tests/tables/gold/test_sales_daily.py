"""gold.sales_daily: a sale counts on its order's day, what comes back on its own."""

from krn.tables.gold.sales_daily import TABLE
from krn.tables.silver import orders, refunds, sales_entries
from krn.testing import assert_rows, rows, transformed

ENTRIES = """kind         | business_date | currency | channel | quantity | gross | discount | tax | freight
             sale         | 2026-01-05    | EUR      | web     | 3        | 30    | 2        | 5   | 4
             sale         | 2026-01-05    | EUR      | web     | 1        | 7.25  | 0        | 1   | 0
             return       | 2026-01-05    | EUR      | web     | -1       | -10   | -1       | -2  | 0
             cancellation | 2026-01-05    | EUR      | web     | -1       | -7.25 | 0        | -1  | 0
             cancellation | 2026-01-05    | EUR      | web     | 0        | 0     | 0        | 0   | -4"""
ORDERS = """order_id | is_complete | business_date | currency | channel
            A        | true        | 2026-01-05    | EUR      | web
            B        | true        | 2026-01-05    | EUR      | web
            C        | true        | 2026-01-05    | EUR      | web"""
REFUNDS = """refund_id | business_date | currency | channel | amount
             R         | 2026-01-05    | EUR      | web     | 9.50
             S         | 2026-01-05    | EUR      | web     | 0.25"""


def daily(spark, entries=(), orders_=(), refunds_=()):
    return transformed(
        spark,
        TABLE,
        entries=rows(spark, entries, sales_entries.TABLE),
        orders=rows(spark, orders_, orders.TABLE),
        refunds=rows(spark, refunds_, refunds.TABLE),
    )


def test_a_day_adds_up(spark):
    made = daily(spark, ENTRIES, ORDERS, REFUNDS)
    assert_rows(
        made,
        """business_date | currency | channel | orders | units | gross_sales | discounts | returns | net_sales
           2026-01-05    | EUR      | web     | 3      | 4     | 37.25       | 2         | 16.25   | 19""",
    )
    assert_rows(made, "net_sales | tax | shipping | total_sales | refunds_paid\n19 | 3 | 0 | 22 | 9.75")


def test_the_average_order_is_gross_less_discounts_by_order(spark):
    assert_rows(daily(spark, ENTRIES, ORDERS), "aov\n11.7500")


def test_a_day_of_returns_only_has_no_average_order(spark):
    entries = """kind   | business_date | currency | channel | quantity | gross | discount | tax | freight
                 return | 2026-01-09    | EUR      | web     | -1       | -10   | 0        | 0   | 0"""
    assert_rows(
        daily(spark, entries),
        """business_date | orders | units | gross_sales | returns | net_sales | aov
           2026-01-09    | 0      | 0     | 0           | 10      | -10       |""",
    )


def test_an_order_without_lines_is_an_order(spark):
    assert_rows(daily(spark, orders_=ORDERS), "orders | units | gross_sales | net_sales | aov\n3 | 0 | 0 | 0 | 0")


def test_an_order_that_was_not_created_is_none(spark):
    made = daily(spark, orders_="order_id | is_complete | channel\nA | false | unknown")
    assert_rows(made, "orders")


def test_a_day_with_money_given_back_only_has_a_row(spark):
    assert_rows(daily(spark, refunds_=REFUNDS), "business_date | refunds_paid | net_sales\n2026-01-05 | 9.75 | 0")


def test_currencies_and_channels_are_never_added(spark):
    entries = """kind | business_date | currency | channel | quantity | gross | discount | tax | freight
                 sale | 2026-01-05    | EUR      | web     | 1        | 1     | 0        | 0   | 0
                 sale | 2026-01-05    | JPY      | web     | 1        | 200   | 0        | 0   | 0
                 sale | 2026-01-05    | EUR      | shop    | 1        | 3     | 0        | 0   | 0
                 sale | 2026-01-06    | EUR      | web     | 1        | 4     | 0        | 0   | 0"""
    assert_rows(
        daily(spark, entries),
        """business_date | currency | channel | gross_sales
           2026-01-05    | EUR      | web     | 1
           2026-01-05    | JPY      | web     | 200
           2026-01-05    | EUR      | shop    | 3
           2026-01-06    | EUR      | web     | 4""",
    )


def test_sums_keep_every_ten_thousandth(spark):
    entries = """kind | business_date | currency | channel | quantity | gross               | discount | tax | freight
                 sale | 2026-01-05    | EUR      | web     | 1        | 99999999999999.9999 | 0        | 0   | 0
                 sale | 2026-01-05    | EUR      | web     | 1        | 99999999999999.9999 | 0        | 0   | 0"""
    assert_rows(daily(spark, entries), "gross_sales\n199999999999999.9998")
