"""Sales at a glance: exact totals, one currency at a time."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from krn.report.chart import chart, filled, week_means
from krn.report.money import exact
from krn.report.sales import headline, sales


def test_currencies_stand_apart_the_one_with_most_orders_first(small):
    found = sales(small.write())
    assert [(s.currency, s.orders, s.units, s.totals["net_sales"]) for s in found] == [
        ("EUR", 2, 4, "15.00"),
        ("USD", 1, 2, "7.00"),
    ]


def test_top_products_and_countries_are_of_their_own_currency(small):
    euro, dollar = sales(small.write())
    assert [p.name for p in euro.products] == ["lamp"]
    assert [(c.name, c.net, c.percent) for c in dollar.countries] == [("Peru", "7.00", 100.0)]


def test_a_product_that_came_back_whole_is_no_top_product(small):
    small.rows["gold.sales_by_product"][0]["net_sales"] = Decimal(0)
    assert sales(small.write())[0].products == ()


def test_a_warehouse_without_gold_has_no_sales(small):
    assert sales(small.write(["bronze.deliveries"])) == ()


def test_gold_without_rows_has_no_sales(small):
    small.rows["gold.sales_daily"].clear()
    assert sales(small.write()) == ()


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [("0.005", "GBP", "0.01"), ("-1234.5", "EUR", "-1,234.50"), ("2.5", "JPY", "3"), ("1.0005", "KWD", "1.001")],
)
def test_money_rounds_half_up_to_its_minor_unit(amount, currency, text):
    assert exact(Decimal(amount), currency) == text


def test_a_day_without_a_row_is_a_day_without_sales():
    assert list(filled({date(2026, 1, 1): 1, date(2026, 1, 3): 2}, 0).values()) == [1, 0, 2]


def test_a_mean_needs_seven_days():
    assert week_means([Decimal(n) for n in range(1, 9)]) == [None] * 6 + [Decimal(4), Decimal(5)]


def test_bars_grow_up_and_down_from_zero():
    drawn = chart({date(2026, 1, 1): Decimal(10), date(2026, 1, 2): Decimal(-5)}, "EUR")
    up, down = drawn.bars
    assert (round(up.y + up.height, 1), down.y) == (drawn.zero, drawn.zero)
    assert (up.height, down.height) == (666.7, 333.3)


@pytest.mark.parametrize("amount", ["0", "0.01", "-0.01", "99999999999999.9999"])
def test_a_chart_can_be_drawn_of_any_single_amount(amount):
    drawn = chart({date(2026, 1, 1): Decimal(amount)}, "EUR")
    assert all(0 <= bar.y <= 1000 and bar.y + bar.height <= 1000.1 for bar in drawn.bars)


def test_a_bar_says_its_day_and_amount():
    days = {date(2026, 1, 1) + timedelta(n): Decimal(7) for n in range(7)}
    assert chart(days, "EUR").bars[6].says == "Wed 7 Jan 2026: 7.00, 7-day mean 7.00"


def headline_of(*net: int, late: tuple[int, ...] = ()) -> str:
    """Of days with an order from the first of January on, and days after them without one."""
    days = {date(2026, 1, 1) + timedelta(n): Decimal(amount) for n, amount in enumerate((*net, *late))}
    return headline(days, date(2025, 12, 31) + timedelta(len(net)) if net else None, "EUR")


def test_the_headline_compares_a_week_with_the_four_before():
    more, less = headline_of(*[10] * 28, *[12] * 7), headline_of(*[10] * 28, *[5] * 7)
    assert more == "EUR 12.00 net a day in the week to 4 Feb 2026, 20% more than in the four weeks before"
    assert less == "EUR 5.00 net a day in the week to 4 Feb 2026, 50% less than in the four weeks before"


def test_the_headline_compares_with_nothing_while_there_is_too_little():
    assert headline_of(*[10] * 30) == "EUR 10.00 net a day in the week to 30 Jan 2026"
    assert headline_of(*[10] * 3) == "EUR 10.00 net a day so far, over 3 days"


def test_the_week_of_the_headline_ends_on_the_last_day_with_an_order():
    said = headline_of(*[10] * 28, *[12] * 7, late=(0, 0, -200))
    assert said == headline_of(*[10] * 28, *[12] * 7)


def test_the_headline_of_goods_that_only_came_back_says_that_nothing_was_ordered():
    assert headline_of(late=(-9,)) == "EUR: nothing was ordered"


def test_a_late_return_is_in_the_totals_and_not_in_the_week_of_the_headline(small):
    late = {**small.rows["gold.sales_daily"][0], "business_date": date(2026, 12, 24), "orders": 0}
    small.rows["gold.sales_daily"].append(late | {"net_sales": Decimal(-9)})
    euro = sales(small.write())[0]
    assert (euro.totals["net_sales"], euro.headline) == ("6.00", "EUR 7.50 net a day so far, over 2 days")
