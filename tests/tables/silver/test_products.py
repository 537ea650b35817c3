"""silver.products: what was known of a product, and when."""

from krn.contracts.masters import PRODUCT_UPSERTED
from krn.tables.silver.products import TABLE
from krn.testing import assert_rows, events, transformed


def told(spark, *said):
    return transformed(
        spark, TABLE, upserted=events(spark, PRODUCT_UPSERTED, [{"product_id": "cup", **one} for one in said])
    )


def test_a_new_price_ends_the_old_one(spark):
    made = told(
        spark,
        {"event_time": "2026-01-09 12:00", "list_price": "12.5", "currency": "EUR"},
        {"event_time": "2026-01-05 12:00", "list_price": "10", "currency": "EUR"},
    )
    assert_rows(
        made,
        """product_id | list_price | currency | valid_from       | valid_to         | is_current
           cup        | 10         | EUR      | 2026-01-05 12:00 | 2026-01-09 12:00 | false
           cup        | 12.5       | EUR      | 2026-01-09 12:00 |                  | true""",
    )


def test_a_product_of_which_little_is_said_has_dimensions_all_the_same(spark):
    assert_rows(
        told(spark, {"title": "Cup"}),
        """title | category | brand   | list_price | currency | active
           Cup   | unknown  | unknown |            |          |""",
    )


def test_a_product_taken_off_sale_is_current_and_not_active(spark):
    made = told(
        spark,
        {"event_time": "2026-01-05 12:00", "active": True},
        {"event_time": "2026-01-06 12:00", "active": False},
    )
    assert_rows(made, "active | is_current\ntrue | false\nfalse | true")
