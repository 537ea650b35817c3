"""A few histories whose truth is computed by hand."""

from datetime import date
from decimal import Decimal as D

from lives import at, cancel, order, payment, refund, truth

from krn.simulate.charges import Charges, charges_of
from krn.simulate.facts import Cancellation, History, Line, Refund, RefundLine
from krn.simulate.gold import OrderState, PaymentMix, SalesByCountry, SalesByProduct, SalesDaily, Truth

MONDAY, TUESDAY, WEDNESDAY = date(2024, 6, 3), date(2024, 6, 4), date(2024, 6, 5)


def day(on: date, currency: str = "GBP", channel: str = "web", **measures: object) -> SalesDaily:
    """A row in which what is not said is zero, and aov missing."""
    values = {name: D(0) for name in SalesDaily.__slots__[3:]} | {"aov": None} | measures
    return SalesDaily(on, currency, channel, **values)  # type: ignore[arg-type]


def state(of: Truth) -> OrderState:
    return of.orders[0]


def test_a_header_discount_is_shared_by_value_and_the_largest_line_takes_the_rest() -> None:
    # values 10, 10, 10.01 of 30.01: 1 * 10 / 30.01 = 0.33322... -> 0.3332 twice, the rest 1 - 0.6664 = 0.3336
    lines = (Line(1, "x", 1, D(10)), Line(2, "y", 2, D(5)), Line(3, "z", 1, D("10.01")))
    charges = charges_of(order(*lines, discount_total=D(1)))
    assert [charges[no].discount for no in (1, 2, 3)] == [D("0.3332"), D("0.3332"), D("0.3336")]


def test_of_equally_large_lines_the_lowest_line_no_takes_the_rest() -> None:
    # 10 / 3 = 3.3333 each, 0.0001 over; the lines are not given in order
    charges = charges_of(order(*(Line(no, "x", 1, D(7)) for no in (3, 1, 2)), tax_total=D(10)))
    assert [charges[no].tax for no in (1, 2, 3)] == [D("3.3334"), D("3.3333"), D("3.3333")]


def test_a_share_is_rounded_half_up() -> None:
    # 0.0001 over values 1 and 1: half of it is 0.00005 -> 0.0001 for line 2, and line 1 takes the rest, nothing
    charges = charges_of(order(Line(1, "x", 1, D(1)), Line(2, "y", 1, D(1)), freight_total=D("0.0001")))
    assert [charges[no].freight for no in (1, 2)] == [D(0), D("0.0001")]


def test_freight_of_free_goods_is_shared_by_quantity() -> None:
    charges = charges_of(order(Line(1, "x", 1, D(0)), Line(2, "y", 3, D(0)), freight_total=D(5)))
    assert [charges[no].freight for no in (1, 2)] == [D("1.25"), D("3.75")]


def test_amounts_on_lines_win_over_the_header() -> None:
    charges = charges_of(order(Line(1, "x", 1, D(10), tax=D(2)), Line(2, "y", 1, D(10)), tax_total=D(9)))
    assert [charges[1], charges[2]] == [Charges(tax=D(2)), Charges()]


def test_a_sale_counts_on_its_day_with_all_its_charges() -> None:
    # gross 2*10 + 10 = 30; net 30 - 3 = 27; total 27 + 5.40 + 4 = 36.40; aov 27 / 1
    placed = order(
        Line(1, "x", 2, D(10)), Line(2, "y", 1, D(10)), discount_total=D(3), tax_total=D("5.40"), freight_total=D(4)
    )
    measures = {"orders": 1, "units": 3, "gross_sales": D(30), "discounts": D(3), "net_sales": D(27), "aov": D(27)}
    money = {"tax": D("5.40"), "shipping": D(4), "total_sales": D("36.40")}
    assert truth(History(placed)).sales_daily == (day(MONDAY, **measures, **money),)


def test_units_cancelled_then_refunded_count_once() -> None:
    # 3 units at 10, discount 1: one cancelled on Tuesday gives back 10 - 0.3333; on Wednesday three are refunded but
    # two are left: 20 - (1 - 0.3333) = 19.3333. All together 30 - 1 = 29 = 9.6667 + 19.3333.
    placed = order(Line(1, "x", 3, D(10), discount=D(1)))
    given = truth(
        History(
            placed,
            (cancel("2024-06-04 10:00", (1, 1)),),
            (refund("2024-06-05 10:00", RefundLine("x", 3, D(10), 1), amount=D(30)),),
        )
    )
    assert given.sales_daily[1:] == (
        day(TUESDAY, returns=D("9.6667"), net_sales=D("-9.6667"), total_sales=D("-9.6667")),
        day(WEDNESDAY, returns=D("19.3333"), net_sales=D("-19.3333"), total_sales=D("-19.3333"), refunds_paid=D(30)),
    )
    assert (state(given).status, state(given).over_returned) == ("returned", True)


def test_shares_of_a_charge_add_up_to_the_charge() -> None:
    # tax 10 over 3 units: 3.3333, then 6.6667 - 3.3333 = 3.3334, then 10 - 6.6667 = 3.3333
    placed = order(Line(1, "x", 3, D(10), tax=D(10)))
    cancelled = [cancel(f"2024-06-0{4 + i} 10:00", (1, 1), event_id=f"c{i}") for i in range(3)]
    rows = truth(History(placed, tuple(cancelled))).sales_daily[1:]
    assert [row.tax for row in rows] == [D("-3.3333"), D("-3.3334"), D("-3.3333")]


def test_reversals_at_the_same_instant_are_applied_by_source_then_id() -> None:
    placed = order(Line(1, "x", 1, D(10)))
    cancelled = Cancellation(at("2024-06-04 10:00", "a", "/shop/orders"), "A")
    returned = Refund(
        at("2024-06-04 10:00", "b", "/shop/a"), "R", D(8), "GBP", "A", (RefundLine("x", 1, D(8)),)
    )  # "/shop/a" < "/shop/orders": the return comes first and takes the unit, at its own price
    given = truth(History(placed, (cancelled,), (returned,)))
    assert given.sales_daily[1].returns == D(8)
    assert (state(given).status, state(given).over_returned) == ("returned", False)


def test_freight_goes_back_only_with_the_cancellation_that_leaves_nothing() -> None:
    placed = order(Line(1, "x", 1, D(10)), Line(2, "y", 1, D(20)), freight_total=D(6))
    partly, wholly = cancel("2024-06-04 10:00", (1, 1)), cancel("2024-06-05 10:00", event_id="c2")
    given = truth(History(placed, (wholly, partly)))
    assert [row.shipping for row in given.sales_daily] == [D(6), D(0), D(-6)]
    assert (state(given).status, state(given).over_returned) == ("cancelled", False)


def test_freight_of_returned_goods_stays_paid() -> None:
    placed = order(Line(1, "x", 1, D(10)), freight_total=D(6))
    given = truth(History(placed, (), (refund("2024-06-04 10:00", RefundLine("x", 1, D(10))),)))
    assert [row.shipping for row in given.sales_daily] == [D(6), D(0)]


def test_a_product_without_line_no_fills_its_lines_by_line_no() -> None:
    # 4 of x came back: 1 of line 1, 2 of line 5; the fourth is too many. Line 1 carries all the discount: 0.50.
    placed = order(Line(5, "x", 2, D(10)), Line(1, "x", 1, D(10), discount=D("0.50")))
    given = truth(History(placed, (), (refund("2024-06-04 10:00", RefundLine("x", 4, D(9)), amount=D(36)),)))
    assert given.sales_by_product[1] == SalesByProduct(TUESDAY, "x", "GBP", 0, 0, D(0), 3, D("26.50"), D("-26.50"))
    assert state(given).over_returned


def test_the_first_unit_of_a_product_without_line_no_is_of_its_lowest_line() -> None:
    # the line given last has line_no 1 and the discount: 9 - 0.50
    placed = order(Line(5, "x", 2, D(10)), Line(1, "x", 1, D(10), discount=D("0.50")))
    given = truth(History(placed, (), (refund("2024-06-04 10:00", RefundLine("x", 1, D(9))),)))
    assert given.sales_daily[1].returns == D("8.50")


def test_a_line_that_is_named_is_the_only_one_filled() -> None:
    # 3 of line 5, which has 2: the third is too many, though line 1 has one of the same product
    placed = order(Line(1, "x", 1, D(10)), Line(5, "x", 2, D(10)))
    given = truth(History(placed, (), (refund("2024-06-04 10:00", RefundLine("x", 3, D(10), 5)),)))
    assert given.sales_by_product[1].returned_units == 2
    assert state(given).over_returned


def test_only_a_cancellation_that_names_lines_can_be_too_much() -> None:
    def flagged(second: Cancellation) -> bool:
        placed, first = order(Line(1, "x", 3, D(10))), cancel("2024-06-04 10:00", (1, 2))
        return state(truth(History(placed, (first, second)))).over_returned

    assert flagged(cancel("2024-06-05 10:00", (1, 2), event_id="c2"))
    assert flagged(cancel("2024-06-05 10:00", (9, 1), event_id="c2"))
    assert not flagged(cancel("2024-06-05 10:00", event_id="c2"))


def test_a_product_that_is_not_in_the_order_makes_no_entry() -> None:
    placed = order(Line(1, "x", 1, D(10)))
    given = truth(History(placed, (), (refund("2024-06-04 10:00", RefundLine("y", 1, D(9)), amount=D(9)),)))
    assert given.sales_daily[1] == day(TUESDAY, refunds_paid=D(9))
    assert len(given.sales_by_product) == 1
    assert state(given).over_returned


def test_a_refund_of_an_unknown_order_counts_in_full_where_it_was_made() -> None:
    lost = refund("2024-06-04 10:00", RefundLine("x", 2, D("4.50")), amount=D(9), order_id=None, country="FR")
    given = truth(History(refunds=(lost,)))
    assert given.sales_daily == (
        day(TUESDAY, channel="unknown", returns=D(9), net_sales=D(-9), total_sales=D(-9), refunds_paid=D(9)),
    )
    assert given.sales_by_country == (SalesByCountry(TUESDAY, "FR", "GBP", 0, 0, D(0), 2, D(9), D(-9)),)
    assert given.orders == ()


def test_a_refund_stamped_before_its_order_takes_the_order_s_channel_and_its_own_day() -> None:
    placed = order(Line(1, "x", 1, D(10)), when="2024-06-04 10:00", channel=None)
    early = refund("2024-06-03 10:00", RefundLine("x", 1, D(10), 1), channel="store", country="FR")
    given = truth(History(placed, (), (early,)))
    assert given.sales_daily[0] == day(
        MONDAY, channel="unknown", returns=D(10), net_sales=D(-10), total_sales=D(-10), refunds_paid=D(10)
    )
    assert [row.country for row in given.sales_by_country] == ["GB", "GB"]


def test_money_alone_is_paid_but_nothing_came_back() -> None:
    placed = order(Line(1, "x", 1, D(10)))
    given = truth(History(placed, (), (refund("2024-06-04 10:00", amount=D("2.50")),)))
    assert given.sales_daily[1] == day(TUESDAY, refunds_paid=D("2.50"))
    assert len(given.sales_by_country) == 1
    assert state(given).amount_refunded == D("2.50")


def test_a_refund_in_another_currency_is_kept_apart_from_its_order() -> None:
    placed = order(Line(1, "x", 1, D(10), discount=D(1)))
    back = refund("2024-06-03 12:00", RefundLine("x", 1, D(12)), amount=D(12), currency="EUR")
    given = truth(History(placed, (), (back,)))
    assert given.sales_daily[0] == day(
        MONDAY, "EUR", returns=D(12), net_sales=D(-12), total_sales=D(-12), refunds_paid=D(12)
    )
    assert state(given).amount_refunded == 0


def test_yen_are_shared_to_four_decimals_too() -> None:
    # 100 yen over 1000 and 2000: 33.3333 and the rest 66.6667
    charges = charges_of(
        order(Line(1, "x", 1, D(1000)), Line(2, "y", 1, D(2000)), currency="JPY", discount_total=D(100))
    )
    assert [charges[1].discount, charges[2].discount] == [D("33.3333"), D("66.6667")]


def test_an_order_after_local_midnight_belongs_to_the_local_day() -> None:
    # 22:30 UTC is 00:30 in Berlin in summer, but 23:30 in winter
    summer, winter = order(when="2024-06-03 22:30"), order(when="2024-01-08 22:30")
    assert [row.business_date for row in truth(History(summer)).sales_daily] == [TUESDAY]
    assert [row.business_date for row in truth(History(winter)).sales_daily] == [date(2024, 1, 8)]


def test_the_day_the_clocks_change_has_23_hours() -> None:
    # 31 March 2024 in Berlin is 30 March 23:00 UTC to 31 March 22:00 UTC
    instants = ("2024-03-30 22:59", "2024-03-30 23:00", "2024-03-31 21:59", "2024-03-31 22:00")
    rows = truth(*(History(order(when=instant)) for instant in instants)).sales_daily
    assert [(row.business_date.day, row.orders) for row in rows] == [(30, 1), (31, 2), (1, 1)]


def test_an_order_without_lines_counts_as_an_order_and_is_worth_nothing() -> None:
    assert truth(History(order(order_total=D(0)))).sales_daily == (day(MONDAY, orders=1, aov=D(0)),)


def test_one_order_with_a_product_on_two_lines_is_one_order_of_it() -> None:
    placed = order(Line(1, "x", 1, D(10)), Line(2, "x", 2, D("9.5")))
    assert truth(History(placed)).sales_by_product == (SalesByProduct(MONDAY, "x", "GBP", 1, 3, D(29), 0, D(0), D(29)),)


def test_of_a_business_duplicate_the_earliest_counts() -> None:
    first, second = refund("2024-06-04 10:00", amount=D(3)), refund("2024-06-05 10:00", amount=D(4))
    given = truth(History(order(Line(1, "x", 1, D(10))), (), (second, first)))
    assert given.sales_daily[1:] == (day(TUESDAY, refunds_paid=D(3)),)


def test_a_payment_that_was_received_has_not_failed() -> None:
    failed = payment("2024-06-03 10:00", "30", event_id="p0", is_received=False)
    given = truth(History(order(), (), (), (failed, payment("2024-06-04 10:00", "30"))))
    assert given.payment_mix == (PaymentMix(TUESDAY, "card", "GBP", 1, 1, D(30), 0, D(0), None),)


def test_failures_and_installments_are_rated_over_what_they_concern() -> None:
    # 2 received of one order, 1 failed: 1 / 3 = 0.3333; installments 3 and none: mean 3
    paid = (payment("2024-06-03 10:00", "10", "P1", installments=3), payment("2024-06-03 11:00", "5", "P2"))
    failed = payment("2024-06-03 12:00", "15", "P3", is_received=False, installments=10)
    given = truth(History(order(), (), (), (*paid, failed)))
    assert given.payment_mix == (PaymentMix(MONDAY, "card", "GBP", 2, 1, D(15), 1, D("0.3333"), D(3)),)


def test_an_order_is_paid_within_a_hundredth_of_its_total() -> None:
    def status(*amounts: str) -> str:
        paid = [payment("2024-06-03 10:00", amount, f"P{i}") for i, amount in enumerate(amounts)]
        return state(truth(History(order(Line(1, "x", 1, D(30))), (), (), tuple(paid)))).status

    assert [status(), status("29.98"), status("20", "9.99"), status("35")] == ["created", "part_paid", "paid", "paid"]
