"""gold.fraud_scores: each rule of conf/fraud_rules.toml hits beyond its threshold and not on it, and says why."""

import tomllib
from pathlib import Path

import duckdb

from krn import rules
from krn.tables.gold import transaction_features
from krn.tables.gold.fraud_scores import TABLE
from krn.testing import assert_rows, rows, transformed

BAD_TERMINAL = {"terminal_fraud_rate_30d": 0.5, "terminal_frauds_30d": 2}
RULES = rules.load(Path(__file__).parents[3] / rules.FILE)
#: For each rule a transaction that it hits alone, what it saw, what it allows, its points, and one that it just spares.
CASES = {
    "amount_over_own_mean": ({"amount_ratio": 3.01, "prior_n_30d": 5}, 3.01, 3, 80, {"amount_ratio": 3.0}),
    "amount_over_limit": ({"amount": "220.0001"}, 220.0001, 220, 90, {"amount": "220"}),
    "terminal_mostly_fraud": ({"terminal_fraud_rate_7d": 0.51}, 0.51, 0.5, 60, {"terminal_fraud_rate_7d": 0.2}),
    "terminal_often_fraud": ({"terminal_fraud_rate_7d": 0.5}, 0.5, 0.2, 30, {"terminal_fraud_rate_7d": 0.2}),
    "terminal_fraud_once": (
        {"terminal_fraud_rate_30d": 0.21, "terminal_frauds_30d": 1},
        *(0.21, 0.2, 12),
        {"terminal_fraud_rate_30d": 0.2},
    ),
    "terminal_frauds_again": (
        {"terminal_fraud_rate_30d": 0.21, "terminal_frauds_30d": 2, "terminal_fraud_rate_7d": 0.2},
        *(0.21, 0.2, 20),
        {"terminal_fraud_rate_30d": 0.2},
    ),
    "many_cards": ({"device_cards_1h": 2, "ip_cards_1h": 5}, 5, 5, 70, {"ip_cards_1h": 4}),
    "many_declines": ({"card_declines_10m": 3}, 3, 3, 40, {"card_declines_10m": 2}),
    "impossible_travel": ({"kmh": 900.5, "km": 100.5}, 900.5, 900, 60, {"km": 100.0}),
}


def scored(spark, given):
    told = [{"currency": "EUR", "amount": "1", "initiated_on": "2026-01-05", **one} for one in given]
    return transformed(spark, TABLE, features=rows(spark, told, transaction_features.TABLE), rules=RULES)


def test_each_rule_hits_beyond_its_threshold_and_says_what_it_saw(spark):
    hit = [{"transaction_id": name, **seen} for name, (seen, *_) in CASES.items()]
    spared = [{"transaction_id": f"not {name}", **seen, **just} for name, (seen, *_, just) in CASES.items()]
    reasons = [
        {"transaction_id": name, "score": points, "hits": [hit_by(name, observed, threshold, points)]}
        for name, (_, observed, threshold, points, _) in CASES.items()
    ]
    nothing = [{"transaction_id": f"not {name}", "score": 0, "hits": []} for name in CASES]
    assert_rows(scored(spark, hit + spared), reasons + nothing)
    assert scored_by_duckdb(spark, hit + spared) == {row["transaction_id"]: row["score"] for row in reasons + nothing}


def scored_by_duckdb(spark, given):
    """A backtest reads the same rules."""
    told = [{"currency": "EUR", "amount": "1", **one} for one in given]
    features = rows(spark, told, transaction_features.TABLE).toArrow()  # noqa: F841  DuckDB finds it by its name
    return dict(duckdb.sql(f"SELECT transaction_id, {RULES.score} FROM features").fetchall())


def hit_by(name, observed, threshold, points):
    return {"rule": name, "version": 1, "points": points, "observed": observed, "threshold": threshold}


def test_points_add_up_to_a_hundred_and_a_terminals_lower_steps_stay_below_the_highest(spark):
    found = scored(
        spark,
        [
            {"transaction_id": "a bad week", **BAD_TERMINAL, "terminal_fraud_rate_7d": 0.51},
            {"transaction_id": "hardly a good week", **BAD_TERMINAL, "terminal_fraud_rate_7d": 0.5},
            {"transaction_id": "a bad month", **BAD_TERMINAL, "terminal_fraud_rate_7d": 0.2},
            {"transaction_id": "all", "amount": "600", "account_age_h": 1.0, "card_declines_10m": 9},
            {"transaction_id": "four before", "amount_ratio": 9.0, "prior_n_30d": 4},
            {"transaction_id": "a currency without a limit", "amount": "220.5", "currency": "XAF"},
        ],
    )
    assert_rows(
        found,
        """transaction_id             | score | rule_set
           a bad week                 | 60    | v2
           hardly a good week         | 50    | v2
           a bad month                | 20    | v2
           all                        | 100   | v2
           four before                | 0     | v2
           a currency without a limit | 0     | v2""",
    )


def test_a_new_card_is_judged_by_the_amount_in_its_currency(spark):
    """Never alone: an amount of which it is hit is over the limit too."""
    new = {"account_age_h": 23.9}
    found = scored(
        spark,
        [
            {"transaction_id": "euros", "amount": "500.5", **new},
            {"transaction_id": "just euros", "amount": "500", **new},
            {"transaction_id": "a day later", "amount": "500.5", "account_age_h": 24.0},
            {"transaction_id": "yen", "amount": "80000.5", "currency": "JPY", **new},
            {"transaction_id": "a toy in yen", "amount": "600", "currency": "JPY", **new},
            {"transaction_id": "francs without a limit", "amount": "500.5", "currency": "XAF", **new},
        ],
    )
    limit = {"euros": (500.5, 220), "just euros": (500, 220), "a day later": (500.5, 220), "yen": (80000.5, 35000)}
    card = {"euros": (500.5, 500), "yen": (80000.5, 80000)}
    hits = {row["transaction_id"]: [hit.asDict() for hit in row["hits"]] for row in found.collect()}
    assert hits == {
        name: [
            *([hit_by("amount_over_limit", *limit[name], 90)] if name in limit else []),
            *([hit_by("new_card", *card[name], 50)] if name in card else []),
        ]
        for name in hits
    }


def test_every_rule_has_a_case():
    assert {rule.name for rule in RULES.rules} == {*CASES, "new_card"}


def test_a_rule_on_an_amount_has_a_threshold_for_the_same_currencies():
    toml = tomllib.loads((Path(__file__).parents[3] / rules.FILE).read_text())
    amounts = [sorted(rule["threshold"]) for rule in toml["rules"] if rule["observed"] == "amount"]
    assert len(amounts) == 2 and amounts[0] == amounts[1]
