"""The commands of metrics and alerts, without a run and without Spark."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from krn.cli import main
from krn.metrics import kept
from krn.metrics.sample import sample

NOW = datetime.now(UTC)


class Told:
    """What a command said, and the code it ended with."""

    def __init__(self, capsys: pytest.CaptureFixture[str], root: Path) -> None:
        self.capsys, self.root, self.code, self.error = capsys, root, 0, ""

    def __call__(self, *args: str) -> Any:
        self.code = 0
        self.capsys.readouterr()
        try:
            main([*args, "--warehouse", str(self.root)])
        except SystemExit as ended:
            self.code = int(ended.code or 0)
        said = self.capsys.readouterr()
        self.error = said.err.splitlines()[-1] if said.err else ""
        return json.loads(said.out) if "--json" in args and said.out else said.out


@pytest.fixture
def krn(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.delenv("KRN_CONFIG", raising=False)
    samples = [
        sample("table_held", 1, table="gold.sales_daily"),
        sample("step_finished_timestamp_seconds", NOW.timestamp(), step="aggregate"),
    ]
    kept.write(tmp_path, "run1", NOW, samples)
    return Told(capsys, tmp_path)


def test_metrics_are_shown(krn: Told) -> None:
    rows = krn("metrics", "--json")
    assert [(row["metric"], row["labels"]) for row in rows] == [
        ("step_finished_timestamp_seconds", "step=aggregate"),
        ("table_held", "table=gold.sales_daily"),
    ]
    (counted,) = krn("sql", "SELECT count(*) AS n FROM ops.metrics WHERE labels['step'] = 'aggregate'", "--json")
    assert counted == {"n": 1}
    assert len(krn("show", "ops.metrics", "--json")) == 2


def test_a_look_finds_what_fires_and_the_next_one_that_it_is_over(krn: Told) -> None:
    assert [(row["alert"], row["state"]) for row in krn("alerts", "check", "--json")] == [("table_held", "fires")]
    assert krn.code == 0
    fires = [row["watch"] for row in krn("alerts", "list", "--json") if row["fires"]]
    assert fires == ["table_held"]
    kept.write(krn.root, "run2", NOW + timedelta(seconds=1), [sample("table_held", 0, table="gold.sales_daily")])
    krn("alerts", "check")
    assert [row["fires"] for row in krn("alerts", "list", "--json") if row["fires"]] == []


def test_a_sink_that_can_not_be_told_ends_with_69_and_the_next_command(
    krn: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = krn.root / "alerts.toml"
    file.write_text(
        '[[sinks]]\nname = "team"\nurl_from = "KRN_ALERT_TEAM"\n[[watches]]\nname = "held"\nseverity = "critical"\n'
        'metric = "table_held"\nwhen = "> 0"\nsays = "x"\nthen = "krn hold list"\nrunbook = "a-table-is-held"\n'
    )
    monkeypatch.setenv("KRN_ALERT_TEAM", "json://127.0.0.1:9/")
    krn("alerts", "check", "--set", f"alerts={file}")
    assert (krn.code, krn.error) == (69, "Not told: team. Next: krn doctor")
    assert krn("alerts", "check", "--dry-run", "--set", f"alerts={file}", "--json")[0]["told"] == "team"
    assert krn.code == 0


def test_a_watch_is_silent_for_as_long_as_is_asked(krn: Told) -> None:
    assert "table_held is silent until" in krn("alerts", "silence", "table_held", "--for", "2h", "--why", "known")
    silent = {row["watch"]: row["silent"] for row in krn("alerts", "list", "--json") if row["silent"]}
    assert silent == {"table_held": "known"}
    krn("alerts", "silence", "table_held", "--for", "0h", "--why", "done")
    assert [row for row in krn("alerts", "list", "--json") if row["silent"]] == []


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["alerts", "silence", "dreams", "--for", "2h", "--why", "x"], "There is no watch dreams."),
        (["alerts", "silence", "table_held", "--for", "2 weeks", "--why", "x"], "is not a length of time"),
        (["alerts", "silence", "table_held", "--for", "2h"], "Missing option '--why'"),
        (["alerts", "check", "--set", "alerts=/none.toml"], "There is no file of alerts /none.toml."),
    ],
)
def test_a_wrong_command_ends_with_2(krn: Told, args: list[str], says: str) -> None:
    krn(*args)
    assert krn.code == 2
    assert says in krn.error
