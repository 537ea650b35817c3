"""How long deliveries take to be received, judged and in gold."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from krn.latency import Hop, latency, percentile

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def run(minute: int, *tables: tuple[str, str], ended: int | None = None) -> dict[str, object]:
    """A run that started at a minute; its tables were done at `ended`, or it tells only when it ended itself."""
    at = None if ended is None else str(AT + ended * MINUTE)
    made = [{"table": table, "outcome": outcome, "ended_at": at} for table, outcome in tables]
    return {"started_at": str(AT + minute * MINUTE), "ended_at": str(AT + (minute + 1) * MINUTE), "tables": made}


VERDICTS, GOLD = ("silver.deliveries", "published"), ("gold.sales_daily", "published")


@pytest.fixture
def root(tmp_path):
    """Three deliveries of a first batch, which took 1, 2 and 3 minutes, and one of a second, a quarter later."""
    rows = [(1, 0, 1), (1, 0, 2), (1, 0, 3), (2, 15, 10)]
    received = [AT + minute * MINUTE for _, minute, _ in rows]
    happened = [AT + (minute - late) * MINUTE for _, minute, late in rows]
    instant = pa.timestamp("us", "UTC")
    table = {"batch": [batch for batch, _, _ in rows], "verdict": ["accepted"] * 4}
    times = {"received_at": pa.array(received, instant), "event_time": pa.array(happened, instant)}
    write_deltalake(str(tmp_path / "silver" / "deliveries"), pa.table(table | times))
    return tmp_path


def test_each_hop_is_measured_for_each_delivery(root):
    runs = [run(-1), run(1, VERDICTS), run(4, GOLD), run(16, VERDICTS, ended=18)]
    assert latency(root, runs, AT - 9 * MINUTE) == (
        Hop("received", 4, 150, pytest.approx(540, abs=60)),
        Hop("judged", 4, 120, 180),
        Hop("in gold", 3, 180, 180),
    )


def test_gold_counts_once_all_of_it_is_made(root):
    runs = [run(-1), run(1, VERDICTS), run(2, GOLD, ("gold.x", "waits")), run(9, GOLD, ("gold.x", "unchanged"))]
    assert latency(root, runs, AT)[1:] == ()  # received at AT: not after it
    assert latency(root, runs, AT - MINUTE)[-1] == Hop("in gold", 3, 480, 480)


def test_what_came_before_the_first_run_that_is_known_is_left_out(root):
    assert [hop.n for hop in latency(root, [run(5), run(16, VERDICTS)], AT - 9 * MINUTE)] == [1, 1]


def test_without_runs_or_deliveries_there_is_nothing_to_measure(root, tmp_path):
    assert latency(root, [], AT) == ()
    assert latency(tmp_path / "none", [run(0, VERDICTS)], AT) == ()


def test_a_percentile_is_a_time_that_was_taken():
    assert [percentile([(1.0, 8), (5.0, 1), (9.0, 1)], share) for share in (0.5, 0.8, 0.9, 0.95)] == [1, 1, 5, 9]
    assert percentile([], 0.5) == 0
