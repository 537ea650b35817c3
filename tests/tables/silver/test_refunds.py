"""silver.refunds: money that went back, under the dimensions of its order where that is known."""

from krn.contracts.orders import ORDER_REFUNDED
from krn.tables.silver import orders
from krn.tables.silver.refunds import TABLE
from krn.testing import assert_rows, events, rows, transformed

ORDERS = """order_id | is_complete | channel | country | customer_id
            A        | true        | web     | FR      | c
            open     | false       | unknown | unknown | unknown"""


def paid_back(spark, *refunds, timezone="UTC"):
    said = [{"refund_id": "R", "amount": "5.25", "currency": "EUR", **refund} for refund in refunds]
    known = rows(spark, ORDERS, orders.TABLE)
    return transformed(spark, TABLE, refunded=events(spark, ORDER_REFUNDED, said), orders=known, timezone=timezone)


def test_a_refund_goes_by_the_dimensions_of_its_order(spark):
    made = paid_back(spark, {"order_id": "A", "channel": "shop", "country": "DE", "customer_id": "other"})
    assert_rows(
        made,
        """refund_id | order_id | amount | currency | channel | country | customer_id | is_order_known
           R         | A        | 5.25   | EUR      | web     | FR      | c           | true""",
    )


def test_a_refund_of_an_unknown_order_goes_by_its_own(spark):
    made = paid_back(
        spark,
        {"refund_id": "R1", "order_id": "lost", "channel": "shop", "country": "DE", "customer_id": "d"},
        {"refund_id": "R2"},
    )
    assert_rows(
        made,
        """refund_id | order_id | channel | country | customer_id | is_order_known
           R1        | lost     | shop    | DE      | d           | false
           R2        |          | unknown | unknown | unknown     | false""",
    )


def test_an_order_that_was_not_created_is_not_known(spark):
    made = paid_back(spark, {"order_id": "open", "channel": "shop"})
    assert_rows(made, "order_id | channel | is_order_known\nopen | shop | false")


def test_lines_are_counted_and_none_means_money_only(spark):
    line = {"product_id": "cup", "quantity": 2, "unit_price": "1"}
    made = paid_back(spark, {"refund_id": "goods", "lines": [line, line]}, {"refund_id": "money"})
    assert_rows(made, "refund_id | n_lines\ngoods | 2\nmoney | 0")


def test_of_two_events_about_a_refund_the_earlier_counts(spark):
    made = paid_back(
        spark,
        {"event_time": "2026-01-05 12:00", "amount": "9"},
        {"event_time": "2026-01-05 11:00", "amount": "4", "reason": "late"},
    )
    assert_rows(made, "amount | reason | refunded_at | n_events\n4 | late | 2026-01-05 11:00 | 2")


def test_a_refund_counts_on_its_own_day_of_the_business(spark):
    made = paid_back(spark, {"order_id": "A", "event_time": "2026-10-25T23:30:00Z"}, timezone="Europe/London")
    assert_rows(made, "business_date\n2026-10-25")
