"""gold.sales_daily: a sale counts on its order's day, what comes back on its own."""

from krn.tables.gold.sales_daily import TABLE
from krn.tables.silver import buyers, orders, refunds, sales_entries
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


def daily(spark, entries=(), orders_=(), refunds_=(), buyers_=()):
    return transformed(
        spark,
        TABLE,
        entries=rows(spark, entries, sales_entries.TABLE),
        orders=rows(spark, orders_, orders.TABLE),
        refunds=rows(spark, refunds_, refunds.TABLE),
        buyers=rows(spark, buyers_, buyers.TABLE),
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


def placed(*orders_):
    same = {"is_complete": True, "business_date": "2026-01-05", "currency": "EUR", "channel": "web"}
    return [{**same, "order_id": order_id, "customer_id": customer, **more} for order_id, customer, more in orders_]


def test_a_customer_is_new_with_the_first_order_and_returning_with_any_other(spark):
    given = placed(("A", "ann", {}), ("B", "bob", {}), ("C", "cid", {}), ("D", "ann", {"business_date": "2026-01-06"}))
    made = daily(spark, orders_=given, buyers_="customer_id | first_order_id\nann | A\nbob | old\ncid | C")
    assert_rows(
        made,
        """business_date | orders | new_customers | returning_customers
           2026-01-05    | 3      | 2             | 1
           2026-01-06    | 1      | 0             | 1""",
    )


def test_a_customer_with_two_orders_in_a_row_counts_once_and_is_new_if_one_is_the_first(spark):
    given = placed(("A", "ann", {}), ("B", "ann", {}), ("C", "bob", {}), ("D", "bob", {}))
    made = daily(spark, orders_=given, buyers_="customer_id | first_order_id\nann | B\nbob | old")
    assert_rows(made, "orders | new_customers | returning_customers\n4 | 1 | 1")


def test_a_customer_who_comes_back_the_same_day_elsewhere_is_new_in_one_channel_only(spark):
    given = placed(("A", "ann", {}), ("B", "ann", {"channel": "shop"}))
    made = daily(spark, orders_=given, buyers_="customer_id | first_order_id\nann | A")
    assert_rows(made, "channel | new_customers | returning_customers\nweb | 1 | 0\nshop | 0 | 1")


def test_a_guest_is_neither_new_nor_returning(spark):
    made = daily(spark, orders_=placed(("A", "unknown", {})))
    assert_rows(made, "orders | new_customers | returning_customers\n1 | 0 | 0")


def test_a_new_customer_whose_order_was_cancelled_is_new(spark):
    given = placed(("A", "ann", {"status": "cancelled"}))
    made = daily(spark, orders_=given, buyers_="customer_id | first_order_id\nann | A")
    assert_rows(made, "new_customers | returning_customers\n1 | 0")
