"""silver.transactions: what was tried, and how it was decided."""

from krn.contracts.transactions import TRANSACTION_APPROVED, TRANSACTION_DECLINED, TRANSACTION_INITIATED
from krn.tables.silver.transactions import TABLE
from krn.testing import assert_rows, events, transformed

TRIED = {"transaction_id": "T", "card_id": "k", "merchant_id": "m", "amount": "10", "currency": "EUR"}
DECIDED = {"transaction_id": "T", "amount": "10", "currency": "EUR"}
NOON = {"event_time": "2026-01-05 12:00:00"}


def made(spark, initiated=(), approved=(), declined=(), timezone="UTC"):
    return transformed(
        spark,
        TABLE,
        initiated=events(spark, TRANSACTION_INITIATED, [{**TRIED, **NOON, **one} for one in initiated]),
        approved=events(spark, TRANSACTION_APPROVED, [{**DECIDED, **one} for one in approved]),
        declined=events(spark, TRANSACTION_DECLINED, [{**DECIDED, **one} for one in declined]),
        timezone=timezone,
    )


def test_a_transaction_is_approved_or_declined_or_pending(spark):
    found = made(
        spark,
        initiated=[{"transaction_id": name, "ip": name} for name in "ABC"],
        approved=[{"transaction_id": "A", "event_time": "2026-01-05 12:00:00.250"}],
        declined=[
            {
                "transaction_id": "B",
                "decline_reason": "expired",
                "risk_score": 0.5,
                "event_time": "2026-01-05 12:00:01",
            }
        ],
    )
    assert [row.risk_score for row in found.where("transaction_id = 'B'").collect()] == [0.5]
    assert_rows(
        found,
        """transaction_id | ip_token | decision | decided_at              | decision_latency_ms | decline_reason
           A              | A        | approved | 2026-01-05 12:00:00.250 | 250                 |
           B              | B        | declined | 2026-01-05 12:00:01     | 1000                | expired
           C              | C        | pending  |                         |                     |""",
    )


def test_of_several_decisions_the_earliest_counts_and_of_several_tries_the_first(spark):
    found = made(
        spark,
        initiated=[{"amount": "99", "event_time": "2026-01-05 12:00:01"}, {"amount": "10"}],
        approved=[{"event_time": "2026-01-05 12:00:03"}],
        declined=[{"event_time": "2026-01-05 12:00:02"}],
    )
    assert_rows(found, "amount | decision | decision_latency_ms | n_events\n10 | declined | 2000 | 4")


def test_a_decision_alone_keeps_a_row_that_is_not_complete(spark):
    found = made(spark, declined=[{"card_id": "k", "event_time": "2026-01-05 12:00:01"}])
    assert_rows(
        found,
        """card_id | amount | initiated_at | initiated_on | business_date | decision | decided_at          | is_complete
           k       |        |              |              |               | declined | 2026-01-05 12:00:01 | false""",
    )


def test_a_decision_before_its_transaction_has_no_latency(spark):
    found = made(spark, initiated=[{}], approved=[{"event_time": "2026-01-05 11:59:59"}])
    assert_rows(found, "decision | decision_latency_ms | is_complete\napproved | | true")


def test_what_was_not_said_is_unknown_or_null(spark):
    found = made(spark, initiated=[{}])
    assert_rows(
        found,
        """channel | mcc     | country | entry_mode | terminal_id | device_id | ip_token | lat | lon
           unknown | unknown | unknown | unknown    |             |           |          |     |""",
    )


def test_a_night_transaction_has_a_day_of_utc_and_one_of_the_business(spark):
    found = made(spark, initiated=[{"event_time": "2026-03-29T22:30:00Z"}], timezone="Europe/Paris")
    assert_rows(found, "initiated_on | business_date\n2026-03-29 | 2026-03-30")
