"""gold.customer_value: what each customer is worth, and how the shop may think of them."""

from datetime import date

import pytest

from krn.tables.gold.customer_value import TABLE
from krn.tables.silver import orders, sales_entries
from krn.testing import assert_rows, rows, transformed

ORDER = {"is_complete": True, "currency": "EUR", "business_date": "2026-01-05"}
ENTRY = {"kind": "sale", "currency": "EUR", "gross": "0", "discount": "0"}


def valued(spark, orders_=(), entries=(), today=date(2026, 1, 31)):
    return transformed(
        spark,
        TABLE,
        orders=rows(spark, [{**ORDER, **order} for order in orders_], orders.TABLE),
        entries=rows(spark, [{**ENTRY, **entry} for entry in entries], sales_entries.TABLE),
        today=today,
    )


def test_orders_and_net_sales_of_a_customer_add_up(spark):
    made = valued(
        spark,
        [{"customer_id": "ann"}, {"customer_id": "ann", "business_date": "2026-01-21", "status": "cancelled"}],
        [
            {"customer_id": "ann", "gross": "30", "discount": "2"},
            {"customer_id": "ann", "gross": "-10", "discount": "-1", "kind": "return"},
        ],
    )
    assert_rows(
        made,
        """customer_id | currency | first_order_on | last_order_on | orders | net_sales | recency_days | aov
           ann         | EUR      | 2026-01-05     | 2026-01-21    | 2      | 19        | 10           | 14""",
    )


def test_the_average_order_is_as_it_was_sold_and_null_beyond_its_digits(spark):
    made = valued(
        spark,
        [{"customer_id": "ann"}, {"customer_id": "bob"}],
        [
            {"customer_id": "ann", "gross": "30", "discount": "2"},
            *({"customer_id": "ann", "gross": "-90000000000000", "kind": kind} for kind in ("return", "cancellation")),
            *({"customer_id": "bob", "gross": "50000000000000"} for _ in range(2)),
        ],
    )
    assert_rows(
        made,
        """customer_id | net_sales        | aov
           ann         | -179999999999972 | 28
           bob         | 100000000000000  |""",
    )


def test_a_guest_and_an_order_that_was_not_created_are_nobody_s(spark):
    made = valued(
        spark,
        [{"customer_id": "unknown"}, {"customer_id": "ann", "is_complete": False}],
        [{"customer_id": "unknown", "gross": "5"}],
    )
    assert_rows(made, "customer_id")


def test_currencies_are_valued_apart(spark):
    made = valued(spark, [{"customer_id": "ann"}, {"customer_id": "ann", "currency": "USD"}])
    assert_rows(made, "currency | orders | r | f | m\nEUR | 1 | 5 | 1 | 1\nUSD | 1 | 5 | 1 | 1")


def test_goods_back_in_a_currency_without_orders_have_a_value_and_no_scores(spark):
    made = valued(
        spark,
        [{"customer_id": "bob"}],
        [{"customer_id": "ann", "kind": "return", "gross": "-9"}],
    )
    assert_rows(
        made,
        """customer_id | orders | net_sales | first_order_on | recency_days | aov | r | f | m | segment
           bob         | 1      | 0         | 2026-01-05     | 26           | 0   | 5 | 1 | 1 | promising
           ann         | 0      | -9        |                |              |     |   |   |   |""",
    )


def test_a_value_at_a_cut_point_belongs_below_it(spark):
    """Of 0, 1, 2, 3, 4, 5 the cut points are 1, 2, 3 and 4 exactly."""
    made = valued(
        spark,
        [{"customer_id": f"c{n}"} for n in range(6)],
        [{"customer_id": f"c{n}", "gross": f"{n}"} for n in range(6)],
    )
    assert_rows(made, "net_sales | m\n0 | 1\n1 | 1\n2 | 2\n3 | 3\n4 | 4\n5 | 5")


def test_cut_points_between_two_values_are_interpolated(spark):
    """Of 0, 0.0001 and 1 they are 0.00004, 0.00008, 0.20008 and 0.60004: no rounding could tell the first two."""
    amounts = {"a": "0", "b": "0.0001", "c": "1"}
    made = valued(
        spark,
        [{"customer_id": name} for name in amounts],
        [{"customer_id": name, "gross": gross} for name, gross in amounts.items()],
    )
    assert_rows(made, "customer_id | m\na | 1\nb | 3\nc | 5")


def test_customers_of_equal_measure_have_equal_scores(spark):
    made = valued(spark, [{"customer_id": f"c{n}"} for n in range(4)])
    assert_rows(made, "customer_id | f\nc0 | 1\nc1 | 1\nc2 | 1\nc3 | 1")


def test_the_latest_have_the_highest_recency_score(spark):
    made = valued(spark, [{"customer_id": f"c{n}", "business_date": f"2026-01-{31 - n}"} for n in range(6)])
    assert_rows(made, "recency_days | r\n0 | 5\n1 | 5\n2 | 4\n3 | 3\n4 | 2\n5 | 1")


@pytest.fixture(scope="module")
def segments(spark):
    """36 customers: for each number of orders from 1 to 6 one whose last order is 0 to 5 days ago."""
    made = [
        {"customer_id": f"{days} days {n} orders", "business_date": f"2026-01-{31 - days}"}
        for days in range(6)
        for n in range(1, 7)
        for _ in range(n)
    ]
    return {(row.r, row.f): row.segment for row in valued(spark, made).collect()}


def test_a_segment_follows_from_recency_and_frequency(segments):
    named = ["".join(segments[r, f][0] for f in range(1, 6)) for r in range(5, 0, -1)]
    assert named == ["pplcc", "pplcc", "pplll", "llaaa", "llaaa"]
    assert {segments[r, f] for r in (1, 2) for f in (1, 2)} == {"lost"}
    assert set(segments.values()) == {"champions", "loyal", "promising", "at_risk", "lost"}
