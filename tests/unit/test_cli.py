"""The command line: what is wrong is said in one sentence with its exit code, and help starts at once."""

import json
import os
from pathlib import Path

import pytest
from starting import started

from krn.cli import krn, main
from krn.errors import UsageError


def ended(*args: str) -> int:
    """The exit code of a command; None, as of a script that just ends, is 0."""
    try:
        main(args)
    except SystemExit as code:
        return int(code.code or 0)
    return 0


@pytest.fixture(autouse=True)
def _as_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("KRN_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("args", [["-h"], ["--version"], ["run", "-h"], ["hold", "list", "--help"]])
def test_help_and_version_end_with_0(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(*args) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(krn.commands))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(name, "--help") == 0
    assert krn.commands[name].help


NOWHERE = ["--warehouse", "no"]
LOOKS = [
    [*of, *NOWHERE] for of in (["history"], ["tables"], ["metrics"], ["hold", "list"], ["quarantine", "show", "7"])
]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["quarantine", *NOWHERE], "There is no warehouse"),
        (["dance"], "No such command 'dance'"),
        (["run", "--colour", "red"], "No such option"),
        (["run", "--clock", "yesterday"], "'yesterday' is not an instant such as"),
        (["show"], "Missing argument 'TABLE'"),
        (["run", "--config", "no.toml"], "There is no configuration file no.toml"),
        (["run", "--timezone", "Europe/Londn"], "timezone: Value error, 'Europe/Londn' is not a time zone"),
        (["ingest", "--set", "colour=red", "--set", "gate=ajar"], "colour: Extra inputs are not permitted"),
        (["ingest", "--set", "colour=red", "--set", "gate=ajar"], "gate: Input should be"),
        (["transform", "--warehouse", "s3://bucket/x"], "only local paths"),
        (["show", "gold.nothing", "--warehouse", "no"], "There is no table gold.nothing in"),
        (["quarantine", "--reason", "bored"], "There is no reason 'bored'"),
        (["quarantine", "--warehouse", "no", "show", "7"], "Options stand before show. Next: krn quarantine show"),
        *((command, "There is no warehouse") for command in LOOKS),
        (["quarantine", "drop", "--why", "because"], "drop needs to know which rows"),
        (["quarantine", "drop", "--row-id", "7"], "Missing option '--why'"),
        (["quarantine", "fix", "--file", "no.jsonl"], "no.jsonl cannot be read"),
    ],
)
def test_a_wrong_command_ends_with_2_and_says_what_is_wrong(
    args: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(*args) == UsageError.exit_code == 2
    assert says in capsys.readouterr().err


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KRN_TIMEZON", "UTC")
    assert ended("tables") == 2
    assert "timezon: Extra inputs are not permitted" in capsys.readouterr().err


def test_a_job_needs_no_configuration_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--warehouse", str(tmp_path / "w"), "--landing", str(tmp_path / "in"), "--timezone", "Europe/London"]
    (tmp_path / "in").mkdir()
    assert ended("ingest", *where, "--clock", "2026-01-31T00:00:00+01:00", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["job"], record["exit_code"], record["clock"]) == ("ingest", 0, "2026-01-31 00:00:00+01:00")
    assert [s["source"] for s in record["sources"]] == ["landing"]


def test_the_configuration_file_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "krn.toml").write_text(f'warehouse = "{tmp_path / "w"}"\n')
    monkeypatch.setenv("KRN_CONFIG", str(tmp_path / "krn.toml"))
    assert ended("ingest", "--json") == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "ok"
    assert (tmp_path / "w").is_dir()


def test_history_and_holds_of_a_new_warehouse_are_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["history"], ["hold", "list"], ["quarantine"]):
        assert ended(*command, "--warehouse", str(tmp_path), "--json") == 0
        assert json.loads(capsys.readouterr().out) == []


def test_history_shows_the_runs_and_how_they_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--warehouse", str(tmp_path / "w")]
    (tmp_path / "in").mkdir()
    for folder in ("in", "gone"):
        ended("ingest", *where, "--landing", str(tmp_path / folder))
    capsys.readouterr()
    assert ended("history", *where, "--json") == 0
    told = [(r["job"], r["outcome"], r["exit_code"]) for r in json.loads(capsys.readouterr().out)]
    assert sorted(told) == [("ingest", "failed", 69), ("ingest", "ok", 0)]


def test_help_loads_nothing_heavy() -> None:
    said, loaded = started("-h")
    assert said.startswith("Usage:")
    assert loaded == set()


def test_a_simulation_pays_by_card_when_asked_to(tmp_path: Path) -> None:
    for name, args in {"shop": [], "town": ["--transactions", "50"]}.items():
        assert ended("simulate", str(tmp_path / name), "--orders", "10", "--days", "3", *args) == 0
    assert (tmp_path / "shop" / "truth" / "frauds.csv").read_text().strip() == ""
    assert (tmp_path / "town" / "truth" / "frauds.csv").read_text().startswith("transaction_id,kind,episode_id\nX0")


@pytest.mark.parametrize("held", [["diary.txt"], ["warehouse"], ["shop", "warehouse", "diary.txt"]])
def test_a_demo_empties_no_folder_but_its_own(tmp_path: Path, held: list[str]) -> None:
    for name in held:
        (tmp_path / name).mkdir()
    assert ended("demo", "--folder", str(tmp_path)) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(held)


@pytest.mark.parametrize("asked", [["--days", "0"], ["--days", "-3"], ["--orders", "-5"], ["--transactions", "-1"]])
def test_a_shop_of_no_days_or_fewer_is_refused(tmp_path: Path, asked: list[str]) -> None:
    assert ended("simulate", str(tmp_path / "new"), *asked) == 2


def test_a_simulation_is_written_into_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert ended("simulate", str(tmp_path / "file")) == 2
