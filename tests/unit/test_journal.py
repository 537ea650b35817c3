"""The journal: one record a run, whole or not there, read back as it was told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from krn import journal
from krn.errors import Unreadable
from krn.gate import Check, Result
from krn.harmless import harmless
from krn.journal import Record
from krn.outcome import Built, Restated
from krn.sources.ingested import Batch, Ingested

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def ran(run: str = "r1", at: datetime = AT, code: int = 0, **told: Any) -> Record:
    return Record(run, "run", at, at + timedelta(seconds=9), at, code, **told)


def test_a_record_comes_back_as_it_was_told(tmp_path: Path) -> None:
    check = Check("grain", "expect_key_to_be_unique", "critical", False, observed=2, unexpected_count=2)
    was = Restated(AT.date(), {"currency": "EUR"}, {"orders": (1, 2), "net_sales": (None, Decimal("3.50"))})
    built = Built("silver.orders", "held", "1 of 1 failed", rows={"insert": 3}, result=Result("t", "hash", 3, (check,)))
    built = replace(built, n_restated=1, restated=(was,))
    taken = Ingested("shop", "landing", "r1", "empty", (Batch(1, 3, 99, 0, files={"loaded": 1}), Batch(2, 4, 9)))
    record = ran(code=3, error="held", sources=(taken,), tables=(built,), notes={"a": 1})
    journal.write(tmp_path, record)
    (found,) = journal.runs(tmp_path)
    assert found == json.loads(json.dumps(journal.as_dict(record), default=str))
    assert (found["outcome"], found["error"], found["sources"][0]["rows"]) == ("held", "held", 7)
    assert found["tables"][0]["rows"] == {"insert": 3}
    assert found["tables"][0]["restated"][0]["measures"] == {"orders": [1, 2], "net_sales": [None, "3.50"]}
    assert (found["tables"][0]["gate"]["status"], found["tables"][0]["gate"]["checks"][0]["id"]) == ("held", "grain")


@pytest.mark.parametrize(("code", "outcome"), [(0, "ok"), (3, "held"), (1, "failed"), (69, "failed"), (143, "failed")])
def test_the_exit_code_is_told_in_a_word(code: int, outcome: str) -> None:
    assert ran(code=code).outcome == outcome


def test_runs_come_oldest_first_across_days_and_the_last_are_the_newest(tmp_path: Path) -> None:
    ids = [journal.new_run_id(AT + timedelta(hours=13 * n)) for n in (2, 0, 1)]
    for n, run in zip((2, 0, 1), ids, strict=True):
        journal.write(tmp_path, ran(run, AT + timedelta(hours=13 * n)))
    assert [r["run"] for r in journal.runs(tmp_path)] == sorted(ids)
    assert [r["run"] for r in journal.runs(tmp_path, last=2)] == sorted(ids)[1:]


def test_so_many_bytes_of_the_newest_are_read_but_one_record_at_least(tmp_path: Path) -> None:
    sizes = [journal.write(tmp_path, ran(f"r{n}", error="x" * 100 * n)).stat().st_size for n in range(4)]
    assert [r["run"] for r in journal.runs(tmp_path, most=sum(sizes[2:]))] == ["r2", "r3"]
    assert [r["run"] for r in journal.runs(tmp_path, last=1, most=sum(sizes))] == ["r3"]
    assert [r["run"] for r in journal.runs(tmp_path, most=1)] == ["r3"]
    assert journal.runs(tmp_path / "none", most=1) == []


def test_runs_of_one_second_come_in_the_order_they_started(tmp_path: Path) -> None:
    starts = [AT + timedelta(milliseconds=n) for n in range(20)]
    ids = [journal.new_run_id(at) for at in starts]
    for run, at in zip(ids, starts, strict=True):
        journal.write(tmp_path, ran(run, at))
    assert [r["run"] for r in journal.runs(tmp_path)] == ids


def test_two_runs_of_one_second_have_two_ids() -> None:
    assert len({journal.new_run_id(AT) for _ in range(10)}) == 10


def test_no_id_of_a_run_is_taken_for_a_card_number() -> None:
    ids = [journal.new_run_id(AT + timedelta(hours=13, milliseconds=997 * n)) for n in range(2_000)]
    assert [run for run in ids if harmless(run) != run] == []


def test_a_draft_of_a_run_that_died_is_not_a_record(tmp_path: Path) -> None:
    path = journal.write(tmp_path, ran())
    path.with_name(".r2.json.99").write_text("{")
    assert [r["run"] for r in journal.runs(tmp_path)] == ["r1"]
    assert [p.name for p in path.parent.iterdir() if p.name.startswith("r")] == ["r1.json"]


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    path = journal.write(tmp_path, ran())
    path.write_text("{")
    with pytest.raises(Unreadable, match=f"{path} is damaged"):
        journal.runs(tmp_path)


def test_no_journal_is_no_runs(tmp_path: Path) -> None:
    assert journal.runs(tmp_path) == []
