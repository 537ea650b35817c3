"""A few orders whose state, cohort and buyers are computed by hand, and the versions of customers and products."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from lives import at, cancel, delivered, order, payment, refund, shipped, truth

from krn.simulate.facts import CustomerTold, History, Line, ProductTold, RefundLine
from krn.simulate.gold import CustomerVersions, OpenOrder, OrderCohortDaily, ProductVersions, Truth

MONDAY, TUESDAY = date(2024, 6, 3), date(2024, 6, 4)
ORDER = order(Line(1, "x", 3, D(10), discount=D(3)))
PAID = (payment("2024-06-03 12:00", "30"),)
SENT = shipped("2024-06-03 13:00", "S1"), shipped("2024-06-03 13:00", "S2")


def standing(history: History) -> tuple[object, ...]:
    (state,) = truth(history).orders
    return state.status, state.n_shipments, state.n_delivered


def test_an_order_is_delivered_with_as_many_parcels_as_were_shipped() -> None:
    first, second = delivered("2024-06-04 10:00", "S1"), delivered("2024-06-05 10:00", "S2")
    assert standing(History(ORDER, (), (), PAID)) == ("paid", 0, 0)
    assert standing(History(ORDER, (), (), PAID, SENT)) == ("shipped", 2, 0)
    assert standing(History(ORDER, (), (), PAID, SENT, (), (first,))) == ("shipped", 2, 1)
    assert standing(History(ORDER, (), (), PAID, SENT, (), (first, second))) == ("delivered", 2, 2)
    assert standing(History(ORDER, (), (), PAID, (), (), (first,))) == ("delivered", 0, 1)


def test_a_parcel_told_twice_is_one() -> None:
    again = delivered("2024-06-04 10:00", "S1"), delivered("2024-06-05 10:00", "S1")
    assert standing(History(ORDER, (), (), PAID, (*SENT, *SENT), (), again)) == ("shipped", 2, 1)


def test_what_was_shipped_unpaid_is_shipped() -> None:
    assert standing(History(ORDER, shipped=SENT)) == ("shipped", 2, 0)


def test_money_in_another_currency_pays_for_nothing() -> None:
    euros = replace(PAID[0], currency="EUR")
    (cohort,) = truth(History(ORDER, payments=(euros,))).order_cohort_daily
    assert standing(History(ORDER, payments=(euros,))) == ("created", 0, 0)
    assert cohort.paid == 0


def test_an_order_cancelled_after_it_was_delivered_is_cancelled_and_what_came_back_is_returned() -> None:
    there = delivered("2024-06-04 10:00", "S1"), delivered("2024-06-04 10:00", "S2")
    cancelled, back = cancel("2024-06-05 10:00"), refund("2024-06-06 10:00", RefundLine("x", 3, D(9), 1))
    assert standing(History(ORDER, (cancelled,), (), PAID, SENT, (), there)) == ("cancelled", 2, 2)
    assert standing(History(ORDER, (), (back,), PAID, SENT, (), there)) == ("returned", 2, 2)
    one, two = cancel("2024-06-05 10:00", (1, 1)), refund("2024-06-06 10:00", RefundLine("x", 2, D(9), 1))
    assert standing(History(ORDER, (one,), (two,), PAID, SENT, (), there)) == ("returned", 2, 2)
    assert standing(History(ORDER, (one,), (), PAID, SENT, (), there)) == ("delivered", 2, 2)


def test_an_order_is_open_until_it_is_delivered_or_undone() -> None:
    there = delivered("2024-06-04 10:00", "S1"), delivered("2024-06-04 10:00", "S2")
    stages = [
        [row.stage for row in truth(life).open_orders]
        for life in (
            History(ORDER),
            History(ORDER, (), (), (payment("2024-06-03 12:00", "1"),)),
            History(ORDER, (), (), PAID),
            History(ORDER, (), (), PAID, SENT, (), there[:1]),
            History(ORDER, (), (), PAID, SENT, (), there),
            History(ORDER, (cancel("2024-06-04 10:00"),), (), PAID),
        )
    ]
    assert stages == [["created"], ["part_paid"], ["paid"], ["shipped"], [], []]


def test_an_open_order_has_its_total_in_its_currency_from_its_own_day_on() -> None:
    assert truth(History(ORDER), today=MONDAY).open_orders == (OpenOrder("A", "created", D(30), "GBP"),)
    assert truth(History(ORDER), today=date(2024, 6, 2)).open_orders == ()


def test_a_cohort_holds_what_became_of_its_orders_on_any_day() -> None:
    # gross 30 + 10, discount 3: one of three cancelled on Tuesday takes 10 - 1, one returned in July at 8 takes 8 - 1;
    # 40 - 3 - 9 - 7 = 21; one of the two is paid
    life = History(
        ORDER,
        (cancel("2024-06-04 10:00", (1, 1)),),
        (refund("2024-07-04 10:00", RefundLine("x", 1, D(8), 1)),),
        PAID,
    )
    other = History(order(Line(1, "y", 1, D(10)), order_id="B", when="2024-06-02 22:30"))
    assert truth(life, other).order_cohort_daily == (
        OrderCohortDaily(MONDAY, "GBP", 2, D(40), D(3), D(9), D(7), D(21), 1, 0, 0, D(2), None, None),
    )


def test_a_return_in_another_currency_has_a_cohort_row_of_its_own() -> None:
    back = refund("2024-06-05 10:00", RefundLine("x", 1, D(12), 1), currency="EUR")
    assert truth(History(ORDER, (), (back,), PAID)).order_cohort_daily == (
        OrderCohortDaily(MONDAY, "EUR", 0, D(0), D(0), D(0), D(12), D(-12), 0, 0, 0, None, None, None),
        OrderCohortDaily(MONDAY, "GBP", 1, D(30), D(3), D(0), D(0), D(27), 1, 0, 0, D(2), None, None),
    )


def test_a_cohort_s_medians_are_of_the_orders_that_took_both_steps_in_their_order() -> None:
    # paid after 2 h, and 30 min before it was made; shipped 3 h after the one, not timed for the other, 4 h for none;
    # delivered 24 h and 48 h after the first parcel left: 36
    sent = shipped("2024-06-03 15:00"), shipped("2024-06-04 15:00", "S2")
    there = delivered("2024-06-04 15:00", "S2"), delivered("2024-06-06 15:00")
    one = History(ORDER, (), (), PAID, sent, (), there)
    early = History(ORDER, (), (), (payment("2024-06-03 09:30", "30"),))
    unpaid = History(ORDER, (), (), (), sent[:1], (), there[1:])
    (row,) = truth(one, early, unpaid).order_cohort_daily
    assert (row.orders, row.paid, row.shipped, row.delivered) == (3, 2, 2, 2)
    assert (row.median_paid_h, row.median_shipped_h, row.median_delivered_h) == (D(2), D(3), D(48))


def test_a_refund_of_an_unknown_order_is_in_no_cohort() -> None:
    assert truth(History(refunds=(refund("2024-06-05 10:00", RefundLine("x", 1, D(9))),))).order_cohort_daily == ()


def customers(of: Truth) -> list[tuple[object, ...]]:
    return [(row.business_date, row.channel, row.new_customers, row.returning_customers) for row in of.sales_daily]


def bought(order_id: str, when: str, customer_id: str | None = "C1", channel: str = "web") -> History:
    line = Line(1, "x", 1, D(30))
    return History(order(line, order_id=order_id, when=when, customer_id=customer_id, channel=channel))


def test_a_customer_is_new_where_the_first_order_is_and_returning_everywhere_else() -> None:
    # twice on the web on Monday is one new customer; the store on Monday, later, and the web on Tuesday: returning
    lives = (
        bought("A4", "2024-06-04 10:00"),
        bought("A3", "2024-06-03 12:00", channel="store"),
        bought("A2", "2024-06-03 11:00"),
        bought("A1", "2024-06-03 10:00"),
    )
    assert customers(truth(*lives)) == [(MONDAY, "store", 0, 1), (MONDAY, "web", 1, 0), (TUESDAY, "web", 0, 1)]


def test_of_two_first_orders_at_one_instant_the_lower_id_is_the_first() -> None:
    lives = bought("A2", "2024-06-03 10:00"), bought("A1", "2024-06-03 10:00", channel="store")
    assert customers(truth(*lives)) == [(MONDAY, "store", 1, 0), (MONDAY, "web", 0, 1)]


def test_a_guest_is_neither_new_nor_returning_and_a_cancelled_order_makes_a_customer() -> None:
    guest = bought("A1", "2024-06-03 10:00", None)
    assert customers(truth(guest)) == [(MONDAY, "web", 0, 0)]
    first = History(bought("A", "2024-06-03 10:00").order, (cancel("2024-06-03 11:00"),))
    assert customers(truth(first, bought("B", "2024-06-04 10:00"))) == [(MONDAY, "web", 1, 0), (TUESDAY, "web", 0, 1)]


def test_each_instant_of_which_something_is_told_is_a_version() -> None:
    ann = [
        CustomerTold(at(when, f"c{i}"), "C1", "Ann", "a@example.org")
        for i, when in enumerate(("2024-06-03", "2024-06-05", "2024-06-03"))
    ]
    toy = [
        ProductTold(at("2024-06-03", "p1"), "P1", "Top", "toys"),
        ProductTold(at("2024-06-03", "p2"), "P2", "Kite", "toys"),
    ]
    of = truth(*(History(told=(told,)) for told in (*ann, *toy)))
    assert of.customer_versions == (CustomerVersions("C1", 2),)
    assert of.product_versions == (ProductVersions("P1", 1), ProductVersions("P2", 1))
