"""What each fraud rule hits, how good it is, and what is strange about it."""

from datetime import date, timedelta
from typing import Any

import pytest

from krn.report.rule_health import rule_health, wilson

MONDAY = date(2026, 8, 3)


def week(n: int, rule: str, hits: int, matured: int = 0, frauds_hit: int = 0, currency: str = "EUR") -> dict[str, Any]:
    told = {"rule": rule, "week": MONDAY + timedelta(weeks=n), "currency": currency, "alerts": hits, "hits": hits}
    return told | {"matured_hits": matured, "frauds_hit": frauds_hit, "frauds": 10}


def health(small, *weeks: dict[str, Any], first: int = 0, last: int = 97):
    """Days are counted from the Monday of the week 0; the 97th is the Sunday of the week 13."""
    small.rows["gold.fraud_rule_weekly"] = list(weeks)
    days = MONDAY + timedelta(days=first), MONDAY + timedelta(days=last)
    return {rule.name: rule for rule in rule_health(small.write(), *days)}


def test_a_week_is_compared_with_the_four_before_it_over_all_currencies(small):
    hits = enumerate((99, 1, 2, 3, 4))
    found = health(
        small,
        *(week(n, "far", n_hits) for n, n_hits in hits),
        week(5, "far", 2),
        week(5, "far", 1, 0, 0, "GBP"),
        last=41,
    )
    assert (found["far"].hits, found["far"].before) == (3, 2.5)


def test_a_week_of_which_days_are_missing_is_not_compared(small):
    found = health(small, week(0, "far", 9), week(1, "far", 4), week(2, "far", 2), week(3, "far", 1), first=1, last=26)
    assert (found["far"].hits, found["far"].before) == (2, 4)


def test_without_a_whole_week_there_is_nothing_to_compare(small):
    (rule,) = health(small, week(0, "far", 9), first=1, last=6).values()
    assert (rule.hits, rule.before, rule.says) == (None, None, "")


def test_precision_and_recall_are_of_what_matured_in_13_weeks(small):
    old = week(0, "far", 50, 50, 0)
    (rule,) = health(small, old, week(1, "far", 30, 20, 5), week(13, "far", 30, 20, 10)).values()
    assert (rule.matured, rule.precision, rule.recall, rule.bounds) == (40, 37.5, 75.0, (24.2, 53.0))


def test_the_rules_that_hit_most_come_first_and_those_without_a_hit_last(small):
    found = health(small, week(13, "idle", 0), week(13, "far", 1), week(13, "dear", 2))
    assert list(found) == ["dear", "far", "idle"]


@pytest.mark.parametrize(
    ("before", "now", "matured", "says"),
    [(0, 0, 0, "never hit"), (9, 0, 40, ""), (9, 18, 40, ""), (9, 19, 40, "more than before"), (9, 9, 29, "few")],
)
def test_what_is_strange_about_a_rule_is_said(small, before, now, matured, says):
    (rule,) = health(small, week(12, "far", before), week(13, "far", now, matured, 1 if matured else 0)).values()
    assert rule.says == says


def test_the_bounds_of_a_rate_are_those_of_wilson():
    assert wilson(5, 10) == (23.7, 76.3)
    assert wilson(0, 0) == (0, 100)
