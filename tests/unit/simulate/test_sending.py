"""What the shop sends its customers, and what it tells of them: whatever the seed, it could have been."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from krn.simulate import Habits, Shop, simulate
from krn.simulate.events import event
from krn.simulate.facts import CustomerTold, History, Told
from krn.simulate.faults import NO_FAULTS, deliveries
from krn.simulate.ledger import entries
from krn.simulate.paid import paid_at
from krn.simulate.shop import histories

SEEDS = st.integers(0, 2**31)
FEW = settings(max_examples=15, deadline=None)
REVERSED = Habits(reversed=0.6, on_account=0, lapses=0)


def orders(seed: int, habits: Habits = REVERSED) -> list[History]:
    return [history for history in histories(Shop(seed, 120, 10, habits=habits)) if history.order]


def told(seed: int) -> list[Told]:
    return [fact for history in histories(Shop(seed, 300, 20)) for fact in history.told]


@FEW
@given(SEEDS)
def test_no_more_is_sent_than_was_left_of_each_line(seed: int) -> None:
    for history in orders(seed):
        ordered = Counter({line.line_no: line.quantity for line in history.order.lines})  # type: ignore[union-attr]
        packed: Counter[int] = Counter()
        for parcel in history.shipped:
            packed.update(dict(parcel.lines or ()))
        assert packed <= ordered


@FEW
@given(SEEDS)
def test_what_was_wholly_cancelled_before_is_not_sent(seed: int) -> None:
    for history in orders(seed):
        _, standing = entries(history, ZoneInfo("UTC"))
        last = max((fact.stamp.at for fact in history.cancellations), default=None)
        if standing and standing.is_cancelled and last:
            assert all(parcel.stamp.at <= last for parcel in history.shipped)


@FEW
@given(SEEDS)
def test_what_must_be_paid_is_sent_when_it_is(seed: int) -> None:
    for history in orders(seed):
        if history.shipped and history.order and history.order.order_total:
            paid = paid_at(history)
            assert paid and all(parcel.stamp.at > paid for parcel in history.shipped)


@FEW
@given(SEEDS)
def test_a_parcel_is_sent_once_delivered_at_most_once_and_seen_only_if_sent(seed: int) -> None:
    for history in orders(seed):
        sent = [parcel.shipment_id for parcel in history.shipped]
        delivered = [fact.shipment_id for fact in history.delivered]
        assert len(set(sent)) == len(sent) and len(set(delivered)) == len(delivered)
        assert {*delivered, *(fact.shipment_id for fact in history.sighted)} <= set(sent)


def test_a_shop_has_parts_lost_parcels_returned_ones_and_orders_that_were_never_sent() -> None:
    lives = [history for history in histories(Shop(3, 600, 20)) if history.order]
    assert {len(history.shipped) for history in lives} == {0, 1, 2, 3}
    assert any(len(history.shipped) > len(history.delivered) for history in lives)
    assert any(paid_at(history) and not history.shipped for history in lives)
    seen = {fact.status for history in lives for fact in history.sighted}
    assert seen >= {"info_received", "in_transit", "out_for_delivery", "attempt_failed", "exception", "returned"}


def test_whether_parcels_are_sent_does_not_change_what_is_bought_and_paid() -> None:
    kept = [(history.order, history.payments, history.refunds) for history in orders(5, Habits(sent=0))]
    bought = [(history.order, history.payments, history.refunds) for history in orders(5, Habits())]
    assert [order.order_total for order, _, _ in kept] == [order.order_total for order, _, _ in bought]  # type: ignore[union-attr]
    assert [rest for _, *rest in kept] == [rest for _, *rest in bought]


def test_a_customer_or_product_has_one_version_an_instant_and_each_says_something_new() -> None:
    facts = told(2)
    keys = Counter((type(fact), subject(fact), fact.stamp.at) for fact in facts)
    assert set(keys.values()) == {1}
    by_subject: dict[str, list[bytes]] = {}
    for fact in facts:
        by_subject.setdefault(subject(fact), []).append(event(fact).body.split(b'"data":')[1])
    assert max(map(len, by_subject.values())) > 2
    assert all(one != following for said in by_subject.values() for one, following in pairwise(said))


def test_some_changes_are_told_days_after_they_came_true() -> None:
    late = [fact for fact in told(2) if fact.told_after]
    assert late and max(fact.told_after for fact in late) > timedelta(days=2)
    sent = event(late[0])
    assert b'"time":"' + late[0].stamp.at.strftime("%Y-%m-%dT%H:%M").encode() in sent.body
    assert next(iter(deliveries(sent, Random(1), NO_FAULTS))).arrives_at == (late[0].stamp.at + late[0].told_after)


def test_a_late_change_may_arrive_behind_a_newer_one() -> None:
    arrived: dict[str, list[str]] = {}
    for delivery in simulate(Shop(2, 300, 20), NO_FAULTS, landing_share=1).by_file:
        if b".upserted" in delivery.body and delivery.stamp:
            arrived.setdefault(delivery.group, []).append(delivery.stamp.at.isoformat())
    assert any(times != sorted(times) for times in arrived.values())


def test_nobody_s_name_or_address_is_told() -> None:
    customers = [fact for fact in told(2) if isinstance(fact, CustomerTold)]
    assert customers
    assert all(fact.email.endswith("@example.org") and " Example-" in fact.name for fact in customers)


def subject(fact: Told) -> str:
    return fact.customer_id if isinstance(fact, CustomerTold) else fact.product_id
