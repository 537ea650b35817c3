"""How a run ended, what it took and what became of its tables, as metrics."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from krn.gate.result import Check, Result
from krn.journal import Record
from krn.metrics.of_run import of_run
from krn.metrics.sample import Seen, Series
from krn.outcome import Built
from krn.sources.delivery import Depth
from krn.sources.ingested import Batch, Ingested

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
END = START + timedelta(seconds=90)
LAST = "source_last_delivery_timestamp_seconds"


def of(exit_code: int = 0, before: dict[Series, Seen] | None = None, at: datetime = END, **done: Any) -> dict[str, Any]:
    """The values of a run by metric; of several series, by their labels."""
    record = Record("r", "run", START, at, START, exit_code, **done)
    return {
        f"{s.name} {' '.join(value for _, value in s.labels)}".strip(): s.value
        for s in of_run(record, ("ingest", "transform"), before or {})
    }


def took(rows: int, stop_reason: str = "empty", depth: Depth | None = None) -> Ingested:
    batches = (Batch(1, rows, bytes=10 * rows),) if rows else ()
    return Ingested("shop", "sqs", "r", stop_reason, batches, depth)


@pytest.mark.parametrize(
    ("exit_code", "failed", "finished"),
    [(0, 0, True), (1, 1, False), (2, 1, False), (3, 0, True), (69, 1, False), (75, None, False), (143, None, False)],
)
def test_a_hold_is_no_failure_and_a_run_that_was_busy_or_stopped_says_neither(
    exit_code: int, failed: int | None, finished: bool
) -> None:
    found = of(exit_code)
    assert (found.get("run_failed ingest"), found.get("run_failed transform")) == (failed, failed)
    assert found.get("step_finished_timestamp_seconds ingest") == (END.timestamp() if finished else None)
    assert found["run_duration_seconds run"] == 90


def test_a_source_says_what_it_gave_and_what_it_has_left() -> None:
    found = of(sources=(took(3, depth=Depth(visible=7, in_flight=2)),))
    assert {name: value for name, value in found.items() if name.startswith("source_")} == {
        "source_failed shop": 0,
        "source_deliveries shop": 3,
        "source_bytes shop": 30,
        "source_backlog shop": 7,
        f"{LAST} shop": END.timestamp(),
    }


def test_a_source_that_failed_says_so() -> None:
    assert of(sources=(took(0, "failed"),))["source_failed shop"] == 1


def test_a_source_that_gives_nothing_keeps_the_instant_at_which_it_last_did() -> None:
    before: dict[Series, Seen] = {}
    instants = []
    for hour, rows in enumerate([0, 0, 5, 0, 0]):
        record = Record("r", "run", START, START + timedelta(hours=hour), START, 0, sources=(took(rows),))
        samples = list(of_run(record, ("ingest",), before))
        before = {s.series: Seen(s, record.ended_at, "r") for s in samples}
        instants += [datetime.fromtimestamp(s.value, UTC).hour for s in samples if s.name == LAST]
    assert instants == [12, 12, 14, 14, 14]  # while it never gave any, since it was first asked


def test_a_table_that_is_held_or_waits_is_not_current_and_one_that_waits_was_not_gated() -> None:
    outcomes = {"published": (0, True), "unchanged": (0, True), "held": (1, False), "waits": (None, False)}
    found = of(tables=tuple(Built(f"gold.{outcome}", outcome) for outcome in outcomes))
    assert {
        outcome: (found.get(f"table_held gold.{outcome}"), f"table_current_timestamp_seconds gold.{outcome}" in found)
        for outcome in outcomes
    } == outcomes


def test_warnings_are_counted_by_table() -> None:
    checks = (Check("a", "t", "warning", False), Check("b", "t", "warning", True), Check("c", "t", "info", False))
    found = of(tables=(Built("gold.x", "published", result=Result("gold.x", "hash", 1, checks)),))
    assert found["table_warnings gold.x"] == 1


def test_what_a_table_came_to_last_counts() -> None:
    readapted, judged = Built("silver.deliveries", "published"), Built("silver.deliveries", "held")
    assert of(tables=(readapted, judged))["table_held silver.deliveries"] == 1


def test_bronze_is_never_current_since_a_run_without_news_says_nothing_of_it() -> None:
    assert "table_current_timestamp_seconds bronze.deliveries" not in of(
        tables=(Built("bronze.deliveries", "unchanged"),)
    )
