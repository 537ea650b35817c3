"""gold.fraud_alerts: a card on a day, the worst first."""

from krn.tables.gold import fraud_scores
from krn.tables.gold.fraud_alerts import TABLE
from krn.tables.silver import labels
from krn.testing import assert_rows, rows, transformed

SCORE = {"business_date": "2026-01-05", "currency": "EUR"}


def hit(transaction, card, score, amount, *rules, **other):
    hits = [{"rule": rule, "points": 1} for rule in rules]
    return {**SCORE, "transaction_id": transaction, "card_id": card, "score": score, "amount": amount, **other} | {
        "hits": hits
    }


def alerts(spark, *scores, labelled="transaction_id", capacity=2):
    return transformed(
        spark,
        TABLE,
        scores=rows(spark, scores, fraud_scores.TABLE),
        labels=rows(spark, labelled, labels.TABLE),
        review_capacity=capacity,
    )


def test_a_day_is_ranked_by_score_then_transactions_then_card_and_never_by_amounts(spark):
    made = alerts(
        spark,
        hit("1", "a", 60, "5", "travel"),
        hit("2", "b", 60, "7", "travel"),
        hit("7", "b", 12, "1", "terminal"),
        hit("3", "c", 90, "1", "limit"),
        hit("4", "d", 60, "900", "travel", currency="JPY"),
        hit("5", "e", 0, "99"),
        hit("6", "a", 12, "5", "terminal", business_date="2026-01-06"),
    )
    assert_rows(
        made,
        """card_id | business_date | rank | score | transaction_id | is_within_capacity
           c       | 2026-01-05    | 1    | 90    | 3              | true
           b       | 2026-01-05    | 2    | 60    | 2              | true
           a       | 2026-01-05    | 3    | 60    | 1              | false
           d       | 2026-01-05    | 4    | 60    | 4              | false
           a       | 2026-01-06    | 1    | 12    | 6              | true""",
    )


def test_an_alert_gathers_the_cards_hits_of_the_day_in_the_currency_of_the_latest_worst(spark):
    made = alerts(
        spark,
        hit("1", "a", 60, "5", "travel", "new"),
        hit("2", "a", 90, "1", "limit", "new", initiated_at="2026-01-05 12:01"),
        hit("5", "a", 90, "100", "limit", currency="GBP", initiated_at="2026-01-05 12:00"),
        hit("3", "a", 60, "100", "travel", currency="GBP", initiated_at="2026-01-05 13:00"),
        hit("4", "a", 0, "1000"),
    )
    assert_rows(
        made,
        """score | transaction_id | reasons                    | transactions | currency | amount_at_risk
           90    | 2              | ["limit", "new", "travel"] | 4            | EUR      | 6""",
    )


def test_an_outcome_is_fraud_if_one_is_genuine_if_all_are_and_else_open(spark):
    made = alerts(
        spark,
        *(hit(f"{card}{n}", card, 60, "5", "travel") for card in "abcd" for n in (1, 2)),
        labelled="""transaction_id | label   | is_latest
                    a1             | genuine | true
                    a2             | fraud   | true
                    b1             | genuine | true
                    b2             | fraud   | false
                    b2             | genuine | true
                    c1             | genuine | true
                    d1             | dispute | true
                    d2             | genuine | true""",
    )
    assert_rows(made, "card_id | outcome\na | fraud\nb | genuine\nc | open\nd | open")
