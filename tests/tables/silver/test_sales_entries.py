"""silver.sales_entries: the ledger, one signed line per fact that sold goods or took them back."""

from decimal import Decimal

from krn.contracts.orders import ORDER_CANCELLED, ORDER_CREATED
from krn.tables.silver import order_lines, refund_lines
from krn.tables.silver.sales_entries import TABLE
from krn.testing import assert_rows, events, rows, transformed

ORDER = {
    "order_id": "A",
    "line_no": 1,
    "product_id": "cup",
    "category": "cups",
    "quantity": 3,
    "unit_price": "10",
    "discount": "0",
    "tax": "0",
    "freight": "0",
    "currency": "EUR",
    "channel": "web",
    "country": "FR",
    "customer_id": "c",
    "seller_id": "s",
    "ordered_at": "2026-01-01 09:00",
    "order_date": "2026-01-01",
    "event_source": "shop",
    "event_id": "o1",
}
RETURN = {
    "refund_id": "R",
    "position": 1,
    "order_id": "A",
    "product_id": "cup",
    "quantity": 1,
    "unit_price": "10",
    "currency": "EUR",
    "channel": "own channel",
    "country": "own country",
    "customer_id": "own customer",
    "refunded_at": "2026-01-09 09:00",
    "business_date": "2026-01-09",
    "event_source": "shop",
    "event_id": "r1",
}


def ledger(spark, lines=({},), cancelled=(), returned=(), timezone="UTC"):
    ordered = [{**ORDER, **line} for line in lines]
    for line in ordered:
        line["gross"] = line["quantity"] * Decimal(line["unit_price"])
    return transformed(
        spark,
        TABLE,
        created=events(
            spark,
            ORDER_CREATED,
            [{"order_id": order_id} for order_id in sorted({line["order_id"] for line in ordered})],
        ),
        lines=rows(spark, ordered, order_lines.TABLE),
        cancelled=events(spark, ORDER_CANCELLED, [{"order_id": "A", **cancel} for cancel in cancelled]),
        returned=rows(spark, [{**RETURN, **line} for line in returned], refund_lines.TABLE),
        timezone=timezone,
    )


def taken_back(spark, *given, **inputs):
    return ledger(spark, *given, **inputs).where("kind <> 'sale'")


def test_a_line_is_sold_once_on_the_day_of_its_order(spark):
    made = ledger(spark, [{"discount": "1", "tax": "2", "freight": "3"}])
    assert_rows(
        made,
        """entry_id         | kind | quantity | gross | discount | tax | freight | business_date | order_date
           ["sale","A","1"] | sale | 3        | 30    | 1        | 2   | 3       | 2026-01-01    | 2026-01-01""",
    )


def test_a_sale_has_the_dimensions_of_its_line(spark):
    assert_rows(
        ledger(spark),
        """ledger_id | line_no | product_id | category | currency | channel | country | customer_id | seller_id
           A         | 1       | cup        | cups     | EUR      | web     | FR      | c           | s""",
    )


def test_an_order_cancelled_whole_gives_everything_back_on_the_day_it_was_cancelled(spark):
    made = ledger(
        spark, [{"discount": "1", "tax": "2", "freight": "3"}], cancelled=[{"event_time": "2026-01-04 10:00"}]
    )
    assert_rows(
        made,
        """kind         | quantity | gross | discount | tax | freight | business_date | order_date
           sale         | 3        | 30    | 1        | 2   | 3       | 2026-01-01    | 2026-01-01
           cancellation | -3       | -30   | -1       | -2  | 0       | 2026-01-04    | 2026-01-01
           cancellation | 0        | 0     | 0        | 0   | -3      | 2026-01-04    | 2026-01-01""",
    )


def test_a_cancellation_of_some_units_keeps_the_freight(spark):
    made = taken_back(spark, [{"freight": "3"}], cancelled=[{"lines": [{"line_no": 1, "quantity": 2}]}])
    assert_rows(made, "kind | quantity | gross | freight\ncancellation | -2 | -20 | 0")


def test_freight_goes_back_with_the_cancellation_that_leaves_nothing(spark):
    one = {"lines": [{"line_no": 1, "quantity": 1}], "event_time": "2026-01-02 10:00"}
    rest = {"lines": [{"line_no": 1, "quantity": 2}], "event_time": "2026-01-03 10:00"}
    made = taken_back(spark, [{"freight": "3"}], cancelled=[one, rest])
    assert_rows(
        made,
        """quantity | gross | freight | business_date
           -1       | -10   | 0       | 2026-01-02
           -2       | -20   | 0       | 2026-01-03
           0        | 0     | -3      | 2026-01-03""",
    )


def test_a_return_of_everything_gives_no_freight_back(spark):
    made = taken_back(spark, [{"freight": "3"}], returned=[{"quantity": 3}])
    assert_rows(made, "kind | quantity | freight\nreturn | -3 | 0")


def test_a_cancellation_of_what_a_return_left_gives_no_freight_back(spark):
    made = taken_back(
        spark,
        [{"freight": "3"}],
        cancelled=[{"event_time": "2026-01-20 10:00"}],
        returned=[{"quantity": 1, "refunded_at": "2026-01-09 09:00"}],
    )
    assert_rows(made, "kind | quantity | freight\nreturn | -1 | 0\ncancellation | -2 | 0")


def test_parts_of_a_discount_given_back_add_up_to_all_of_it(spark):
    one = {"lines": [{"line_no": 1, "quantity": 1}]}
    made = taken_back(spark, [{"discount": "1", "tax": "0.0001"}], cancelled=[one, one, one])
    assert_rows(
        made,
        """quantity | discount | tax
           -1       | -0.3333  | 0
           -1       | -0.3334  | -0.0001
           -1       | -0.3333  | 0""",
    )


def test_a_return_is_worth_its_own_price_and_gives_the_orders_discount_back(spark):
    made = taken_back(spark, [{"discount": "3"}], returned=[{"quantity": 2, "unit_price": "9.99"}])
    assert_rows(made, "kind | refund_id | gross | discount | currency\nreturn | R | -19.98 | -2 | EUR")


def test_a_return_goes_by_the_dimensions_and_date_of_its_order(spark):
    made = taken_back(spark, returned=[{}])
    assert_rows(
        made,
        """ledger_id | channel | country | customer_id | seller_id | category | order_date | business_date | event_id
           A         | web     | FR      | c           | s         | cups     | 2026-01-01 | 2026-01-09    | r1""",
    )


def test_a_return_in_another_currency_gives_no_discount_or_tax_back(spark):
    made = taken_back(spark, [{"discount": "3", "tax": "3"}], returned=[{"currency": "USD", "unit_price": "12"}])
    assert_rows(made, "quantity | gross | discount | tax | currency\n-1 | -12 | 0 | 0 | USD")


def test_what_was_cancelled_and_then_refunded_counts_once(spark):
    made = taken_back(spark, cancelled=[{"event_time": "2026-01-02 10:00"}], returned=[{"quantity": 3}])
    assert_rows(made, "kind | quantity\ncancellation | -3")


def test_what_came_back_can_not_be_cancelled_later(spark):
    made = taken_back(spark, cancelled=[{"event_time": "2026-01-20 10:00"}], returned=[{"quantity": 2}])
    assert_rows(made, "kind | quantity\nreturn | -2\ncancellation | -1")


def test_no_more_comes_back_than_was_ordered(spark):
    assert_rows(taken_back(spark, returned=[{"quantity": 99}]), "kind | quantity | gross\nreturn | -3 | -30")


def test_a_return_without_a_line_fills_the_lines_of_its_product_by_line_no(spark):
    lines = [{"line_no": 3}, {"line_no": 1, "quantity": 1}, {"line_no": 2, "product_id": "tea"}]
    made = taken_back(spark, lines, returned=[{"quantity": 2}])
    assert_rows(made, "line_no | product_id | quantity\n1 | cup | -1\n3 | cup | -1")


def test_a_return_that_names_its_line_takes_no_other(spark):
    made = taken_back(spark, [{"line_no": 1}, {"line_no": 2}], returned=[{"line_no": 2, "quantity": 5}])
    assert_rows(made, "line_no | quantity\n2 | -3")


def test_a_return_of_a_product_that_was_not_ordered_has_no_entry(spark):
    assert_rows(taken_back(spark, returned=[{"product_id": "tea"}]), "kind | quantity")


def test_a_return_whose_line_has_another_product_has_no_entry(spark):
    assert_rows(taken_back(spark, returned=[{"product_id": "tea", "line_no": 1}]), "kind | quantity")


def test_a_return_that_names_no_order_counts_in_full(spark):
    made = taken_back(spark, returned=[{"order_id": None, "quantity": 99, "unit_price": "2.5", "line_no": 7}])
    assert_rows(
        made,
        """entry_id           | ledger_id | order_id | line_no | quantity | gross  | order_date | business_date
           ["return","R","1"] | refund:R  |          |         | -99      | -247.5 |            | 2026-01-09""",
    )


def test_a_return_of_an_order_not_yet_created_counts_in_full_by_its_own_dimensions(spark):
    made = taken_back(spark, returned=[{"order_id": "later", "quantity": 99}])
    assert_rows(
        made,
        """ledger_id | order_id | quantity | category | channel     | country     | customer_id  | seller_id
           later     | later    | -99      | unknown  | own channel | own country | own customer | unknown""",
    )


def test_a_cancellation_of_an_unknown_order_has_no_entry(spark):
    assert_rows(taken_back(spark, cancelled=[{"order_id": "later"}]), "kind | quantity")


def test_a_cancellation_told_twice_cancels_once(spark):
    assert_rows(taken_back(spark, cancelled=[{}, {}]), "kind | quantity\ncancellation | -3")


def test_requests_of_one_instant_are_applied_by_source_and_id(spark):
    at = {"event_time": "2026-01-09 09:00", "event_source": "shop"}
    made = taken_back(spark, cancelled=[{**at, "event_id": "r0"}], returned=[{"event_id": "r1"}])
    assert_rows(made, "kind | quantity\ncancellation | -3")


def test_a_night_cancellation_counts_on_the_day_of_the_business(spark):
    made = taken_back(spark, cancelled=[{"event_time": "2026-07-01T23:30:00Z"}], timezone="Europe/London")
    assert_rows(made, "business_date | occurred_at\n2026-07-02 | 2026-07-01 23:30")


def test_ids_that_look_alike_stay_apart(spark):
    made = ledger(spark, [{"order_id": 'A","1', "line_no": 2}, {"order_id": "A", "line_no": 1}])
    assert len({row.entry_id for row in made.collect()}) == 2


def test_yen_are_exact(spark):
    made = taken_back(
        spark,
        [{"currency": "JPY", "unit_price": "333", "tax": "100"}],
        returned=[{"currency": "JPY", "unit_price": "333"}],
    )
    assert_rows(made, "gross | tax | currency\n-333 | -33.3333 | JPY")


def test_a_freight_rest_below_zero_goes_back_too(spark):
    lines = [
        {"line_no": n, "freight": freight}
        for n, freight in ((1, "-0.0001"), (2, "0.0001"), (3, "0.0001"), (4, "0.0001"))
    ]
    made = ledger(spark, lines, cancelled=[{}])
    assert_rows(made.groupBy().sum("freight"), "sum(freight)\n0")


def test_a_discount_rest_below_zero_goes_back_too(spark):
    made = ledger(spark, [{"quantity": 1, "discount": "-0.0001"}], cancelled=[{}])
    assert_rows(made.groupBy().sum("discount"), "sum(discount)\n0")
