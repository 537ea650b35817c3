"""A few parcels whose truth is computed by hand; the shop's days are Berlin's, two hours ahead in June."""

from datetime import date
from decimal import Decimal as D

from lives import delivered, order, payment, shipped, sighted, truth

from krn.simulate.facts import History, Line
from krn.simulate.gold_shipping import LanePerformance, PromiseKept, ShippingDaily

MONDAY, TUESDAY, WEDNESDAY = date(2024, 6, 3), date(2024, 6, 4), date(2024, 6, 5)
ORDER = order(Line(1, "x", 3, D(10)), when="2024-06-03 10:00", promised_on=WEDNESDAY)
PAID = (payment("2024-06-03 12:00", "30"),)
MEASURES = ("shipped", "delivered", "rated", "late", "exceptions", "first_attempt_rate")


def only(history: History) -> ShippingDaily:
    (row,) = truth(history).shipping_daily
    return row


def counts(row: ShippingDaily) -> tuple[object, ...]:
    return tuple(getattr(row, measure) for measure in MEASURES)


def medians(row: ShippingDaily) -> tuple[object, ...]:
    return row.handling_p50_h, row.transit_p50_h, row.total_p50_h


def test_a_parcel_is_timed_from_payment_to_the_buyer() -> None:
    # paid 12:00, shipped 17:20: 5.3333 h; delivered 14:20 the next day: 21 h; created 10:00: 28.3333 h in all
    row = only(History(ORDER, (), (), PAID, (shipped("2024-06-03 17:20"),), (), (delivered("2024-06-04 14:20"),)))
    times = [D("5.3333")] * 3 + [D(21)] * 3 + [D("28.3333")] * 3
    assert row == ShippingDaily(MONDAY, "Post", "Bristol", "GB", 1, 1, 1, 0, 0, D(1), *times)


def test_percentiles_are_of_the_parcels_of_a_day_and_a_lane() -> None:
    # handled in 1, 2 and 5 h: p50 2; p90 at rank 1.8: 2 + 0.8 * 3 = 4.4; p95 at 1.9: 4.7
    parcels = [shipped(f"2024-06-03 {hour}:00", f"S{hour}") for hour in (13, 14, 17)]
    other = shipped("2024-06-03 20:00", "S20", carrier=None, origin=None, destination=None)
    first, second = truth(History(ORDER, (), (), PAID, (*parcels, other))).shipping_daily
    assert (first.shipped, first.handling_p50_h, first.handling_p90_h, first.handling_p95_h) == (
        3,
        D(2),
        D("4.4"),
        D("4.7"),
    )
    assert first.transit_p50_h is None and first.first_attempt_rate is None
    assert (second.carrier, second.origin, second.destination, second.shipped) == ("unknown", "unknown", "unknown", 1)


def test_an_order_is_paid_with_the_payment_that_reaches_its_total_less_a_cent() -> None:
    # 20 at 12:00, 9.99 at 14:00 reach 29.99: shipped at 15:00, an hour after; the failed one is nothing
    paid = (
        payment("2024-06-03 14:00", "9.99", "P2", "p2"),
        payment("2024-06-03 12:00", "20"),
        payment("2024-06-03 11:00", "30", "P3", "p3", is_received=False),
    )
    assert only(History(ORDER, (), (), paid, (shipped("2024-06-03 15:00"),))).handling_p50_h == 1


def test_handling_of_an_order_that_is_not_paid_begins_with_the_order() -> None:
    paid = (payment("2024-06-03 12:00", "29.98"),)
    assert only(History(ORDER, (), (), paid, (shipped("2024-06-03 15:00"),))).handling_p50_h == 5


def test_times_that_run_backwards_are_none() -> None:
    # shipped on account before it was paid, and delivered by a slow clock before it was shipped
    row = only(History(ORDER, (), (), PAID, (shipped("2024-06-03 11:30"),), (), (delivered("2024-06-03 11:00"),)))
    assert medians(row) == (None, None, D(1))
    assert counts(row) == (1, 1, 1, 0, 0, D(1))


def test_days_are_the_shop_s_own() -> None:
    # shipped 22:30 is Tuesday in Berlin; delivered Wednesday 22:30 is Thursday, a day late; 21:30 is in time
    parcels = shipped("2024-06-03 22:30", "S1"), shipped("2024-06-03 22:30", "S2")
    there = delivered("2024-06-05 22:30", "S1"), delivered("2024-06-05 21:30", "S2")
    row = only(History(ORDER, (), (), PAID, parcels, (), there))
    assert row.shipped_on == TUESDAY
    assert counts(row) == (2, 2, 2, 1, 0, D(1))


def test_the_parcel_s_promise_wins_over_the_order_s_and_without_one_nothing_is_rated() -> None:
    parcel = shipped("2024-06-03 13:00", promised_on=TUESDAY)
    there = (delivered("2024-06-05 10:00"),)
    unpromised = order(Line(1, "x", 3, D(10)))
    assert counts(only(History(ORDER, (), (), PAID, (parcel,), (), there)))[1:4] == (1, 1, 1)
    assert counts(only(History(unpromised, (), (), PAID, (parcel,), (), there)))[1:4] == (1, 1, 1)
    assert counts(only(History(unpromised, (), (), PAID, (shipped("2024-06-03 13:00"),), (), there)))[1:4] == (1, 0, 0)


def test_a_first_attempt_is_one_that_neither_sighting_nor_number_denies() -> None:
    # of five delivered: told 1, told nothing: first; told 2, seen failing (told 1): not; the fifth was only held up
    names = ("S1", "S2", "S3", "S4", "S5", "lost")
    there = [
        delivered("2024-06-04 10:00", name, attempt_no)
        for name, attempt_no in zip(names[:5], (1, None, 2, 1, None), strict=True)
    ]
    seen = (
        sighted("2024-06-04 09:00", "attempt_failed", "S4"),
        sighted("2024-06-04 08:00", "exception", "S5"),
        sighted("2024-06-04 09:00", "exception", "S5"),
        sighted("2024-06-09 09:00", "exception", "lost"),
    )
    parcels = tuple(shipped("2024-06-03 13:00", name) for name in names)
    assert counts(only(History(ORDER, (), (), PAID, parcels, seen, tuple(there)))) == (6, 5, 5, 0, 2, D("0.6"))


def test_of_a_parcel_told_twice_the_earliest_counts() -> None:
    parcels = shipped("2024-06-03 16:00", carrier="Other"), shipped("2024-06-03 13:00")
    there = delivered("2024-06-05 23:00"), delivered("2024-06-04 13:00")
    row = only(History(ORDER, (), (), PAID, parcels, (), there))
    assert (row.carrier, row.late, medians(row)) == ("Post", 0, (D(1), D(24), D(27)))


def test_a_parcel_of_an_unknown_order_counts_with_what_is_known_of_it() -> None:
    row = only(History(shipped=(shipped("2024-06-03 13:00"),), delivered=(delivered("2024-06-04 13:00"),)))
    assert counts(row) == (1, 1, 0, 0, 0, D(1))
    assert medians(row) == (None, D(24), None)


def test_a_promise_counts_from_its_day_on_and_is_broken_by_what_is_late_or_lost() -> None:
    # due on Wednesday: one in time, one on Thursday, one lost; one is due on Tuesday, and one only on the Friday
    names = ("kept", "late", "lost")
    parcels = (
        *(shipped("2024-06-03 13:00", name) for name in names),
        shipped("2024-06-03 13:00", "early", promised_on=TUESDAY),
        shipped("2024-06-03 13:00", "later", promised_on=date(2024, 6, 7)),
    )
    there = (
        delivered("2024-06-05 10:00", "kept"),
        delivered("2024-06-06 10:00", "late"),
        delivered("2024-06-04", "early"),
    )
    life = History(ORDER, (), (), PAID, parcels, (), there)
    assert truth(life, today=date(2024, 6, 6)).promise_kept == (
        PromiseKept(TUESDAY, 1, 1, 0, 0, D(1)),
        PromiseKept(WEDNESDAY, 3, 1, 1, 1, D("0.3333")),
    )
    assert truth(life, today=TUESDAY).promise_kept == (PromiseKept(TUESDAY, 1, 1, 0, 0, D(1)),)
    assert [row.promised_on.day for row in truth(life, today=date(2024, 6, 7)).promise_kept] == [4, 5, 7]


def test_nothing_is_due_without_a_promise_or_a_parcel() -> None:
    assert truth(History(ORDER, (), (), PAID)).promise_kept == ()
    unpromised = order(Line(1, "x", 3, D(10)))
    assert truth(History(unpromised, (), (), PAID, (shipped("2024-06-03 13:00"),))).promise_kept == ()


def test_a_lane_s_window_ends_with_today() -> None:
    # today is 30 June: 28 days begin on 3 June, 90 days on 2 April
    days = ("2024-04-01", "2024-04-02", "2024-06-02", "2024-06-03", "2024-06-30", "2024-07-01")
    parcels = tuple(shipped(f"{day} 12:00", day) for day in days)
    there = delivered("2024-06-04 12:00", "2024-06-03"), delivered("2024-06-06 12:00", "2024-06-02")
    rows = truth(History(ORDER, (), (), PAID, parcels, (), there), today=date(2024, 6, 30)).lane_performance
    lane = ("Bristol", "GB", "Post")
    assert rows == (
        LanePerformance(*lane, "28d", 2, 1, 1, 0, D(0)),
        LanePerformance(*lane, "90d", 4, 2, 2, 1, D("0.5")),
        LanePerformance(*lane, "all", 5, 2, 2, 1, D("0.5")),
    )


def test_a_lane_without_rated_parcels_has_no_late_rate() -> None:
    rows = truth(History(ORDER, (), (), PAID, (shipped("2024-06-03 12:00", carrier=None),))).lane_performance
    assert rows[0] == LanePerformance("Bristol", "GB", "unknown", "28d", 1, 0, 0, 0, None)
