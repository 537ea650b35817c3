"""silver.refund_lines: goods that came back, as the refund says it."""

from krn.contracts.orders import ORDER_REFUNDED
from krn.tables.silver.refund_lines import TABLE
from krn.testing import assert_rows, events, transformed

CUP = {"product_id": "cup", "quantity": 2, "unit_price": "3.50"}
TEA = {"product_id": "tea", "quantity": 1, "unit_price": "9", "line_no": 4, "description": "Green tea"}


def came_back(spark, *refunds, timezone="UTC"):
    said = [{"refund_id": "R", "amount": "1", "currency": "EUR", **refund} for refund in refunds]
    return transformed(spark, TABLE, refunded=events(spark, ORDER_REFUNDED, said), timezone=timezone)


def test_lines_are_numbered_as_they_stand_in_the_refund(spark):
    made = came_back(spark, {"order_id": "A", "lines": [TEA, CUP]})
    assert_rows(
        made,
        """refund_id | position | order_id | line_no | product_id | description | quantity | unit_price | currency
           R         | 1        | A        | 4       | tea        | Green tea   | 1        | 9          | EUR
           R         | 2        | A        |         | cup        | unknown     | 2        | 3.50       | EUR""",
    )


def test_two_lines_of_one_product_stay_two(spark):
    assert_rows(came_back(spark, {"lines": [CUP, CUP]}), "position | product_id | quantity\n1 | cup | 2\n2 | cup | 2")


def test_a_refund_of_money_only_has_no_lines(spark):
    assert_rows(came_back(spark, {"lines": None}, {"refund_id": "S", "lines": []}), "refund_id | position")


def test_of_two_events_about_a_refund_the_earlier_counts(spark):
    made = came_back(
        spark,
        {"event_time": "2026-01-05 12:00", "lines": [CUP, TEA]},
        {"event_time": "2026-01-05 11:00", "lines": [TEA]},
    )
    assert_rows(made, "position | product_id\n1 | tea")


def test_an_order_that_is_not_named_stays_null(spark):
    assert_rows(came_back(spark, {"lines": [CUP]}), "refund_id | order_id\nR |")


def test_the_refunds_own_dimensions_are_unknown_where_not_said(spark):
    made = came_back(
        spark,
        {"lines": [CUP]},
        {"refund_id": "S", "lines": [CUP], "channel": "web", "country": "FR", "customer_id": "c"},
    )
    assert_rows(
        made,
        """refund_id | channel | country | customer_id
           R         | unknown | unknown | unknown
           S         | web     | FR      | c""",
    )


def test_a_night_refund_counts_on_the_day_of_the_business(spark):
    made = came_back(spark, {"event_time": "2026-01-05T03:00:00Z", "lines": [CUP]}, timezone="America/New_York")
    assert_rows(made, "business_date | refunded_at\n2026-01-04 | 2026-01-05 03:00")
