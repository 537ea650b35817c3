"""What former runs found, and the limits that it gives a run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from krn import watched
from krn.gate import Check, Expectation, Result, Suite, nothing_came
from krn.gate.limits import Limits
from krn.history import History
from krn.journal import Record
from krn.outcome import Built

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)
BRONZE = "bronze.deliveries"
ROWS = Expectation(
    "usual-volume",
    "expect_table_row_count_to_be_between",
    {"min_value": {"$PARAMETER": "usual_low"}, "max_value": {"$PARAMETER": "usual_high"}},
    "warning",
)
SHARE = Expectation(
    "usual-share",
    "expect_column_share_in_set_to_be_between",
    {"column": "verdict", "value_set": ["quarantined"], "max_value": {"$PARAMETER": "usual_high"}},
    "warning",
)
PLAIN = Expectation("some", "expect_table_row_count_to_be_between", {"min_value": 1}, "critical")
SUITE = Suite(BRONZE, (PLAIN, ROWS, SHARE))


def ran(at: datetime, observed: Any, kind: str = "pending", outcome: str = "unchanged", **found: Any) -> Record:
    limits = Limits(kind, None, None, 0, "no limits yet")
    check = Check(ROWS.id, ROWS.type, "warning", True, observed, description="as usual", limits=limits)
    result = Result(BRONZE, "hash", 1, (Check("some", PLAIN.type, "critical", True, 1), replace(check, **found)))
    run = f"{at:%Y%m%dT%H%M%S}"
    return Record(run, "run", at, at, at, 0, tables=(Built(BRONZE, outcome, result=result), Built("gold.x", "waits")))


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., History]:
    """The history that these records give a run at an instant, by way of their files."""

    def tell(*records: Record, at: datetime = MONDAY, zone: str = "UTC") -> History:
        for record in records:
            watched.keep(tmp_path, record)
        return History(at, ZoneInfo(zone), watched.read(tmp_path, at))

    return tell


def mondays(n: int, observed: Any = 1000, **how: Any) -> list[Record]:
    return [ran(MONDAY - timedelta(weeks=week + 1), observed, **how) for week in range(n)]


def limits(history: History, kind: str = "pending") -> Limits:
    limited = history.limited(SUITE, kind)
    assert (limited.expectations[0], limited.hash) == (PLAIN, SUITE.hash)
    found = limited.expectations[1].limits
    assert found is not None
    return found


def test_a_run_is_compared_with_what_the_runs_before_found(told):
    found = limits(told(*mondays(10)))
    assert (found.low, found.high, found.n, found.kind) == (825, 1175, 10, "pending")


def test_only_runs_over_the_same_kind_of_rows_are_comparable(told):
    assert limits(told(*mondays(10)), "readapted").n == 0


def test_rows_that_were_held_count_once_when_they_are_published(told):
    held = ran(MONDAY - timedelta(hours=1), 1000, outcome="held")
    assert limits(told(*mondays(9), held)).n == 9


def test_a_number_that_was_not_found_is_none(told):
    assert limits(told(*mondays(4, None), ran(MONDAY - timedelta(days=1), "2026-01-01"))).n == 0


def test_exact_decimals_are_numbers_again(told):
    assert limits(told(*mondays(10, Decimal("100.0000")))).high == pytest.approx(135)


def test_weekdays_are_those_of_the_business(told):
    early, late = MONDAY.replace(hour=1), MONDAY.replace(hour=23)
    runs = [ran(at - timedelta(weeks=n + 1), rows) for n in range(10) for at, rows in ((early, 10), (late, 1000))]
    assert limits(told(*runs, at=late, zone="Europe/Paris")).why.startswith("10 runs on Tuesdays found 1,000")
    assert limits(told(at=early, zone="America/New_York")).why.startswith("10 runs on Sundays found 10")


def test_a_bound_that_the_suite_does_not_ask_for_is_no_limit(told):
    share = told(*mondays(10)).limited(SUITE, "pending").expectations[2].limits
    assert share == Limits("pending", None, None, 0, "no limits by fewer than 10 runs, and 0 so far")


@pytest.mark.parametrize(
    ("last", "is_overdue"),
    [(timedelta(minutes=5), False), (timedelta(hours=19), False), (timedelta(hours=20), True), (timedelta(7), True)],
)
def test_overdue_is_what_came_and_has_not_come_for_twenty_hours(told, last, is_overdue):
    runs = told(ran(MONDAY - last, 3), ran(MONDAY - timedelta(minutes=1), 0))
    assert runs.is_overdue(BRONZE) == is_overdue
    assert not runs.is_overdue("silver.deliveries")


def test_nothing_warns_where_it_is_not_usual(told):
    result = nothing_came(told(*mondays(10)).limited(SUITE, "pending"))
    assert [(check.id, check.status, check.observed) for check in result.checks] == [("usual-volume", "warned", 0)]
    assert (result.status, result.rows) == ("warned", 0)


def test_nothing_passes_where_nothing_is_known_or_nothing_is_usual(told):
    assert nothing_came(told(*mondays(9)).limited(SUITE, "pending")).status == "passed"
    assert nothing_came(told(*mondays(30, 0)).limited(SUITE, "pending")).status == "passed"


def test_weekdays_of_an_hourly_run_are_compared_with_those_of_other_weeks(told):
    """Ingest runs in between leave no number, and push none out."""
    hours = [MONDAY - timedelta(weeks=week + 1, hours=hour) for week in range(6) for hour in range(5)]
    ingest = [replace(ran(MONDAY - timedelta(minutes=n + 1), None), tables=()) for n in range(300)]
    of = told(*(ran(at, 1000) for at in hours), *(ran(at - timedelta(days=1), 10) for at in hours), *ingest)
    found = limits(of)
    assert (found.low, found.high, found.why) == (825, 1175, "30 runs on Mondays found 1,000, give or take 175")
