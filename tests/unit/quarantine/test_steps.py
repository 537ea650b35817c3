"""The ways back as runs, without Spark: whom they wait for, and what they say where nothing is to be done."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from set_aside import delivered

from krn import journal
from krn.config import Config
from krn.lock import hold
from krn.quarantine.chosen import Chosen
from krn.quarantine.drop import Said
from krn.quarantine.fixes import Fix
from krn.quarantine.steps import Step, dropping, fixing, foretelling, rejudging
from krn.running import Asked, execute
from krn.store import Store

HOME = Path(__file__).parents[3]
FIXES = (Fix(1, 5, b"{}"),)
WAYS = {
    "rejudge": rejudging(Chosen(), []),
    "dry-run": foretelling(Chosen(), []),
    "fix": fixing(FIXES, "fixes.jsonl"),
    "drop": dropping(Chosen(), "ann", "a test"),
}


def no_spark() -> SparkSession:
    raise AssertionError("a session was started")


def run(root: Path, step: Step) -> journal.Record:
    config = Config(warehouse=root)
    return execute(Asked("job", ()), config, HOME, Store(no_spark, root), {"job": step})


@pytest.mark.parametrize("way", WAYS)
def test_a_warehouse_at_which_another_run_works_is_left_alone(tmp_path: Path, way: str) -> None:
    with hold(tmp_path, "ingest" if way == "fix" else "silver"):
        assert run(tmp_path, WAYS[way]).exit_code == 75
    assert journal.runs(tmp_path) == []


@pytest.mark.parametrize("way", ["rejudge", "drop"])
def test_before_the_first_verdict_there_is_nothing_to_do(tmp_path: Path, way: str) -> None:
    record = run(tmp_path, WAYS[way])
    assert (record.exit_code, [built.outcome for built in record.tables]) == (0, ["unchanged"])


def test_a_fix_that_is_refused_is_in_the_journal_and_ends_with_2(tmp_path: Path) -> None:
    record = run(delivered(tmp_path, {"row_id": 5, "verdict": "accepted", "reasons": []}), WAYS["fix"])
    assert (record.exit_code, record.sources, record.tables) == (2, (), ())
    assert [told["error"] for told in journal.runs(tmp_path)] == [record.error]
    assert "no open row of quarantine in line 1" in record.error


def test_who_drops_says_when_and_why_and_nothing_that_harms() -> None:
    said = Said("ann", datetime(2026, 11, 24, 6, 30, tzinfo=UTC), "ask bob@example.com\nabout 4111 1111 1111 1111")
    assert said.text == "dropped by ann at 2026-11-24 06:30Z: ask (e-mail) about (card number)"
