"""What runs measured is kept by run, read as a table, and exported for Prometheus."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from krn.errors import Unreadable
from krn.metrics import kept
from krn.metrics.catalogue import METRICS
from krn.metrics.exposition import export
from krn.metrics.kept import CARRIED, LAST
from krn.metrics.listing import listed
from krn.metrics.sample import Sample, sample
from krn.reading import arrow

START = datetime(2026, 1, 30, 23, 30, tzinfo=UTC)


def wrote(root: Path, n: int, *samples: Sample) -> None:
    kept.write(root, f"run{n:03}", START + timedelta(hours=n), samples)


def test_the_newest_sample_of_a_series_is_current_and_the_older_ones_are_its_history(tmp_path: Path) -> None:
    wrote(tmp_path, 0, sample("source_deliveries", 1, source="a"), sample("source_deliveries", 7, source="b"))
    wrote(tmp_path, 1, sample("source_deliveries", 2, source="a"))
    assert [seen.sample.value for seen in kept.current(tmp_path).values()] == [2, 7]
    a = kept.history(tmp_path)["source_deliveries", (("source", "a"),)]
    assert [(seen.sample.value, seen.at, seen.run) for seen in a] == [
        (1, START, "run000"),
        (2, START + timedelta(hours=1), "run001"),
    ]


def test_runs_of_another_job_push_no_series_out(tmp_path: Path) -> None:
    """An hourly job whose table is held, once more after hours of a job every few minutes."""
    held = sample("table_held", 1, table="gold.sales_daily")
    wrote(tmp_path, 0, held)
    for n in range(1, LAST + 2):
        wrote(tmp_path, n, sample("source_deliveries", n, source="a"))
    assert kept.current(tmp_path)[held.series].run == "run000"
    wrote(tmp_path, LAST + 2, held)
    assert [seen.run for seen in kept.history(tmp_path)[held.series]] == ["run000", f"run{LAST + 2}"]
    assert len(kept.history(tmp_path)["source_deliveries", (("source", "a"),)]) == LAST - 1  # of the newest runs


def test_only_the_newest_samples_of_a_series_are_carried_on(tmp_path: Path) -> None:
    for n in range(CARRIED + 1):
        wrote(tmp_path, n, sample("source_deliveries", n, source="a"))
    (carried,) = kept.history(tmp_path, last=0).values()
    assert [seen.sample.value for seen in carried] == [float(n) for n in range(1, CARRIED + 1)]


def test_a_sample_that_two_runs_at_once_lost_is_found_in_its_run(tmp_path: Path) -> None:
    a, b = sample("source_deliveries", 1, source="a"), sample("source_deliveries", 1, source="b")
    wrote(tmp_path, 0, a)
    before = (tmp_path / "ops/metrics.json").read_bytes()
    wrote(tmp_path, 1, b)
    (tmp_path / "ops/metrics.json").write_bytes(before)
    wrote(tmp_path, 2, a)
    assert kept.history(tmp_path, last=0).keys() == {a.series, b.series}


@pytest.mark.parametrize(("days", "is_kept", "is_share_kept"), [(7, True, True), (8, True, False), (85, False, False)])
def test_what_is_measured_no_longer_is_gone_after_weeks_and_a_share_after_one(
    tmp_path: Path, days: int, is_kept: bool, is_share_kept: bool
) -> None:
    held, share = sample("table_held", 1, table="x"), sample("quarantine_share", 1, 50, source="a", type="other")
    wrote(tmp_path, 0, held, share)
    wrote(tmp_path, 24 * days)
    carried = kept.history(tmp_path, last=0)
    assert (held.series in carried, share.series in carried) == (is_kept, is_share_kept)


def test_a_draft_that_a_crash_left_is_no_record(tmp_path: Path) -> None:
    wrote(tmp_path, 0, sample("source_deliveries", 1, source="a"))
    (tmp_path / "ops/metrics/2026-01-30/.run001.json.7").write_text("{")
    assert len(kept.current(tmp_path)) == 1


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"run": "run000", "at": "noon", "samples": []}'])
@pytest.mark.parametrize("name", ["metrics/2026-01-30/run000.json", "metrics.json"])
def test_a_record_that_is_damaged_is_named_and_the_others_count(tmp_path: Path, name: str, text: str) -> None:
    wrote(tmp_path, 0, sample("source_deliveries", 1, source="a"))
    wrote(tmp_path, 1, sample("source_deliveries", 2, source="a"))
    (tmp_path / "ops" / name).write_text(text)
    with capture_logs() as logs:
        assert [seen.sample.value for seen in kept.current(tmp_path).values()] == [2]
    assert [(log["event"], f"{name} is damaged" in log["error"]) for log in logs] == [("metrics_left_out", True)]
    wrote(tmp_path, 2, sample("source_deliveries", 3, source="a"))
    assert kept.current(tmp_path)


def test_the_table_of_a_record_that_is_damaged_is_refused(tmp_path: Path) -> None:
    wrote(tmp_path, 0)
    (tmp_path / "ops/metrics/2026-01-30/run000.json").write_text("{")
    with pytest.raises(Unreadable, match=r"run000\.json is damaged"):
        kept.arrow(tmp_path)


def test_they_can_be_read_as_a_table(tmp_path: Path) -> None:
    wrote(tmp_path, 0, sample("quarantine_share", 0.25, 4, source="a", type="other"))
    wrote(tmp_path, 1, sample("run_failed", 0, step="ingest"))
    frame = arrow("ops.metrics", tmp_path).to_pandas()
    assert list(frame["run"]) == ["run000", "run001"]
    first = frame.iloc[0]
    assert (first["name"], first["value"], first["n"], dict(first["labels"])) == (
        "quarantine_share",
        0.25,
        4,
        {"source": "a", "type": "other"},
    )


def test_a_warehouse_without_runs_has_no_metrics(tmp_path: Path) -> None:
    assert (kept.current(tmp_path), kept.arrow(tmp_path).num_rows, listed(tmp_path).num_rows) == ({}, 0, 0)


def test_the_list_has_a_row_for_each_series(tmp_path: Path) -> None:
    wrote(tmp_path, 0, sample("duplicate_share", 0.5, 2, source="a", type="order.created"))
    (row,) = listed(tmp_path).to_pylist()
    assert (row["metric"], row["labels"], row["value"], row["n"]) == (
        "duplicate_share",
        "source=a, type=order.created",
        0.5,
        2,
    )


def exported(root: Path, *samples: Sample) -> Mapping[str, list[tuple[dict[str, str], float]]]:
    text = export(root, samples).read_text(encoding="utf-8")
    return {f.name: [(s.labels, s.value) for s in f.samples] for f in text_string_to_metric_families(text)}


def test_prometheus_reads_what_is_exported(tmp_path: Path) -> None:
    found = exported(
        tmp_path,
        sample("deliveries", 3, source="a", type="order.created", verdict="accepted"),
        sample("run_failed", 1, step="ingest"),
        sample("run_failed", 0, step="transform"),
    )
    assert found == {
        "krn_deliveries": [({"source": "a", "type": "order.created", "verdict": "accepted"}, 3)],
        "krn_run_failed": [({"step": "ingest"}, 1), ({"step": "transform"}, 0)],
    }
    assert [path.name for path in (tmp_path / "ops").iterdir()] == ["metrics.prom"]


def test_every_metric_is_exported_with_its_meaning(tmp_path: Path) -> None:
    every = [sample(m.name, 1, **dict.fromkeys(m.labels, "x")) for m in METRICS.values()]
    text = export(tmp_path, every).read_text(encoding="utf-8")
    assert [m.name for m in METRICS.values() if f"# HELP krn_{m.name} {m.doc}\n" not in text] == []
    assert [m.name for m in METRICS.values() if f"# TYPE krn_{m.name} gauge\n" not in text] == []


def test_a_metric_of_another_version_is_left_out(tmp_path: Path) -> None:
    assert exported(tmp_path, sample("dreams", 1), sample("gold_through_version", 4)) == {
        "krn_gold_through_version": [({}, 4)]
    }


@pytest.mark.parametrize("name", METRICS)
def test_metrics_are_named_as_prometheus_wants_it(name: str) -> None:
    assert all(part.isidentifier() and part.islower() for part in (name, *METRICS[name].labels))
