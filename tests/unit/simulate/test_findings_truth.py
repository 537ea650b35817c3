"""A few lives that contradict themselves, found by hand, and the numbers that a source lost."""

from dataclasses import replace
from decimal import Decimal as D
from random import Random

from lives import at, cancel, delivered, order, payment, refund, shipped, sighted, truth

from krn.simulate import Habits, Shop, simulate
from krn.simulate.counting import counted
from krn.simulate.facts import History, Line, RefundLine
from krn.simulate.gold import Finding, SequenceGap

ORDER = order(Line(1, "x", 3, D(10)))
SENT = shipped("2024-06-03 13:00")
KINDS = {
    "shipped_before_paid",
    "paid_twice",
    "shipped_after_cancelled",
    "cancelled_after_delivery",
    "never_created",
    "delivered_before_shipped",
    "tracked_after_delivery",
}


def found(*histories: History) -> tuple[Finding, ...]:
    return truth(*histories).findings


def test_a_payment_beyond_the_total_of_a_paid_order_is_one_too_many() -> None:
    # 29.99 of 30 is paid; a cent more is what was missing, the next is too much
    paid = (
        payment("2024-06-03 11:00", "29.99"),
        payment("2024-06-03 12:00", "0.02", "P2", "p2"),
        payment("2024-06-03 13:00", "5", "P3", "p3"),
    )
    assert found(History(ORDER, payments=paid)) == (Finding("paid_twice", "order", "A", "p3", "p1"),)


def test_two_payments_at_one_instant_are_told_apart_by_their_ids() -> None:
    paid = payment("2024-06-03 11:00", "30", "P2", "p1"), payment("2024-06-03 11:00", "30", "P1", "p2")
    assert found(History(ORDER, payments=paid)) == (Finding("paid_twice", "order", "A", "p1", "p2"),)


def test_the_first_parcel_that_leaves_before_the_money_is_in_and_no_other() -> None:
    parcels = SENT, shipped("2024-06-03 12:00", "S2")
    paid = payment("2024-06-03 12:30", "30")
    assert found(History(ORDER, payments=(paid,), shipped=parcels)) == (
        Finding("shipped_before_paid", "order", "A", "p1", "s-S2"),
    )
    same_instant = payment("2024-06-03 12:00", "30")
    assert found(History(ORDER, payments=(same_instant,), shipped=parcels)) == ()


def test_an_order_is_cancelled_by_what_takes_its_last_unit() -> None:
    life = History(
        ORDER,
        (cancel("2024-06-03 11:00", (1, 1)), cancel("2024-06-03 12:30", (1, 2), event_id="c2")),
        shipped=(SENT, shipped("2024-06-03 12:00", "S2")),
        delivered=(delivered("2024-06-03 12:20", "S2"),),
    )
    assert found(life) == (
        Finding("cancelled_after_delivery", "order", "A", "c2", "d-S2"),
        Finding("shipped_after_cancelled", "order", "A", "s-S", "c2"),
    )


def test_a_parcel_can_not_come_before_it_left_nor_be_under_way_after_it_came() -> None:
    seen = (
        sighted("2024-06-04 12:00", "in_transit"),
        sighted("2024-06-04 13:00", "exception"),
        sighted("2024-06-04 11:00", "out_for_delivery"),
    )
    there = delivered("2024-06-04 11:00")
    assert found(History(ORDER, shipped=(SENT,), sighted=seen, delivered=(there,))) == (
        Finding("tracked_after_delivery", "shipment", "S", "t-S-in_transit", "d-S"),
    )
    early = delivered("2024-06-03 12:00")
    assert found(History(ORDER, shipped=(SENT,), delivered=(early,))) == (
        Finding("delivered_before_shipped", "shipment", "S", "s-S", "d-S"),
    )


def test_an_order_that_nobody_placed_is_found_by_its_first_fact_but_a_sighting() -> None:
    back = refund("2024-06-03 14:00", RefundLine("x", 1, D(9)))
    life = History(
        refunds=(back,), shipped=(SENT,), sighted=(replace(sighted("2024-06-03 12:00", "other"), order_id="A"),)
    )
    assert found(life, History(refunds=(replace(back, order_id=None),))) == (
        Finding("never_created", "order", "A", "s-S", None),
    )


def test_what_lies_between_two_numbers_is_missing_in_each_stream() -> None:
    numbers = ((1, "a"), (2, "a"), (5, "a"), (3, "b"), (7, None), (9, None))
    seen = tuple(
        replace(sighted("2024-06-04 12:00", "other"), stamp=replace(at("2024-06-04", f"e{n}"), sequence=n, partition=p))
        for n, p in numbers
    )
    assert truth(History(ORDER, sighted=seen)).sequence_gaps == (
        SequenceGap("/shop", "a", 3, 4),
        SequenceGap("/shop", None, 8, 8),
    )


def test_a_source_that_loses_nothing_counts_without_a_gap() -> None:
    lives = [History(ORDER, shipped=(SENT, shipped("2024-06-03 15:00", "S2")), delivered=(delivered("2024-06-04"),))]
    assert [fact.stamp.sequence for life in counted(lives, Random(1), 0) for fact in life.facts()] == [None, 1, 2, 1]
    assert truth(*counted(lives, Random(1), 0)).sequence_gaps == ()


def test_a_shop_with_lapses_does_all_that_can_be_found() -> None:
    simulated = simulate(Shop(seed=4, orders=900, habits=Habits(lapses=0.3))).truth
    assert {row.kind for row in simulated.findings} == KINDS
    assert simulated.sequence_gaps


def test_a_shop_without_lapses_does_what_is_forbidden_only_by_slow_clocks_and_late_cancellations() -> None:
    simulated = simulate(Shop(seed=4, orders=900, habits=Habits(lapses=0, strays=0, skips=0))).truth
    ordinary = {"shipped_before_paid", "delivered_before_shipped", "cancelled_after_delivery"}
    assert {row.kind for row in simulated.findings} == ordinary
    assert simulated.sequence_gaps == ()
