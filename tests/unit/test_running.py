"""A run from start to end without Spark: what stops it, what it ends with, and who is told."""

import json
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from receiver import Web, serving
from structlog.testing import capture_logs

from krn import journal
from krn.alerts import state
from krn.alerts.sinks import Variable
from krn.config import Config, Landing
from krn.failpoints import arm, disarm
from krn.journal import Record
from krn.lock import hold
from krn.metrics import kept
from krn.running import Asked, execute, stoppable
from krn.store import Store

HOME = Path(__file__).parents[2]
CLOCK = datetime(2026, 1, 31, tzinfo=UTC)


def no_spark() -> SparkSession:
    raise AssertionError("a session was started")


class Bug(Exception):
    """Something that nobody expected."""


class Place:
    """A warehouse and its folders; the sources that are named `gone` have none."""

    def __init__(self, root: Path) -> None:
        self.root, self.warehouse = root, root / "warehouse"

    def run(
        self,
        *sources: str,
        steps: tuple[str, ...] = ("ingest",),
        variable: Variable = lambda name: None,
        **keys: Any,
    ) -> Record:
        for name in sources:
            if name != "gone":
                (self.root / name).mkdir(exist_ok=True)
        given = tuple(Landing(name=name, path=self.root / name) for name in sources)
        config = Config(warehouse=self.warehouse, sources=given, **keys)
        asked = Asked("job", steps, CLOCK, variable=variable)
        return execute(asked, config, HOME, Store(no_spark, self.warehouse))

    def journaled(self) -> list[dict[str, Any]]:
        return journal.runs(self.warehouse)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_first_run_before_anything_came_is_ok_and_needs_no_spark(place: Place) -> None:
    record = place.run("a", "b", steps=("ingest", "transform", "aggregate"))
    assert (record.exit_code, record.error, [s.source for s in record.sources]) == (0, "", ["a", "b"])


def test_a_run_is_journaled_as_it_was_told(place: Place) -> None:
    record = place.run("a")
    assert (record.job, record.exit_code, record.error, record.clock) == ("job", 0, "", CLOCK)
    assert place.journaled() == [json.loads(json.dumps(journal.as_dict(record), default=str))]


def test_a_damaged_file_of_what_is_usual_takes_the_limits_away_and_stops_nothing(place: Place) -> None:
    path = place.warehouse / "ops/watched/bronze.deliveries.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    with capture_logs() as logs:
        assert place.run("a", steps=("transform",)).exit_code == 0
    assert [(log["event"], str(path) in log["error"]) for log in logs if "error" in log] == [("no_limits", True)]


def test_a_table_that_does_not_exist_ends_with_2_before_anything_is_taken(place: Place) -> None:
    record = place.run("a", tables=("gold.sales_*", "gold.sails"))
    assert (record.exit_code, record.sources) == (2, ())
    assert record.error == "tables: no table is named gold.sails. Next: krn tables lists them"


@pytest.mark.parametrize("text", ["[[", "", None])
def test_a_file_of_rules_that_is_broken_keeps_nothing_from_being_taken_and_judged(
    place: Place, text: str | None
) -> None:
    broken = place.root / "rules.toml"
    if text is not None:
        broken.write_text(text)
    assert place.run("a", steps=("ingest", "transform", "maintain"), fraud_rules=broken).exit_code == 0
    record = place.run("a", "b", steps=("ingest", "transform", "aggregate"), fraud_rules=broken)
    assert (record.exit_code, [s.source for s in record.sources]) == (2, ["a", "b"])
    assert str(broken) in record.error


def test_a_source_that_fails_does_not_keep_the_others_and_its_error_is_the_end(place: Place) -> None:
    record = place.run("a", "gone", "b")
    assert [(s.source, s.stop_reason) for s in record.sources] == [("a", "empty"), ("gone", "failed"), ("b", "empty")]
    assert (record.exit_code, f"{place.root}/gone: No such file" in record.error) == (69, True)
    assert place.journaled()[0]["error"] == record.error


def test_a_busy_run_does_nothing_ends_with_75_and_leaves_no_record(place: Place) -> None:
    with hold(place.warehouse, "ingest"):
        record = place.run("a")
    assert (record.exit_code, record.sources, place.journaled()) == (75, (), [])


@pytest.mark.parametrize(
    ("step", "lock"),
    [
        ("ingest", "ingest"),
        ("transform", "silver"),
        ("aggregate", "gold"),
        ("aggregate", "silver"),
        ("maintain", "ingest"),
        ("maintain", "silver"),
        ("maintain", "gold"),
    ],
)
def test_a_job_is_busy_when_another_works_on_what_it_needs(place: Place, step: str, lock: str) -> None:
    with hold(place.warehouse, lock):
        assert place.run("a", steps=(step,)).exit_code == 75


def test_a_term_signal_ends_the_run_after_the_source_it_is_at(place: Place) -> None:
    arm("listed", lambda: os.kill(os.getpid(), signal.SIGTERM))
    record = place.run("a", "b")
    assert (record.exit_code, [s.source for s in record.sources]) == (143, ["a"])
    assert "run again" in record.error


def test_the_handler_of_before_is_back_after_a_run() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stoppable() as stop:
        assert not stop()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop()
    assert signal.getsignal(signal.SIGTERM) is before


def _bug() -> None:
    raise Bug("alice@example.org")


def test_a_bug_is_raised_and_journaled_by_its_name_alone(place: Place) -> None:
    arm("listed", _bug)
    with pytest.raises(Bug):
        place.run("a")
    (found,) = place.journaled()
    assert (found["exit_code"], found["error"], found["outcome"]) == (1, "Bug; see the log", "failed")


@pytest.fixture
def told(tmp_path: Path) -> tuple[str, Callable[[], list[Any]]]:
    """A command that keeps what it is told, and what it was told so far."""
    path = tmp_path / "told.json"
    return f"cat >> '{path}'", lambda: [json.loads(path.read_text())] if path.exists() else []


def test_who_is_named_for_problems_gets_the_record_on_standard_input(
    place: Place, told: tuple[str, Callable[[], list[Any]]]
) -> None:
    command, heard = told
    record = place.run("gone", on_problem=command)
    (summary,) = heard()
    assert (summary["run"], summary["job"], summary["exit_code"]) == (record.run, "job", 69)
    assert summary["error"] == record.error != ""
    assert summary.keys() == place.journaled()[0].keys()


def test_a_run_that_is_ok_tells_nobody(place: Place, told: tuple[str, Callable[[], list[Any]]]) -> None:
    command, heard = told
    place.run("a", on_problem=command)
    assert heard() == []


def test_a_bug_is_told_as_well(place: Place, told: tuple[str, Callable[[], list[Any]]]) -> None:
    command, heard = told
    arm("listed", _bug)
    with pytest.raises(Bug):
        place.run("a", on_problem=command)
    assert [h["exit_code"] for h in heard()] == [1]


@pytest.mark.parametrize("command", ["exit 7", "no-such-command", "head -c 1"])
def test_a_command_that_fails_changes_no_end(place: Place, command: str) -> None:
    assert place.run("gone", on_problem=command).exit_code == 69


ALERTS = """
[[watches]]
name = "failed"
severity = "critical"
metric = "run_failed"
when = "> 0"
says = "A run failed."
then = "krn history"
runbook = "a-job-ended-with-an-exit-code"

[[sinks]]
name = "team"
url_from = "KRN_ALERT_TEAM"
"""


def test_a_run_leaves_its_metrics_beside_its_record(place: Place) -> None:
    record = place.run("a")
    current = kept.current(place.warehouse)
    assert current["source_deliveries", (("source", "a"),)].run == record.run
    assert 'krn_source_failed{source="a"} 0.0' in (place.warehouse / "ops/metrics.prom").read_text()


def test_a_run_that_is_not_journaled_is_not_measured(place: Place) -> None:
    with hold(place.warehouse, "ingest"):
        place.run("a")
    assert not (place.warehouse / "ops").exists()


def test_after_a_run_that_failed_the_sinks_are_told_and_after_one_that_did_not_that_it_is_over(place: Place) -> None:
    file, web = place.root / "alerts.toml", Web()
    file.write_text(ALERTS)
    with serving(web.server):
        for source in ("gone", "gone", "a"):
            assert place.run(source, alerts=file, variable={"KRN_ALERT_TEAM": f"json://{web.address}/"}.get)
    assert [body["message"].splitlines()[0] for _, body in web.posted] == [
        "Critical: A run failed.",
        "Over: It is as it should be again.",
    ]


@pytest.mark.parametrize("text", ["{", "{}", "[7]"])
@pytest.mark.parametrize("name", ["ops/cursors/gold.sales_daily.json", "ops/metrics.json"])
def test_a_damaged_file_takes_no_alert_of_the_run_away(place: Place, name: str, text: str) -> None:
    (place.root / "alerts.toml").write_text(ALERTS)
    path = place.warehouse / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert place.run("gone", steps=("ingest", "aggregate"), alerts=place.root / "alerts.toml").exit_code == 69
    assert [incident.watch for incident in state.load(place.warehouse).incidents] == ["failed"]


def test_what_can_not_be_measured_keeps_no_watch_from_being_looked_at(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("the disk is full")

    (place.root / "alerts.toml").write_text(ALERTS)
    assert place.run("gone", alerts=place.root / "alerts.toml").exit_code == 69
    (place.warehouse / "ops/alerts.json").unlink()
    monkeypatch.setattr("krn.observing.measure", full)
    with capture_logs() as logs:
        assert place.run("gone", alerts=place.root / "alerts.toml").exit_code == 69
    assert [(log["what"], log["error"]) for log in logs if log["event"] == "not_observed"] == [
        ("metrics", "the disk is full")
    ]
    assert [incident.watch for incident in state.load(place.warehouse).incidents] == ["failed"]


def test_a_bug_is_an_alert_as_well(place: Place) -> None:
    arm("listed", _bug)
    with pytest.raises(Bug):
        place.run("a")
    assert [incident.watch for incident in state.load(place.warehouse).incidents] == ["run_failed"]


@pytest.mark.parametrize("text", ["[[watches]]", ALERTS])
def test_alerts_that_can_not_be_told_change_no_end(place: Place, text: str) -> None:
    (place.root / "alerts.toml").write_text(text)
    assert place.run("a", alerts=place.root / "alerts.toml").exit_code == 0
    assert place.run("gone", alerts=place.root / "alerts.toml").exit_code == 69


def test_a_run_that_ends_while_another_looks_at_the_watches_leaves_them_to_it(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with hold(place.warehouse, "alerts"):
        assert place.run("gone").exit_code == 69
    assert (place.warehouse / "ops/metrics.prom").exists()
    assert not (place.warehouse / "ops/alerts.json").exists()
    assert "not_observed" not in capsys.readouterr().out


def test_metrics_that_can_not_be_written_change_no_end(place: Place) -> None:
    (place.warehouse / "ops").mkdir(parents=True)
    (place.warehouse / "ops" / "metrics").write_text("")
    assert place.run("a").exit_code == 0
    assert len(place.journaled()) == 1


def test_what_an_armed_point_ended_is_done_by_the_next_run(place: Place) -> None:
    arm("listed", _bug)
    with pytest.raises(Bug):
        place.run("a")
    disarm()
    assert place.run("a").exit_code == 0


def test_two_runs_have_two_ids_and_two_records(place: Place) -> None:
    assert len({place.run("a").run, place.run("a").run}) == len(place.journaled()) == 2
