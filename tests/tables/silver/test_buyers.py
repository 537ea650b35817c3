"""silver.buyers: who ordered, and what came first."""

from krn.tables.silver import orders
from krn.tables.silver.buyers import TABLE
from krn.testing import assert_rows, rows, transformed

ORDER = {
    "is_complete": True,
    "customer_id": "ann",
    "created_at": "2026-01-05 12:00",
    "business_date": "2026-01-05",
    "currency": "EUR",
    "channel": "web",
}


def bought(spark, *given):
    return transformed(spark, TABLE, orders=rows(spark, [{**ORDER, **order} for order in given], orders.TABLE))


def test_the_earliest_order_is_the_first_whatever_its_id(spark):
    later = {"created_at": "2026-01-06 12:00", "business_date": "2026-01-06", "currency": "USD", "channel": "shop"}
    made = bought(spark, {"order_id": "A", **later}, {"order_id": "B"})
    assert_rows(
        made,
        """customer_id | first_order_id | first_order_on | first_currency | first_channel | n_orders
           ann         | B              | 2026-01-05     | EUR            | web           | 2""",
    )


def test_of_two_orders_at_one_instant_the_lower_id_is_the_first(spark):
    made = bought(spark, {"order_id": "B", "channel": "web"}, {"order_id": "A", "channel": "shop"})
    assert_rows(made, "first_order_id | first_channel | n_orders\nA | shop | 2")


def test_each_customer_has_an_own_first_order(spark):
    made = bought(spark, {"order_id": "A"}, {"order_id": "B", "customer_id": "bob"})
    assert_rows(made, "customer_id | first_order_id | n_orders\nann | A | 1\nbob | B | 1")


def test_a_guest_is_no_buyer(spark):
    assert_rows(bought(spark, {"order_id": "A", "customer_id": "unknown"}), "customer_id")


def test_a_cancelled_order_counts(spark):
    made = bought(spark, {"order_id": "A", "status": "cancelled", "cancelled_at": "2026-01-05 13:00"})
    assert_rows(made, "first_order_id | n_orders\nA | 1")


def test_an_order_that_was_not_created_yet_counts_for_nobody(spark):
    assert_rows(bought(spark, {"order_id": "A", "is_complete": False, "created_at": None}), "customer_id")
