"""How long deliveries took, out of what the runs measured."""

from datetime import UTC, datetime, timedelta

from krn.metrics import kept
from krn.metrics.sample import sample
from krn.report.hops import hops

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def measured(root, run: int, hop: str, half: float, most: float, source: str = "shop") -> None:
    values = {"0.5": half, "0.95": most, "0.99": 10**6}
    rows = [sample("latency_seconds", v, 7 + run, source=source, hop=hop, quantile=q) for q, v in values.items()]
    kept.write(root, f"r{run}-{hop}", AT + timedelta(hours=run), [*rows, sample("run_failed", 0, step="ingest")])


def test_a_hop_has_the_newest_percentiles_and_the_greater_over_the_runs(tmp_path):
    measured(tmp_path, 0, "event_to_bronze", 10, 50)
    measured(tmp_path, 1, "event_to_bronze", 20, 100)
    (found,) = hops(tmp_path)
    assert (found.source, found.name, found.n, found.p50, found.p95) == ("shop", "event → bronze", 8, 20, 100)
    assert found.over_time.line == "3,12 117,3"


def test_hops_come_in_the_order_of_the_way_and_those_of_a_later_version_are_left_out(tmp_path):
    for hop in ("event_to_gold", "silver_to_gold", "sideways", "bronze_to_silver"):
        measured(tmp_path, 0, hop, 1, 2)
    measured(tmp_path, 1, "event_to_bronze", 1, 2, source="depot")
    assert [(hop.source, hop.name) for hop in hops(tmp_path)] == [
        ("depot", "event → bronze"),
        *(("shop", name) for name in ("bronze → verdict", "verdict → gold", "event → gold")),
    ]


def test_a_warehouse_that_measured_nothing_has_no_hops(tmp_path):
    assert hops(tmp_path) == ()
