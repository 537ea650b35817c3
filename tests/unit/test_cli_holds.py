"""krn hold: what is held, and what a person decides about it, from the command line and without Spark."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from krn import holding, holds
from krn.cli import main
from krn.gate import Check, Expectation, Result, Suite
from krn.outcome import Run, held
from krn.tables.gold.sales_daily import TABLE

UNITS, TOTAL = (
    Expectation(
        name, "expect_column_values_to_be_between", {"column": name, "min_value": 0}, "critical", "Not below 0."
    )
    for name in ("units", "total")
)
SUITE = Suite(TABLE.name, (UNITS, TOTAL))


@pytest.fixture(autouse=True)
def root(tmp_path: Path) -> Path:
    """A warehouse whose sales are held for two expectations on one day."""
    checks = tuple(
        Check(e.id, e.type, e.severity, False, unexpected_count=2, element_count=9, description=e.description)
        for e in (UNITS, TOTAL)
    )
    built = held(TABLE, Result(TABLE.name, SUITE.hash, 9, checks), {"insert": 3, "same": 1})
    holding.record(
        tmp_path, Run("r2", {}, lambda _: SUITE), TABLE, SUITE, built, {"dates": ["2026-01-05"]}, "/w/candidate"
    )
    return tmp_path


class Line:
    """The command line on a warehouse: what it says, and what it ends with."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys

    def __call__(self, *args: str, ends: int = 0) -> str:
        code = 0
        try:
            main(["hold", *args, "--warehouse", str(self.root)])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = self.capsys.readouterr()
        assert code == ends, said.err
        return said.err if code else said.out

    def told(self, *args: str) -> Any:
        return json.loads(self(*args, "--json"))


@pytest.fixture
def krn(root: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(root, capsys)


def test_the_list_says_why_and_what_to_do_next(krn: Line) -> None:
    (row,) = krn.told("list")
    assert row.pop("since")
    assert row == {
        "table": TABLE.name,
        "status": "held",
        "run": "r2",
        "why": "2 of 2 expectations failed: units, total",
        "waiting": "",
        "released": "",
        "next": "krn hold show gold.sales_daily",
    }


def test_a_hold_is_shown_with_what_failed_where_it_lies_and_the_next_commands(krn: Line) -> None:
    said = krn("show", TABLE.name)
    for part in (
        "gold.sales_daily is held since",
        "It would change 1 day: 2026-01-05 (3 insert).",
        "units        2 of 9  column units, min_value 0  Not below 0.  yes",
        "/w/candidate",
        "Next: krn aggregate",
        'Next: krn hold release gold.sales_daily --expect units --expect total --why "…"',
        'Next: krn hold discard gold.sales_daily --why "…"',
    ):
        assert part in said


def test_json_shows_the_record_with_its_waiver(krn: Line, root: Path) -> None:
    shown = krn.told("show", TABLE.name)
    assert shown.pop("waiver") is None
    assert shown == holds.of(root, TABLE.name)
    krn("release", TABLE.name, "--expect", "units", "--why", "a test order", "--by", "ann")
    assert krn.told("show", TABLE.name)["waiver"]["by"] == "ann"


def test_a_release_says_what_it_leaves_shut_and_the_job_that_publishes(krn: Line) -> None:
    said = krn("release", TABLE.name, "--expect", "units", "--why", "a test order", "--by", "ann").splitlines()
    assert said[0].startswith("Released by ann at ")
    assert said[0].endswith(": units, for 1 day: 2026-01-05: a test order")
    assert said[1:] == ["Not released: total. The table stays held while that fails.", "Next: krn aggregate"]
    assert [(row["released"], row["next"]) for row in krn.told("list")] == [("units", "krn aggregate")]


def test_whoever_is_logged_in_decides_unless_told(krn: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "berta")
    assert krn.told("release", TABLE.name, "--expect", "units", "--why", "a test order")["by"] == "berta"


def test_a_discarded_hold_is_listed_no_more(krn: Line) -> None:
    assert "Next: krn aggregate" in krn("discard", TABLE.name, "--why", "asked for by mistake")
    assert krn.told("list") == []


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["show", "silver.orders"], "silver.orders is not held. Next: krn hold list"),
        (
            ["release", TABLE.name, "--expect", "unit", "--why", "x"],
            "unit did not fail. Next: name some of units, total",
        ),
        (["release", TABLE.name, "--expect", "units", "--why", " "], "--why is empty. Next: say why"),
        (["release", TABLE.name, "--why", "x"], "Missing option '--expect'"),
        (["release", TABLE.name, "--expect", "units"], "Missing option '--why'"),
        (["discard", TABLE.name], "Missing option '--why'"),
    ],
)
def test_a_decision_that_cannot_be_made_ends_with_2(krn: Line, args: list[str], says: str) -> None:
    assert says in krn(*args, ends=2)


def test_what_is_held_is_said_without_starting_spark(krn: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "krn.session", None)
    assert krn("list")
    assert krn("show", TABLE.name)
    assert krn("release", TABLE.name, "--expect", "units", "--why", "a test order")
    assert krn("discard", TABLE.name, "--why", "a test order")


def test_a_reason_steers_no_terminal(krn: Line) -> None:
    krn("release", TABLE.name, "--expect", "units", "--why", "\x1b[31mred", "--by", "\x1b[2Jann")
    assert "\x1b" not in krn("show", TABLE.name) + krn("list")
