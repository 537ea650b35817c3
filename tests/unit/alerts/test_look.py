"""One look at a warehouse: the sinks are told, the state outlives it, and a person reads what to do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from receiver import Web, serving

from krn.alerts import checking, state
from krn.alerts.checking import Looked
from krn.alerts.incidents import Incident, Notice
from krn.alerts.listing import looked, watches
from krn.alerts.message import message
from krn.alerts.written import Alerts, Watch
from krn.config import Config, Landing
from krn.errors import Busy, Unreadable, UsageError
from krn.lock import hold
from krn.metrics import kept
from krn.metrics.sample import sample

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HELD = {
    "name": "held",
    "severity": "critical",
    "metric": "table_held",
    "when": "> 0",
    "says": "the gate did not open.",
    "then": "krn hold list",
    "runbook": "a-table-is-held",
    "over": "It opened.",
}
SILENT = {
    **HELD,
    "name": "silent",
    "metric": "source_last_delivery_timestamp_seconds",
    "when": "> 6 h",
    "group_by": ["source"],
}
SINK = {"name": "team", "url_from": "KRN_ALERT_TEAM"}


class Place:
    """A warehouse whose metrics a test writes, a file of alerts, and a sink that keeps the titles it is told."""

    def __init__(self, root: Path, web: Web) -> None:
        self.config = Config(warehouse=root, sources=(Landing(name="shop", path=root),))
        self.alerts = Alerts.model_validate({"watches": [HELD, SILENT], "sinks": [SINK]})
        self.web, self.url, self.runs = web, f"json://{web.address}/", 0

    @property
    def told(self) -> list[Any]:
        return [body for _, body in self.web.posted]

    def ran(self, at: datetime = NOON, **held: int) -> None:
        samples = [sample("table_held", value, table=f"gold.{name}") for name, value in held.items()]
        self.runs += 1
        kept.write(self.config.warehouse, f"run{self.runs}", at, samples)

    def look(self, hours: float = 0, dry_run: bool = False) -> Looked:
        now = NOON + timedelta(hours=hours)
        return checking.check(self.config, self.alerts, {"KRN_ALERT_TEAM": self.url}.get, now, dry_run=dry_run)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    web = Web()
    with serving(web.server):
        yield Place(tmp_path, web)


def test_a_table_that_is_held_and_opens_is_told_twice(place: Place) -> None:
    place.ran(sales_daily=1)
    place.look()
    place.look(hours=1)
    place.ran(NOON + timedelta(hours=2), sales_daily=0)
    place.look(hours=2)
    assert [(one["title"], one["message"].splitlines()[0]) for one in place.told] == [
        ("krn: held", "Critical: the gate did not open."),
        ("krn: held", "Over: It opened."),
    ]
    assert state.load(place.config.warehouse).incidents == []


def test_where_there_is_no_sink_the_log_says_what_begins_and_what_ends(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.alerts = place.alerts.model_copy(update={"sinks": ()})
    for hour, held in enumerate((1, 1, 0, 0)):
        place.ran(NOON + timedelta(hours=hour), sales_daily=held)
        place.look(hour)
    said = capsys.readouterr().out
    assert (said.count("alert_fires"), said.count("alert_over")) == (1, 1)
    assert state.load(place.config.warehouse).incidents == []


def test_silence_of_a_source_is_found_when_no_run_runs(place: Place) -> None:
    last = sample("source_last_delivery_timestamp_seconds", NOON.timestamp(), source="shop")
    kept.write(place.config.warehouse, "run", NOON, [last])
    assert [len(place.look(hours).told) for hours in (1, 5, 7, 8)] == [0, 0, 1, 0]
    assert place.told[0]["title"] == "krn: silent source=shop"
    assert "- shop: 7.0 h (source_last_delivery_timestamp_seconds > 6 h)" in place.told[0]["message"]


def test_what_fires_goes_on_however_often_other_jobs_run(place: Place) -> None:
    """Ingest every ten minutes, and the steps that the watch is of never again: it has not ended after 17 hours."""
    last = sample("source_last_delivery_timestamp_seconds", NOON.timestamp(), source="shop")
    kept.write(place.config.warehouse, "run", NOON, [last])
    for n in range(1, 103):
        place.ran(NOON + timedelta(minutes=10 * n))
    assert [len(place.look(hours).told) for hours in (7, 17, 30)] == [1, 0, 0]
    assert [incident.over_at for incident in place.look(hours=30).incidents] == [None]


def test_sources_and_tables_that_the_configuration_has_no_longer_are_not_watched(place: Place) -> None:
    gone = sample("source_last_delivery_timestamp_seconds", NOON.timestamp(), source="gone")
    kept.write(place.config.warehouse, "run", NOON, [gone, sample("table_held", 1, table="gold.gone")])
    assert place.look(hours=9).incidents == ()
    place.ran(payment_mix=1, sales_daily=1)
    place.config = place.config.model_copy(update={"tables": ("gold.payment_*",)})
    assert [incident.found for incident in place.look().incidents] == [{"gold.payment_mix": 1}]


def test_a_dry_run_tells_nobody_and_remembers_nothing(place: Place) -> None:
    place.ran(sales_daily=1)
    assert [notice.sink for notice in place.look(dry_run=True).told] == ["team"]
    assert (place.told, (place.config.warehouse / "ops/alerts.json").exists()) == ([], False)
    assert len(place.look().told) == 1


@pytest.mark.parametrize("url", ["json://127.0.0.1:9/", ""])
def test_a_sink_that_fails_is_told_by_the_next_look(place: Place, url: str) -> None:
    place.ran(sales_daily=1)
    right, place.url = place.url, url
    assert [notice.sink for notice in place.look().failed] == ["team"]
    place.url = right
    assert [notice.sink for notice in place.look(hours=1).told] == ["team"]
    assert "Since 2026-01-31 12:00 UTC." in place.told[0]["message"]


def test_a_sink_that_fails_is_left_alone_until_the_next_look(place: Place) -> None:
    place.ran(sales_daily=1)
    last = sample("source_last_delivery_timestamp_seconds", NOON.timestamp(), source="shop")
    kept.write(place.config.warehouse, "run", NOON, [last])
    place.web.status = 500
    assert (len(place.look(hours=7).failed), len(place.told)) == (2, 1)


@pytest.mark.parametrize(
    "text", ["{", '{"silences": []}', '{"incidents": [{}], "silences": []}', '{"incidents": [7], "silences": 1}']
)
def test_a_state_that_is_damaged_is_named(place: Place, text: str) -> None:
    file = place.config.warehouse / "ops" / "alerts.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(Unreadable, match=r"alerts\.json is damaged: .* Next: move it away"):
        place.look()


def test_a_person_can_silence_a_watch_for_a_while(place: Place) -> None:
    place.ran(sales_daily=1)
    checking.silence(place.config, place.alerts, "held", NOON + timedelta(hours=2), "known")
    assert [len(place.look(hours).told) for hours in (0, 1, 2)] == [0, 0, 1]
    assert state.load(place.config.warehouse).silences == {}


def test_only_a_watch_can_be_silenced(place: Place) -> None:
    with pytest.raises(UsageError, match=r"There is no watch hold\. Next: krn alerts list"):
        checking.silence(place.config, place.alerts, "hold", NOON, "known")


def test_two_looks_at_once_tell_nobody_twice(place: Place) -> None:
    with hold(place.config.warehouse, "alerts"), pytest.raises(Busy):
        place.look()


def test_a_warehouse_that_is_not_there_is_not_made_by_a_look(tmp_path: Path) -> None:
    nowhere = Config(warehouse=tmp_path / "nowhere")
    with pytest.raises(UsageError, match="There is no warehouse"):
        checking.check(nowhere, Alerts(), {}.get, NOON)
    assert not nowhere.warehouse.exists()


def test_the_state_comes_back_as_it_was_written(tmp_path: Path) -> None:
    over = Incident("a", "a x=y", NOON, NOON, {"y": 0.5}, {"team": NOON}, NOON + timedelta(hours=1))
    written = state.State([over], {"a": checking.Silence("a", NOON, "known")})
    state.save(tmp_path, written)
    assert state.load(tmp_path) == written


def test_the_list_says_what_fires_and_what_is_silent(place: Place) -> None:
    place.ran(sales_daily=1)
    place.look()
    checking.silence(place.config, place.alerts, "silent", NOON + timedelta(hours=2), "known")
    rows = watches(place.config, place.alerts, NOON).to_pylist()
    assert [(r["watch"], r["fires"], r["since"], r["told"], r["silent"]) for r in rows] == [
        ("held", "held", NOON, "team", ""),
        ("silent", "", None, "", "known"),
    ]


def test_a_look_says_what_it_found(place: Place) -> None:
    place.ran(sales_daily=1, payment_mix=1)
    (row,) = looked(place.look()).to_pylist()
    assert (row["alert"], row["state"], row["found"], row["told"], row["not told"]) == (
        "held",
        "fires",
        "gold.payment_mix, gold.sales_daily",
        "team",
        "",
    )


def said(kind: Any, found: dict[str, float], over_at: datetime | None = None, **keys: Any) -> list[str]:
    watch = Watch.model_validate({**HELD, **keys})
    incident = Incident("held", "held", NOON, NOON, found, {}, over_at)
    return message(Notice(incident, "team", kind), watch).body.splitlines()


def test_an_alert_says_what_it_means_what_was_found_the_next_command_and_where_to_read_on() -> None:
    assert said("fires", {"gold.a": 1}) == [
        "Critical: the gate did not open.",
        "- gold.a: 1 (table_held > 0)",
        "Since 2026-01-31 12:00 UTC.",
        "Next: krn hold list",
        "Runbook: docs/runbook.md#a-table-is-held",
    ]
    assert said("again", {"gold.a": 1})[0] == "Still critical: the gate did not open."


def test_the_recovery_note_says_from_when_to_when() -> None:
    assert said("over", {}, NOON + timedelta(hours=3)) == [
        "Over: It opened.",
        "It began 2026-01-31 12:00 UTC and ended 2026-01-31 15:00 UTC.",
    ]


def test_of_many_only_ten_are_named() -> None:
    lines = said("fires", {f"gold.{n}": 1 for n in range(12)})
    assert [line for line in lines if line.startswith("- ")][-1] == "- and 2 more"
    assert len(lines) == 1 + 11 + 3


@pytest.mark.parametrize(
    ("value", "shown", "keys"),
    [
        (0.12345, "0.123", {"metric": "quarantine_share", "when": "> 0.1"}),
        (5400, "1.5 h", {"metric": "latency_seconds", "when": "> 1 h"}),
        (250000, "250,000", {"metric": "source_backlog", "when": "> 100000"}),
    ],
)
def test_numbers_are_short(value: float, shown: str, keys: dict[str, str]) -> None:
    assert said("fires", {"x": value}, **keys)[1].split(" (")[0] == f"- x: {shown}"
