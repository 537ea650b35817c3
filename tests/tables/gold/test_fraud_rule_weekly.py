"""gold.fraud_rule_weekly: how each rule does, by what is matured."""

from datetime import date

from krn.tables.gold import fraud_scores
from krn.tables.gold.fraud_rule_weekly import TABLE
from krn.tables.rules import Rule, RuleSet
from krn.tables.silver import labels
from krn.testing import assert_rows, rows, transformed

RULES = RuleSet("mine", tuple(Rule(name, 1, 1, "false", "amount", "0") for name in ("limit", "travel")))


def score(transaction, card, day, *rules, currency="EUR"):
    told = {"transaction_id": transaction, "card_id": card, "business_date": f"2026-01-{day:02}", "amount": "10"}
    return {**told, "currency": currency, "score": len(rules), "hits": [{"rule": rule} for rule in rules]}


def label(transaction, day, word="fraud", is_latest=True, decision="approved"):
    told = {"transaction_id": transaction, "business_date": f"2026-01-{day:02}", "amount": "10"}
    return {**told, "currency": "EUR", "label": word, "is_latest": is_latest, "decision": decision}


def weekly(spark, scores, labelled):
    """On the 20th, seven days late, the 12th is matured since 0:00 and the 13th is not."""
    return transformed(
        spark,
        TABLE,
        scores=rows(spark, scores, fraud_scores.TABLE),
        labels=rows(spark, labelled, labels.TABLE),
        rules=RULES,
        today=date(2026, 1, 20),
        label_delay_days=7,
    )


def test_a_rule_is_judged_by_its_matured_hits_of_the_week(spark):
    made = weekly(
        spark,
        [
            score("1", "a", 5, "limit", "travel"),
            score("2", "a", 5, "limit"),
            score("3", "b", 11, "limit"),
            score("4", "b", 12, "limit"),
            score("5", "c", 13, "limit"),
            score("6", "c", 12, "limit", currency="GBP"),
            score("7", "d", 5),
        ],
        [
            label("1", 5),
            label("2", 5, is_latest=False),
            label("2", 5, "genuine"),
            label("5", 13),
            label("7", 5),
            label("8", 5),
        ],
    )
    assert_rows(
        made,
        """rule   | week       | currency | alerts | hits | matured_hits | frauds_hit | frauds | precision | recall
           limit  | 2026-01-05 | EUR      | 2      | 3    | 3            | 1          | 3      | 0.3333    | 0.3333
           travel | 2026-01-05 | EUR      | 1      | 1    | 1            | 1          | 3      | 1         | 0.3333
           limit  | 2026-01-12 | EUR      | 2      | 2    | 1            | 0          | 0      | 0         |
           limit  | 2026-01-12 | GBP      | 1      | 1    | 1            | 0          | 0      | 0         |
           travel | 2026-01-12 | EUR      | 0      | 0    | 0            | 0          | 0      |           |
           travel | 2026-01-12 | GBP      | 0      | 0    | 0            | 0          | 0      |           |""",
    )


def test_nothing_is_saved_where_the_payment_was_declined(spark):
    made = weekly(
        spark,
        [score(name, "a", 5, "limit") for name in ("approved", "pending", "declined", "honest")],
        [label(name, 5, decision=name) for name in ("approved", "pending", "declined")],
    )
    assert_rows(
        made,
        """rule   | hits | frauds_hit | amount_saved
           limit  | 4    | 3          | 20
           travel | 0    | 0          | 0""",
    )
