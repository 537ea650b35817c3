"""Card fraud at a glance: counts of all currencies, money of each alone, and what is not known yet left out."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from krn.config import Config
from krn.models import Standing
from krn.report.fraud import Fraud, Money, Share, fraud, matured_by, model_of, scored_by
from krn.report.rates import OPEN
from krn.tables.gold import fraud_daily

DAY = date(2026, 11, 2)
ABSENT = Standing("absent", "no model was trained")
MATURED_BY = DAY + timedelta(2)


def paid(n: int, approved: int, declined: int, frauds: int = 0, currency: str = "EUR") -> dict[str, Any]:
    tried = approved + declined
    amounts = {"amount": Decimal(10 * tried), "fraud_amount": Decimal(10 * frauds)}
    counts = {"transactions": tried, "approved": approved, "declined": declined, "frauds": frauds}
    return {"business_date": DAY + timedelta(n), "currency": currency, **amounts, **counts}


def alert(n: int, is_within: bool = True, outcome: str = "open", card: str = "k") -> dict[str, Any]:
    return {"card_id": card, "business_date": DAY + timedelta(n), "is_within_capacity": is_within, "outcome": outcome}


def shown(small, *alerts: dict[str, Any]) -> Fraud:
    small.rows |= {
        "gold.fraud_daily": [paid(0, 6, 2, 1), paid(0, 8, 0, 1, "JPY"), paid(1, 4, 0), paid(2, 3, 1, 4), paid(8, 1, 0)],
        "gold.fraud_alerts": list(alerts),
        "gold.fraud_rule_weekly": [],
    }
    found = fraud(small.write(), MATURED_BY, ABSENT)
    assert found is not None
    return found


def test_payments_of_all_currencies_are_counted_together(small):
    found = shown(small)
    assert (found.first, found.last) == (DAY, DAY + timedelta(8))
    assert found.declined == Share(3, 25)
    assert found.decline_rate.blocks[0].says == "Mon 2 Nov 2026: 12.5%, 2 of 16"


def test_fraud_is_counted_on_matured_days_and_marked_where_it_may_still_grow(small):
    found = shown(small)
    assert found.matured_frauds == Share(2, 20)
    assert [b.says for b in found.fraud_rate.blocks if b.part == "fraud"] == [
        "Mon 2 Nov 2026: 12.5%, 2 of 16",
        "Wed 4 Nov 2026: 100.0%, 4 of 4, may still grow",
    ]
    assert found.fraud_rate.parts == ("fraud", OPEN)


def test_money_of_matured_days_stands_by_its_currency(small):
    assert shown(small).money == (
        Money("EUR", 12, "120.00", "10.00", 833.3),
        Money("JPY", 8, "80", "10", 1250.0),
    )


def test_alerts_stand_against_what_can_be_reviewed_on_their_day(small):
    found = shown(small, alert(0, outcome="fraud"), alert(0, card="l"), alert(8), alert(8, is_within=False, card="l"))
    assert [(b.part, b.says) for b in found.alerts.blocks] == [
        ("within capacity", "Mon 2 Nov 2026: 2 within capacity, 0 beyond capacity"),
        ("within capacity", "Tue 10 Nov 2026: 1 within capacity, 1 beyond capacity"),
        ("beyond capacity", "Tue 10 Nov 2026: 1 within capacity, 1 beyond capacity"),
    ]
    assert (found.beyond, found.matured_alerts) == (Share(1, 4), Share(1, 2))


@pytest.mark.parametrize(
    ("alerts", "says"),
    [
        ([], "No card alert in a week"),
        ([alert(1)], "No card alert in a week"),
        ([alert(2), alert(8)], "2 card alerts in the last week, and all can be reviewed"),
        ([alert(2), alert(8, False)], "1 of 2 card alerts of the last week were more than can be reviewed"),
    ],
)
def test_the_headline_says_whether_the_last_week_can_be_reviewed(small, alerts, says):
    assert shown(small, *alerts).headline == says


@pytest.mark.parametrize("rows", [[], None], ids=["empty", "absent"])
def test_a_shop_without_cards_has_no_section(small, rows):
    if rows is not None:
        small.rows["gold.fraud_daily"] = rows
    assert fraud(small.write(), DAY, ABSENT) is None


def test_a_day_is_matured_by_the_clock_of_the_run_that_built_it_and_not_of_one_that_held_it():
    config = Config.model_validate({"timezone": "Asia/Tokyo", "label_delay_days": 3})
    built, held = (
        {"clock": f"2026-11-{day}T16:00:00+00:00", "tables": [{"table": fraud_daily.TABLE.name, "outcome": outcome}]}
        for day, outcome in ((23, "unchanged"), (24, "held"))
    )
    other = {"clock": "2026-11-25T16:00:00+00:00", "tables": [{"table": "gold.sales_daily", "outcome": "published"}]}
    now = datetime.fromisoformat("2026-11-28T00:00:00+00:00")
    assert matured_by([built, held, other], now, config) == date(2026, 11, 21)
    assert matured_by([held, other], now, config) == date(2026, 11, 25)


def test_what_scores_is_a_model_too_where_one_may_be_relied_on():
    newest = "20260901T000000-1a2b3c4d"
    assert scored_by(ABSENT) == "the rules alone: no model was trained"
    assert scored_by(Standing("stale", "it is 80 days old", newest)) == "the rules alone: it is 80 days old"
    assert scored_by(Standing("fresh", "", newest)) == f"the rules, and beside them by model {newest}"
    assert scored_by(Standing("fresh", "v2 is damaged", "v1")) == (
        "the rules, and beside them by model v1; v2 is damaged"
    )


def test_the_model_is_the_one_that_the_last_run_with_gold_found():
    notes = [{}, {"fraud_model": asdict(Standing("fresh", "", "v1"))}, {"trained": {"version": "v2"}}]
    assert model_of([{"notes": note} for note in notes]) == Standing("fresh", "", "v1")
    assert model_of([]).status == "absent"
