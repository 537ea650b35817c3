"""silver.order_lines: what was ordered, and how header amounts are laid over the lines."""

from krn.contracts.orders import ORDER_CREATED
from krn.tables.silver.order_lines import TABLE
from krn.testing import assert_rows, events, transformed


def line(no, price, quantity=1, **more):
    return {"line_no": no, "product_id": f"p{no}", "quantity": quantity, "unit_price": price, **more}


def laid_out(spark, *orders, timezone="UTC"):
    said = [{"order_id": "A", "currency": "EUR", **order} for order in orders]
    return transformed(spark, TABLE, created=events(spark, ORDER_CREATED, said), timezone=timezone)


def test_each_line_is_worth_its_quantity_times_its_price(spark):
    made = laid_out(spark, {"lines": [line(1, "10.50", 2), line(2, "0.0001", 3)]})
    assert_rows(
        made,
        """order_id | line_no | product_id | quantity | unit_price | gross   | currency
           A        | 1       | p1         | 2        | 10.50      | 21.0000 | EUR
           A        | 2       | p2         | 3        | 0.0001     | 0.0003  | EUR""",
    )


def test_a_line_has_the_amounts_it_states_itself(spark):
    made = laid_out(spark, {"lines": [line(1, "10", discount="1", tax="2", freight="3")]})
    assert_rows(made, "discount | tax | freight\n1 | 2 | 3")


def test_an_amount_that_nobody_states_is_zero(spark):
    assert_rows(laid_out(spark, {"lines": [line(1, "10")]}), "discount | tax | freight\n0 | 0 | 0")


def test_a_discount_of_the_header_is_shared_by_value(spark):
    made = laid_out(spark, {"discount_total": "6", "lines": [line(1, "10", 2), line(2, "5", 2)]})
    assert_rows(made, "line_no | discount\n1 | 4\n2 | 2")


def test_what_rounding_leaves_goes_to_the_largest_line(spark):
    made = laid_out(spark, {"discount_total": "1", "lines": [line(1, "1"), line(2, "1.0001"), line(3, "1")]})
    assert_rows(made, "line_no | discount\n1 | 0.3333\n2 | 0.3334\n3 | 0.3333")


def test_of_equal_lines_the_lowest_takes_what_rounding_leaves(spark):
    made = laid_out(spark, {"tax_total": "2", "lines": [line(3, "1"), line(1, "1"), line(2, "1")]})
    assert_rows(made, "line_no | tax\n1 | 0.6666\n2 | 0.6667\n3 | 0.6667")


def test_half_a_ten_thousandth_is_rounded_up(spark):
    made = laid_out(spark, {"discount_total": "0.0003", "lines": [line(1, "1"), line(2, "1")]})
    assert_rows(made, "line_no | discount\n1 | 0.0001\n2 | 0.0002")


def test_freight_of_lines_that_are_worth_nothing_is_shared_by_quantity(spark):
    made = laid_out(spark, {"freight_total": "4", "lines": [line(1, "0", 3), line(2, "0", 1)]})
    assert_rows(made, "line_no | freight\n1 | 3\n2 | 1")


def test_amounts_of_lines_win_over_the_header(spark):
    made = laid_out(spark, {"discount_total": "6", "lines": [line(1, "10", discount="1"), line(2, "5")]})
    assert_rows(made, "line_no | discount\n1 | 1\n2 | 0")


def test_each_amount_is_shared_or_taken_by_itself(spark):
    made = laid_out(spark, {"discount_total": "6", "tax_total": "4", "lines": [line(1, "1", tax="1"), line(2, "1")]})
    assert_rows(made, "line_no | discount | tax\n1 | 3 | 1\n2 | 3 | 0")


def test_orders_share_nothing_with_each_other(spark):
    made = laid_out(
        spark,
        {"order_id": "A", "discount_total": "1", "lines": [line(1, "1")]},
        {"order_id": "B", "lines": [line(1, "9")]},
    )
    assert_rows(made, "order_id | discount\nA | 1\nB | 0")


def test_amounts_of_the_yen_are_shared_to_four_decimals_too(spark):
    made = laid_out(spark, {"currency": "JPY", "freight_total": "100", "lines": [line(n, "300") for n in (1, 2, 3)]})
    assert_rows(made, "line_no | freight\n1 | 33.3334\n2 | 33.3333\n3 | 33.3333")


def test_the_largest_amounts_are_shared_exactly(spark):
    made = laid_out(
        spark, {"discount_total": "49999999999999.9999", "lines": [line(1, "33333333333333"), line(2, "1")]}
    )
    assert_rows(made, "line_no | discount\n1 | 49999999999998.4999\n2 | 1.5000")


def test_of_two_events_about_an_order_the_earlier_counts(spark):
    made = laid_out(
        spark,
        {"event_time": "2026-01-05 12:00", "lines": [line(1, "9"), line(2, "9")]},
        {"event_time": "2026-01-05 11:00", "lines": [line(1, "1")]},
    )
    assert_rows(made, "line_no | gross\n1 | 1")


def test_of_two_events_of_one_instant_the_lower_source_and_id_counts(spark):
    at = "2026-01-05 12:00"
    made = laid_out(
        spark,
        {"event_time": at, "event_source": "b", "event_id": "1", "lines": [line(1, "1")]},
        {"event_time": at, "event_source": "a", "event_id": "3", "lines": [line(1, "3")]},
        {"event_time": at, "event_source": "a", "event_id": "2", "lines": [line(1, "2")]},
    )
    assert_rows(made, "event_source | event_id | gross\na | 2 | 2")


def test_an_order_without_lines_has_none(spark):
    assert_rows(laid_out(spark, {"lines": []}), "order_id | line_no")


def test_what_was_not_said_is_unknown(spark):
    made = laid_out(spark, {"lines": [line(1, "1")]})
    assert_rows(
        made,
        """category | description | seller_id | channel | country | customer_id | sku
           unknown  | unknown     | unknown   | unknown | unknown | unknown     |""",
    )


def test_what_was_said_is_kept(spark):
    said = {"category": "cups", "description": "A cup", "seller_id": "s", "sku": "c-1"}
    made = laid_out(spark, {"channel": "web", "country": "FR", "customer_id": "c", "lines": [line(1, "1", **said)]})
    assert_rows(
        made,
        """category | description | seller_id | channel | country | customer_id | sku
           cups     | A cup       | s         | web     | FR      | c           | c-1""",
    )


def test_a_night_order_counts_on_the_day_of_the_business(spark):
    made = laid_out(
        spark,
        {"order_id": "winter", "event_time": "2026-01-05T23:30:00Z", "lines": [line(1, "1")]},
        {"order_id": "summer", "event_time": "2026-07-05T23:30:00Z", "lines": [line(1, "1")]},
        timezone="Europe/London",
    )
    assert_rows(made, "order_id | order_date\nwinter | 2026-01-05\nsummer | 2026-07-06")
