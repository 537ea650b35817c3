"""How fresh it is, and who notices when nothing runs any more."""

from datetime import UTC, datetime, timedelta

import pytest

from krn import journal
from krn.outcome import Built
from krn.report.freshness import ago, freshness, troubles

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # of the first run
VERDICTS = Built("silver.deliveries", "published")


@pytest.mark.parametrize(
    ("span", "says"),
    [
        (timedelta(seconds=48), "48 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_span_is_said_as_people_do(span, says):
    assert ago(span) == says


def told(small, runs, hours: float) -> list[str]:
    root, records, now = small.root, journal.runs(runs.root), AT + timedelta(hours=hours)
    return [trouble.says for trouble in troubles(freshness(root, records), records, now)]


def test_gold_that_lacks_the_newest_verdicts_for_an_hour_is_told(small, runs):
    small.through = {"silver.deliveries": 1, "silver.orders": 1}
    small.write()
    runs.add(VERDICTS)
    assert told(small, runs, 0.5) == []
    assert told(small, runs, 3) == [
        "Gold lacks what was judged 3 h ago: gold.sales_by_country, gold.sales_by_product, gold.sales_daily."
    ]


def test_gold_that_is_as_new_as_silver_is_not(small, runs):
    small.write()
    runs.add(VERDICTS)
    assert told(small, runs, 300) == []


def test_runs_that_stay_away_are_told(small, runs):
    for n in range(0, 4 * 24 * 10, 4 * 24):  # daily
        runs.add(n=n)
    last = 9 * 24
    assert told(small, runs, last + 28) == []
    assert told(small, runs, last + 30) == ["No run for 30 h; usually the next one comes within 24 h."]


def test_an_hour_without_a_run_is_no_news(small, runs):
    for n in range(97):  # a day of one every quarter of an hour
        runs.add(n=n)
    assert told(small, runs, 24.9) == []
    assert told(small, runs, 25.1) == ["No run for 66 min; usually the next one comes within 15 min."]


def test_a_few_runs_make_no_habit(small, runs):
    for n in range(0, 5 * 96, 96):
        runs.add(n=n)
    assert told(small, runs, 1000) == []


def test_the_runs_of_one_day_make_no_habit(small, runs):
    for n in range(50):
        runs.add(n=n)
    assert told(small, runs, 1000) == []


def test_the_newest_of_each_stage_is_found(small, runs):
    small.write()
    runs.add(VERDICTS, Built("gold.sales_daily", "published"), n=0)
    runs.add(Built("gold.sales_daily", "unchanged"), n=1)
    found = freshness(small.root, journal.runs(runs.root))
    done = AT + timedelta(seconds=83.4)
    assert (found.happened, found.received, found.judged, found.in_gold) == (None, AT, done, done)
