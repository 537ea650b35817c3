"""gold.sales_by_product: a day's sales of each product."""

from krn.tables.gold.sales_by_product import TABLE
from krn.tables.silver import sales_entries
from krn.testing import assert_rows, rows, transformed


def by_product(spark, entries):
    return transformed(spark, TABLE, entries=rows(spark, entries, sales_entries.TABLE))


def test_sales_and_returns_of_a_product_add_up_by_day_and_currency(spark):
    made = by_product(
        spark,
        """kind         | business_date | product_id | currency | order_id | quantity | gross | discount | tax | freight
           sale         | 2026-01-05    | cup        | EUR      | A        | 3        | 30    | 2        | 5   | 4
           sale         | 2026-01-05    | cup        | EUR      | B        | 1        | 10    | 0        | 0   | 0
           cancellation | 2026-01-05    | cup        | EUR      | A        | -1       | -10   | -1       | 0   | 0
           sale         | 2026-01-05    | tea        | EUR      | A        | 1        | 5     | 0        | 0   | 0
           sale         | 2026-01-05    | cup        | USD      | C        | 1        | 6     | 0        | 0   | 0
           return       | 2026-01-06    | cup        | EUR      | A        | -1       | -8    | 0        | 0   | 0""",
    )
    assert_rows(
        made,
        """business_date | product_id | currency | orders | units | gross_sales | returned_units | returns | net_sales
           2026-01-05    | cup        | EUR      | 2      | 4     | 40          | 1              | 9       | 29
           2026-01-05    | tea        | EUR      | 1      | 1     | 5           | 0              | 0       | 5
           2026-01-05    | cup        | USD      | 1      | 1     | 6           | 0              | 0       | 6
           2026-01-06    | cup        | EUR      | 0      | 0     | 0           | 1              | 8       | -8""",
    )


def test_an_order_with_two_lines_of_a_product_counts_once(spark):
    made = by_product(
        spark,
        """kind | business_date | product_id | currency | order_id | line_no | quantity | gross | discount
           sale | 2026-01-05    | cup        | EUR      | A        | 1       | 1        | 10    | 0
           sale | 2026-01-05    | cup        | EUR      | A        | 2       | 2        | 20    | 0""",
    )
    assert_rows(made, "orders | units\n1 | 3")


def test_freight_given_back_alone_makes_no_row(spark):
    made = by_product(
        spark,
        """kind         | business_date | product_id | currency | order_id | quantity | gross | discount | tax | freight
           cancellation | 2026-01-05    | cup        | EUR      | A        | 0        | 0     | 0        | 0   | -4""",
    )
    assert made.count() == 0
