"""silver.payments: how each attempt to pay ended."""

from krn.contracts.payments import PAYMENT_FAILED, PAYMENT_RECEIVED
from krn.tables.silver.payments import TABLE
from krn.testing import assert_rows, events, transformed

SAID = {"payment_id": "p", "order_id": "A", "amount": "10", "currency": "EUR", "method": "card"}


def paid(spark, received=(), failed=(), timezone="UTC"):
    came = events(spark, PAYMENT_RECEIVED, [{**SAID, **payment} for payment in received])
    lost = events(spark, PAYMENT_FAILED, [{**SAID, **payment} for payment in failed])
    return transformed(spark, TABLE, received=came, failed=lost, timezone=timezone)


def test_money_that_came_is_received(spark):
    made = paid(spark, received=[{"installments": 3, "provider": "bank"}])
    assert_rows(
        made,
        """payment_id | order_id | status   | amount | currency | method | installments | provider | reason | n_events
           p          | A        | received | 10     | EUR      | card   | 3            | bank     |        | 1""",
    )


def test_an_attempt_that_failed_says_why(spark):
    made = paid(spark, failed=[{"reason": "expired"}])
    assert_rows(made, "payment_id | status | reason | installments | provider\np | failed | expired | | ")


def test_received_wins_over_failed_whichever_came_first(spark):
    early, late = {"event_time": "2026-01-05 11:00"}, {"event_time": "2026-01-05 12:00"}
    made = paid(
        spark,
        received=[{"payment_id": "late", **late}, {"payment_id": "early", **early}],
        failed=[{"payment_id": "late", "reason": "no", **early}, {"payment_id": "early", "reason": "no", **late}],
    )
    assert_rows(
        made,
        """payment_id | status   | reason | paid_at          | n_events
           late       | received |        | 2026-01-05 12:00 | 2
           early      | received |        | 2026-01-05 11:00 | 2""",
    )


def test_of_two_events_about_a_payment_the_earlier_counts(spark):
    made = paid(
        spark,
        received=[
            {"event_time": "2026-01-05 12:00", "amount": "99"},
            {"event_time": "2026-01-05 11:00", "amount": "10"},
        ],
    )
    assert_rows(made, "payment_id | amount | paid_at | n_events\np | 10 | 2026-01-05 11:00 | 2")


def test_a_night_payment_counts_on_the_day_of_the_business(spark):
    made = paid(spark, received=[{"event_time": "2026-03-29T22:30:00Z"}], timezone="Europe/Paris")
    assert_rows(made, "business_date\n2026-03-30")
