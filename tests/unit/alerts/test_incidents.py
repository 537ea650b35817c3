"""Who is told, and when: once when it fires, again after a while, once when it is over, and never of what is silent."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from krn.alerts.firing import Firing
from krn.alerts.incidents import Incident, advanced, due, settled
from krn.alerts.silence import Silence, is_silent, left
from krn.alerts.written import Quiet, Service, Watch

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)  # a Saturday
FILE = {"metric": "table_held", "when": "> 0", "says": "Look.", "then": "krn hold list", "runbook": "a-table-is-held"}
HELD = Firing("held", (), {"gold.a": 1})


class Town:
    """Watches and sinks at a clock that a test moves; what was sent is kept as (sink, kind, what was found)."""

    def __init__(self, *sinks: str, severity: str = "critical", repeat_hours: float = 24) -> None:
        watch = Watch(name="held", severity=severity, repeat_hours=repeat_hours, **FILE)  # type: ignore[arg-type]
        self.watches = {"held": watch}
        self.sinks = [Service(name=name, url_from="KRN_ALERT_X", least="warning") for name in sinks]
        self.incidents: list[Incident] = []
        self.hour = 0.0
        self.broken: set[str] = set()
        self.silences: Mapping[str, Silence] = {}

    @property
    def now(self) -> datetime:
        return NOON + timedelta(hours=self.hour)

    def looks(self, *fires: Firing, hour: float | None = None) -> list[tuple[str, str]]:
        """One look; returns who was told what, but what a broken sink did not take."""
        self.hour = self.hour + 1 if hour is None else hour
        self.incidents = advanced(self.incidents, fires, self.now)
        silent = lambda watch: is_silent(watch, self.silences, (), self.now, "UTC")  # noqa: E731
        notices = due(self.incidents, self.watches, self.sinks, silent, self.now)
        told = [notice for notice in notices if notice.sink not in self.broken]
        names = [sink.name for sink in self.sinks]
        self.incidents = settled(self.incidents, told, self.watches, names, self.now)
        return [(notice.sink, notice.kind) for notice in told]


def test_each_sink_is_told_once_when_it_fires_and_once_when_it_is_over() -> None:
    town = Town("a", "b")
    assert town.looks(HELD) == [("a", "fires"), ("b", "fires")]
    assert town.looks(HELD) == []
    assert town.looks() == [("a", "over"), ("b", "over")]
    assert (town.looks(), town.incidents) == ([], [])


def test_what_goes_on_is_told_again_after_so_many_hours() -> None:
    town = Town("a", repeat_hours=4)
    told = {hour: town.looks(HELD, hour=hour) for hour in (0, 3.9, 4, 7.9, 8)}
    assert [hour for hour, said in told.items() if said] == [0, 4, 8]
    assert told[8] == [("a", "again")]


def test_what_is_never_repeated_is_told_once() -> None:
    town = Town("a", repeat_hours=0)
    assert [bool(town.looks(HELD, hour=hour)) for hour in (0, 100, 1000)] == [True, False, False]


def test_an_incident_keeps_the_instant_at_which_it_began() -> None:
    town = Town("a")
    town.looks(HELD, hour=1)
    town.looks(HELD, hour=5)
    assert [incident.since for incident in town.incidents] == [NOON + timedelta(hours=1)]


def test_what_comes_to_a_group_that_fires_is_told_and_what_leaves_it_is_not() -> None:
    town, both = Town("a"), Firing("held", (), {"gold.a": 1, "gold.b": 1})
    town.looks(HELD)
    assert town.looks(both) == [("a", "fires")]
    assert town.looks(both) == town.looks(HELD) == []
    assert town.looks() == [("a", "over")]


def test_a_sink_that_fails_is_tried_again_and_the_others_are_not_told_twice() -> None:
    town = Town("a", "b")
    town.broken = {"b"}
    assert [town.looks(HELD), town.looks(HELD)] == [[("a", "fires")], []]
    town.broken = set()
    assert [town.looks(HELD), town.looks(HELD)] == [[("b", "fires")], []]


def test_that_it_is_over_is_tried_again_too() -> None:
    town = Town("a")
    town.looks(HELD)
    town.broken = {"a"}
    assert town.looks() == []
    town.broken = set()
    assert (town.looks(), town.looks()) == ([("a", "over")], [])


def test_what_fires_again_before_anybody_heard_that_it_was_over_never_ended() -> None:
    town = Town("a")
    town.looks(HELD)
    town.broken = {"a"}
    town.looks()
    town.broken = set()
    assert town.looks(HELD) == []
    assert town.looks() == [("a", "over")]


def test_who_was_not_told_that_it_fires_is_not_told_that_it_is_over() -> None:
    town = Town("a", "b")
    town.broken = {"a"}
    town.looks(HELD)
    town.broken = set()
    assert (town.looks(), town.incidents) == ([("b", "over")], [])


@pytest.mark.parametrize(("severity", "told"), [("info", False), ("warning", True), ("critical", True)])
def test_a_sink_is_told_of_its_severity_and_what_is_worse(severity: str, told: bool) -> None:
    assert bool(Town("a", severity=severity).looks(HELD)) is told


def test_of_a_silent_watch_nobody_hears_and_later_what_is_then_true() -> None:
    town = Town("a")
    town.silences = {"held": Silence("held", NOON + timedelta(hours=2), "known")}
    assert town.looks(HELD, hour=1) == []
    assert town.looks(HELD, hour=2) == [("a", "fires")]
    town.silences = {"held": Silence("held", NOON + timedelta(hours=5), "known")}
    assert town.looks(hour=3) == town.looks(hour=4) == []
    assert town.looks(hour=5) == [("a", "over")]


def test_what_came_and_went_in_silence_is_told_to_nobody() -> None:
    town = Town("a")
    town.silences = {"held": Silence("held", NOON + timedelta(hours=3), "known")}
    assert [town.looks(HELD, hour=1), town.looks(hour=2), town.looks(hour=4)] == [[], [], []]


def test_a_watch_or_a_sink_that_is_taken_out_of_the_file_is_forgotten() -> None:
    town = Town("a", "b")
    town.looks(HELD)
    town.sinks = town.sinks[:1]
    assert town.looks() == [("a", "over")]
    town.looks(HELD)
    town.watches = {}
    assert (town.looks(), town.incidents) == ([], [])


def test_a_silence_ends_at_its_instant_and_is_then_forgotten() -> None:
    silences = {"held": Silence("held", NOON, "known")}
    assert [is_silent("held", silences, (), NOON + timedelta(seconds=s), "UTC") for s in (-1, 0)] == [True, False]
    assert not is_silent("other", silences, (), NOON - timedelta(hours=1), "UTC")
    assert left(silences, NOON) == {}


def quiet(start: str, end: str, **keys: Any) -> Quiet:
    hours = {"from": time.fromisoformat(start), "until": time.fromisoformat(end), "why": "nobody works"}
    return Quiet.model_validate({**hours, **keys})


@pytest.mark.parametrize(
    ("hours", "times", "silent"),
    [
        (quiet("09:00", "17:00"), ["08:59", "09:00", "16:59", "17:00"], [False, True, True, False]),
        (quiet("22:00", "06:00"), ["21:59", "22:00", "00:00", "05:59", "06:00"], [False, True, True, True, False]),
        (quiet("22:00", "06:00", days=("fri",)), ["05:59", "22:30"], [True, False]),  # of Friday's night
        (quiet("22:00", "06:00", days=("sat",)), ["05:59", "22:30"], [False, True]),
        (quiet("09:00", "17:00", days=("sun", "mon")), ["12:00"], [False]),
        (quiet("09:00", "17:00", watches=("tab*",)), ["12:00"], [False]),
        (quiet("09:00", "17:00", watches=("tab*", "he*")), ["12:00"], [True]),
    ],
)
def test_quiet_hours_are_of_the_day_they_begin_on(hours: Quiet, times: list[str], silent: list[bool]) -> None:
    at = [datetime.combine(NOON.date(), time.fromisoformat(t), UTC) for t in times]
    assert [is_silent("held", {}, [hours], now, "UTC") for now in at] == silent


def test_quiet_hours_are_of_the_zone_of_the_business() -> None:
    hours, now = [quiet("21:00", "21:30")], NOON + timedelta(minutes=15)
    assert is_silent("held", {}, hours, now, "Asia/Tokyo")
    assert not is_silent("held", {}, hours, now, "Europe/London")
