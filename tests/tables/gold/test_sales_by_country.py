"""gold.sales_by_country: a day's sales where the buyers are."""

from krn.tables.gold.sales_by_country import TABLE
from krn.tables.silver import orders, sales_entries
from krn.testing import assert_rows, rows, transformed

ENTRIES = """kind         | business_date | country | currency | quantity | gross | discount | tax | freight
             sale         | 2026-01-05    | FR      | EUR      | 3        | 30    | 2        | 5   | 4
             cancellation | 2026-01-05    | FR      | EUR      | -1       | -10   | -1       | 0   | 0
             return       | 2026-01-05    | FR      | EUR      | -1       | -12   | 0        | 0   | 0
             sale         | 2026-01-05    | DE      | EUR      | 1        | 5     | 0        | 0   | 0
             sale         | 2026-01-05    | FR      | USD      | 1        | 6     | 0        | 0   | 0
             return       | 2026-01-06    | FR      | EUR      | -1       | -8    | 0        | 0   | 0"""
ORDERS = """order_id | is_complete | business_date | country | currency
            A        | true        | 2026-01-05    | FR      | EUR
            B        | true        | 2026-01-05    | FR      | EUR
            C        | false       | 2026-01-05    | FR      | EUR
            D        | true        | 2026-01-07    | IT      | EUR"""


def by_country(spark):
    given = {"entries": rows(spark, ENTRIES, sales_entries.TABLE), "orders": rows(spark, ORDERS, orders.TABLE)}
    return transformed(spark, TABLE, **given)


def test_sales_and_returns_of_a_country_add_up_by_day_and_currency(spark):
    assert_rows(
        by_country(spark),
        """business_date | country | currency | orders | units | gross_sales | returned_units | returns | net_sales
           2026-01-05    | FR      | EUR      | 2      | 3     | 30          | 2              | 21      | 7
           2026-01-05    | DE      | EUR      | 0      | 1     | 5           | 0              | 0       | 5
           2026-01-05    | FR      | USD      | 0      | 1     | 6           | 0              | 0       | 6
           2026-01-06    | FR      | EUR      | 0      | 0     | 0           | 1              | 8       | -8
           2026-01-07    | IT      | EUR      | 1      | 0     | 0           | 0              | 0       | 0""",
    )
