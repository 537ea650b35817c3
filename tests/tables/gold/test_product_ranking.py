"""gold.product_ranking: products over the last 7, 28 and 90 days, against the same stretch before."""

from datetime import date

from krn.tables.gold.product_ranking import TABLE
from krn.tables.silver import products, sales_entries
from krn.testing import assert_rows, rows, transformed

ENTRY = {
    "kind": "sale",
    "business_date": "2026-03-31",
    "product_id": "cup",
    "currency": "EUR",
    "customer_id": "c",
    "quantity": 1,
    "gross": "10",
    "discount": "0",
}


def ranked(spark, *entries, today=date(2026, 3, 31), known=()):
    given = rows(spark, [{**ENTRY, **entry} for entry in entries], sales_entries.TABLE)
    return transformed(spark, TABLE, entries=given, products=rows(spark, known, products.TABLE), today=today)


def week(frame):
    return frame.where("window_days = 7")


def test_a_window_ends_today_and_holds_its_days(spark):
    edges = ("2026-03-31", "2026-03-25", "2026-03-24", "2026-03-04", "2026-03-03", "2026-01-01", "2025-12-31")
    made = ranked(spark, *({"business_date": day} for day in edges))
    assert_rows(made, "window_days | units\n7 | 2\n28 | 4\n90 | 6")


def test_what_happens_after_today_is_not_in(spark):
    assert_rows(ranked(spark, {"business_date": "2026-04-01"}), "window_days | units")


def test_sales_and_returns_of_the_window_add_up(spark):
    made = ranked(
        spark,
        {"quantity": 4, "gross": "40", "discount": "3"},
        {"kind": "return", "quantity": -1, "gross": "-10", "discount": "-1"},
        {"kind": "cancellation", "quantity": -1, "gross": "-10"},
    )
    assert_rows(
        week(made),
        """product_id | currency | units | returned_units | gross_sales | net_sales | return_rate
           cup        | EUR      | 4     | 2              | 40          | 18        | 0.5""",
    )


def test_a_product_that_only_came_back_has_no_return_rate(spark):
    made = ranked(spark, {"kind": "return", "quantity": -1, "gross": "-10"})
    assert_rows(week(made), "units | returned_units | net_sales | return_rate\n0 | 1 | -10 |")


def test_buyers_are_counted_once_and_guests_not(spark):
    made = ranked(
        spark, {}, {}, {"customer_id": "d"}, {"customer_id": "unknown"}, {"kind": "return", "customer_id": "e"}
    )
    assert_rows(week(made), "buyers\n2")


def test_ties_go_to_the_lower_product_id(spark):
    made = ranked(spark, {"product_id": "tea"}, {"product_id": "cup"}, {"product_id": "pot", "gross": "11"})
    assert_rows(
        week(made),
        """product_id | rank_net | rank_units
           pot        | 1        | 2
           cup        | 2        | 1
           tea        | 3        | 3""",
    )


def test_currencies_are_ranked_apart(spark):
    made = ranked(spark, {"gross": "1"}, {"currency": "JPY", "gross": "900"})
    assert_rows(week(made), "currency | rank_net\nEUR | 1\nJPY | 1")


def test_a_trend_compares_with_the_window_before(spark):
    made = ranked(
        spark, {"gross": "15"}, {"business_date": "2026-03-24"}, {"business_date": "2026-03-18", "gross": "20"}
    )
    assert_rows(week(made), "net_sales | net_before | trend\n15 | 30 | -0.5")


def test_the_window_before_ends_where_it_began(spark):
    assert_rows(week(ranked(spark, {}, {"business_date": "2026-03-17"})), "net_before | trend\n0 |")


def test_a_trend_from_below_zero_points_up(spark):
    returned = {"kind": "return", "quantity": -1, "gross": "-10", "business_date": "2026-03-24"}
    assert_rows(week(ranked(spark, {}, returned)), "net_before | trend\n-10 | 2")


def test_a_product_sold_only_before_is_not_ranked(spark):
    made = ranked(spark, {"business_date": "2026-03-24"})
    assert_rows(made, "window_days | product_id\n28 | cup\n90 | cup")


def test_a_product_is_called_what_it_is_called_today(spark):
    known = """product_id | category | title   | is_current
               cup        | mugs     | Old cup | false
               cup        | cups     | Cup     | true
               tea        | drinks   |         | true"""
    made = ranked(spark, {}, {"product_id": "tea"}, {"product_id": "pot"}, known=known)
    assert_rows(
        week(made),
        """product_id | category | title   | units
           cup        | cups     | Cup     | 1
           tea        | drinks   | unknown | 1
           pot        | unknown  | unknown | 1""",
    )
