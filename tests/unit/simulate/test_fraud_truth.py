"""A few card payments whose truth is computed by hand; the town's days are Berlin's, two hours ahead in June."""

from datetime import date
from decimal import Decimal as D

from lives import decided, initiated, labelled, truth

from krn.simulate import Feed, Rates, Shop, simulate
from krn.simulate.cards.facts import Episode, Purchase
from krn.simulate.faults import NO_FAULTS
from krn.simulate.gold_fraud import CardCounts, Fraud, FraudDaily

MONDAY, TUESDAY = date(2024, 6, 3), date(2024, 6, 4)
TOWN = Shop(seed=6, orders=0, days=20, legacy_per_day=0, transactions=600)


def test_a_day_counts_all_that_was_tried_and_rates_what_was_decided() -> None:
    # 100 approved, 60 declined, 40 still pending: one in two decisions is a no
    payments = (
        Purchase(initiated("2024-06-03 10:00", "100", "a"), (decided("2024-06-03 10:00", "a"),)),
        Purchase(initiated("2024-06-03 11:00", "60", "b"), (decided("2024-06-03 11:00", "b", is_approved=False),)),
        Purchase(initiated("2024-06-03 12:00", "40", "c")),
    )
    assert truth(*payments).fraud_daily == (FraudDaily(MONDAY, "GBP", 3, D(200), 1, 1, D("0.5"), 0, D(0), D(0)),)


def test_nothing_decided_is_no_rate_and_nothing_paid_no_share() -> None:
    given = truth(Purchase(initiated("2024-06-03 10:00", "0", "a")))
    assert given.fraud_daily == (FraudDaily(MONDAY, "GBP", 1, D(0), 0, 0, None, 0, D(0), None),)


def test_fraud_counts_on_the_day_of_its_payment_whenever_it_became_known() -> None:
    # 30 of 90 in weeks: 3333.3333 basis points, on the third of June
    payments = (
        Purchase(initiated("2024-06-03 10:00", "30", "a"), (), (labelled("2024-06-20 10:00", "a", "fraud"),)),
        Purchase(initiated("2024-06-03 11:00", "60", "b"), (), (labelled("2024-06-05 10:00", "b", "genuine"),)),
        Purchase(initiated("2024-06-04 11:00", "5", "c"), (), (labelled("2024-06-05 10:00", "c", "dispute"),)),
    )
    monday, tuesday = truth(*payments).fraud_daily
    assert (monday.frauds, monday.fraud_amount, monday.fraud_bps) == (1, D(30), D("3333.3333"))
    assert (tuesday.business_date, tuesday.frauds, tuesday.fraud_bps) == (TUESDAY, 0, D(0))


def test_the_newest_label_and_the_first_decision_hold() -> None:
    revoked = (labelled("2024-06-09 10:00", "a", "genuine", "l2"), labelled("2024-06-08 10:00", "a", "fraud", "l1"))
    answers = (
        decided("2024-06-03 10:02", "a", event_id="d2"),
        decided("2024-06-03 10:01", "a", is_approved=False, event_id="d1"),
    )
    (row,) = truth(Purchase(initiated("2024-06-03 10:00", "10", "a"), answers, revoked)).fraud_daily
    assert (row.approved, row.declined, row.frauds) == (0, 1, 0)


def test_currencies_and_days_of_the_town_are_kept_apart() -> None:
    # 22:30 in London is the next day in Berlin
    payments = (
        Purchase(initiated("2024-06-03 22:30", "10", "a")),
        Purchase(initiated("2024-06-03 21:30", "10", "b")),
        Purchase(initiated("2024-06-03 21:30", "2000", "c", currency="JPY")),
    )
    rows = truth(*payments).fraud_daily
    assert [(row.business_date, row.currency, row.amount) for row in rows] == [
        (MONDAY, "GBP", D(10)),
        (MONDAY, "JPY", D(2000)),
        (TUESDAY, "GBP", D(10)),
    ]


def test_a_payment_of_which_only_the_answer_is_known_is_on_no_day() -> None:
    known = Purchase(initiated("2024-06-03 10:00", "10", "a"), (decided("2024-06-03 10:00", "a"),))
    answered = Purchase(None, (decided("2024-06-03 10:00", "b"),), (labelled("2024-06-09 10:00", "b", "fraud"),))
    given = truth(known, answered)
    assert given.card_counts == (CardCounts(transactions=2, complete=1, pending=0, labels=1, cards=1),)
    assert [row.transactions for row in given.fraud_daily] == [1]


def test_what_a_thief_did_is_fraud_whatever_was_said_of_it() -> None:
    theft = Episode("E1", "stolen_card")
    missed = Purchase(initiated("2024-06-03 10:00", "10", "a"), episode=theft)
    blamed = Purchase(initiated("2024-06-03 10:00", "10", "b"), (), (labelled("2024-06-09 10:00", "b", "fraud"),))
    assert truth(missed, blamed).frauds == (Fraud("a", "stolen_card", "E1"),)


def test_without_cards_there_are_no_books_of_them() -> None:
    given = truth()
    assert (given.fraud_daily, given.card_counts, given.frauds) == ((), (), ())


def test_faults_on_the_way_change_no_truth_of_cards() -> None:
    faulty = simulate(TOWN, Rates(0.2, 0.2, 0.3, 0.3, 0.6, 0.2)).truth
    assert faulty.fraud_daily and faulty == simulate(TOWN, NO_FAULTS).truth


def test_after_a_cut_only_payments_that_were_told_of_are_counted() -> None:
    feed = Feed(TOWN, Rates(late=0.2))
    taken = [each for each in feed.take(700) if each.stamp]
    n = {
        kind: sum(f'"type":"transaction.{kind}"'.encode() in each.body for each in taken)
        for kind in ("initiated", "labelled")
    }
    (counts,) = feed.truth().card_counts
    assert 0 < n["initiated"] == counts.complete < counts.transactions
    assert 0 < n["labelled"] == counts.labels


def test_asking_for_the_truth_on_the_way_adds_nothing_to_it() -> None:
    feed = Feed(TOWN, NO_FAULTS)
    taken = list(feed.take(300))
    assert feed.truth() == feed.truth()
    taken += feed
    assert feed.truth() == simulate(TOWN, NO_FAULTS).truth


def test_who_pays_by_card_changes_nothing_in_the_shop() -> None:
    shop, beside = simulate(Shop(3, 100, 10)).truth, simulate(Shop(3, 100, 10, transactions=100)).truth
    assert beside.fraud_daily and not shop.fraud_daily
    assert (beside.sales_daily, beside.orders, beside.shipping_daily) == (
        shop.sales_daily,
        shop.orders,
        shop.shipping_daily,
    )
