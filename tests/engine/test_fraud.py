"""Card payments through the engine: what comes late makes again the rows that it can change, and days are true."""

from collections.abc import Iterator
from dataclasses import astuple, fields
from datetime import date, datetime, timedelta

import pytest
from paying import START, approved, declined, initiated, labelled
from world import content, deliver, same_as_in_full, step

from krn.simulate import Shop, simulate
from krn.simulate.gold_fraud import FraudDaily
from krn.store import Store
from krn.tables.every import made_for
from krn.tables.gold import fraud_alerts, fraud_daily, transaction_features
from krn.tables.rules import Rule, RuleSet

FRAUD = [table for table in made_for(["gold.fraud_*"]) if table.transform]
#: Each hits what one kind of late news can change.
RULES = RuleSet(
    "news",
    (
        Rule("declined", 1, 40, "card_declines_10m > 0", "card_declines_10m", "0"),
        Rule("bad_terminal", 1, 60, "terminal_frauds_30d > 0", "terminal_frauds_30d", "0"),
    ),
)


def on(day: int, minutes: int = 0) -> datetime:
    return START + timedelta(days=day, minutes=minutes)


def every_five_days() -> Iterator[bytes]:
    """One card at one terminal, from day 0 to day 60, each approved at once; and once another one elsewhere."""
    yield initiated("other", on(2), card_id="q", merchant_id="n")
    for day in range(0, 61, 5):
        yield initiated(f"T{day}", on(day), terminal_id="t")
        yield approved(f"T{day}", on(day, minutes=1))


def changed_days(store: Store) -> list[int]:
    """The days of the rows that the last commit changed."""
    name = transaction_features.TABLE.name
    head = store.head(name) or 0
    rows = store.changes(name, head - 1, head).groupBy(*store.schema(name).names).count().where("count % 2 = 1")
    return sorted({(row.initiated_on - START.date()).days for row in rows.select("initiated_on").collect()})


@pytest.mark.slow  # six tables twice and in full; test_conformance has their windows, test_build increments over one
def test_what_comes_late_makes_again_what_it_can_change_and_no_other(store: Store) -> None:
    """Day 11 is in the 30 days of 15 to 40, what is known on day 51 in those of 55 and 60.

    On day 2 the card that was seen earlier is older, and nothing else: days after it are not made again.
    One decline is in the 10 minutes before day 45; that of T30 is before T30 itself, which does not count its own.
    """
    deliver(store, *every_five_days())
    step(store, "r1", FRAUD, rules=RULES)
    assert not content(store, fraud_alerts.TABLE.name)
    deliver(
        store,
        initiated("late", on(11), terminal_id="t"),
        initiated("first", on(-90), card_id="q", merchant_id="n"),
        declined("late", on(45, minutes=-5)),
        declined("T30", on(30, minutes=-1)),
        labelled("T5", on(51)),
        labelled("T55", on(60)),
    )
    built = step(store, "r2", FRAUD, rules=RULES)
    changed = built[transaction_features.TABLE.name]
    assert changed.rows == {"insert": 2, "update": 10, "delete": 0, "same": 1}
    assert changed_days(store) == [-90, 2, 11, 15, 20, 25, 30, 35, 40, 45, 55, 60]
    assert content(store, fraud_alerts.TABLE.name, "business_date", "reasons", "outcome") == {
        (on(45).date(), ("declined",), "open"): 1,
        (on(55).date(), ("bad_terminal",), "fraud"): 1,
        (on(60).date(), ("bad_terminal",), "open"): 1,
    }
    assert same_as_in_full(store, FRAUD, rules=RULES) == []


def test_days_of_fraud_are_those_of_the_town_s_own_books_whatever_the_faults(store: Store) -> None:
    town = Shop(seed=5, orders=1, days=10, start=date(2025, 12, 1), transactions=60)
    told = simulate(town)
    bodies = [sent.body for sent in told.deliveries if sent.kind != "not_utf8"]
    deliver(store, *bodies)
    step(store, "r1", FRAUD, timezone=town.timezone)
    columns = [field.name for field in fields(FraudDaily)]
    rows = store.read(fraud_daily.TABLE.name).select(*columns).collect()
    assert sorted(tuple(row) for row in rows) == [astuple(day) for day in told.truth.fraud_daily]
    assert sum(day.frauds for day in told.truth.fraud_daily) > 0
