"""What a person decides about a held table: recorded with who, when and why, and refused where it would do harm."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from krn import holds, journal, lock, reading, waivers
from krn.decisions import Decision, discard, release
from krn.errors import Busy, UsageError
from krn.waivers import Seen

TABLE = "silver.orders"
ANN = Decision("ann", "orders of the producer's own test", datetime(2026, 2, 1, 6, tzinfo=UTC))
LATER = replace(ANN, at=ANN.at + timedelta(hours=1))
SCOPE = {"keys": 2, "folder": f"_candidates/{TABLE}/r2/scope"}


def failed(name: str, never: str = "", error: str = "") -> dict[str, Any]:
    found = {"observed": None, "unexpected_count": 2, "element_count": 9, "error": error}
    return {"id": name, "statement": f"{name} as it is", "never": never, **found}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A warehouse with one held table."""
    put(
        tmp_path,
        failed("total"),
        failed("lines"),
        failed("grain", "rows are merged by the key"),
        failed("odd", "", "KeyError"),
    )
    keys = tmp_path / SCOPE["folder"]  # type: ignore[operator]
    keys.mkdir(parents=True)
    (keys / "part-0.parquet").write_bytes(b"keys")
    return tmp_path


def put(root: Path, *found: Mapping[str, Any], **other: Any) -> None:
    holds.put(root, TABLE, {"run": "r2", "why": "it failed", "scope": SCOPE, "failed": found, **other})


def test_a_release_says_who_when_why_and_what_was_seen(root: Path) -> None:
    waiver = release(root, TABLE, ["total"], ANN)
    assert waivers.open_of(root, TABLE) == waiver
    assert (waiver.table, waiver.run, waiver.by, waiver.why) == (TABLE, "r2", ANN.by, ANN.why)
    assert (waiver.at, waiver.state) == ("2026-02-01T06:00:00+00:00", "open")
    assert waiver.seen == {"total": Seen("total as it is", 2, None)}


def test_a_release_publishes_nothing_and_leaves_the_hold(root: Path) -> None:
    before = holds.every(root)
    release(root, TABLE, ["total"], ANN)
    assert holds.every(root) == before


def test_a_release_outlives_the_candidate_that_it_was_given_for(root: Path) -> None:
    waiver = release(root, TABLE, ["total"], ANN)
    (root / SCOPE["folder"] / "part-0.parquet").unlink()  # type: ignore[operator]
    assert waiver.scope["keys"] == 2
    assert [path.read_bytes() for path in (root / waiver.scope["folder"]).iterdir()] == [b"keys"]


def test_the_keys_of_a_release_go_when_it_is_closed_and_its_record_stays(root: Path) -> None:
    waiver = release(root, TABLE, ["total"], ANN)
    waivers.settle(root, TABLE, [{}, {"waivers": [waiver.id]}, {"run": "r1"}], version=7)
    assert not (root / waiver.scope["folder"]).exists()
    assert waivers.every(root, TABLE) == [replace(waiver, state="spent", version=7)]
    assert waivers.open_of(root, TABLE) is None


def test_a_release_that_no_commit_names_has_lapsed(root: Path) -> None:
    release(root, TABLE, ["total"], ANN)
    waivers.settle(root, TABLE, [{}, {"waivers": ["another"]}], version=7)
    assert [waiver.state for waiver in waivers.every(root, TABLE)] == ["lapsed"]


def test_without_an_open_release_no_commit_is_looked_at(root: Path) -> None:
    def unread() -> Iterator[Mapping[str, Any]]:
        raise AssertionError("a commit was read")
        yield

    waivers.settle(root, TABLE, unread(), version=7)


def test_a_second_release_takes_the_place_of_the_first(root: Path) -> None:
    release(root, TABLE, ["total"], ANN)
    second = release(root, TABLE, ["lines"], LATER)
    assert [waiver.state for waiver in waivers.every(root, TABLE)] == ["replaced", "open"]
    assert waivers.open_of(root, TABLE) == second


def test_a_discard_removes_hold_candidate_and_waiver(root: Path) -> None:
    release(root, TABLE, ["total"], ANN)
    assert discard(root, TABLE, LATER)["run"] == "r2"
    assert (holds.every(root), waivers.open_of(root, TABLE)) == ([], None)
    assert not (root / "_candidates" / TABLE).exists()


def test_decisions_are_in_the_journal_and_in_the_history(root: Path) -> None:
    release(root, TABLE, ["total", "lines"], ANN)
    discard(root, TABLE, LATER)
    told = [(record["job"], record["notes"]) for record in journal.runs(root)]
    said = {"table": TABLE, "held": "r2", "by": "ann", "why": ANN.why}
    assert told == [("hold release", {**said, "expectations": ["total", "lines"]}), ("hold discard", said)]
    assert reading.runs(root)["note"].to_pylist() == [
        "silver.orders, total, lines, by ann: orders of the producer's own test",
        "silver.orders, by ann: orders of the producer's own test",
    ]


@pytest.mark.parametrize(
    "decide", [lambda root: release(root, TABLE, ["total"], ANN), lambda r: discard(r, TABLE, ANN)]
)
def test_what_cannot_be_told_to_the_journal_is_not_done(root: Path, decide: Callable[[Path], object]) -> None:
    before = holds.every(root)
    (root / "ops" / "runs").write_text("no folder")
    with pytest.raises(OSError, match="runs"):
        decide(root)
    assert (holds.every(root), waivers.every(root, TABLE)) == (before, [])
    assert (root / SCOPE["folder"]).exists()  # type: ignore[operator]


def test_the_journal_shows_no_address_and_no_card_number_of_a_reason(root: Path) -> None:
    why = "ann@example.org asked, card 4111 1111 1111 1111"
    assert release(root, TABLE, ["total"], replace(ANN, why=why)).why == "(e-mail) asked, card (card number)"
    assert journal.runs(root)[0]["notes"]["why"] == "(e-mail) asked, card (card number)"


@pytest.mark.parametrize(
    ("ids", "says"),
    [
        (["totals"], r"totals did not fail\. Next: name some of total, lines, grain, odd"),
        (["total", "grain"], r"grain can't be waived: rows are merged by the key\. Next: mend what grain found"),
        (["odd"], r"odd could not be judged: KeyError\. Next: mend the suite"),
    ],
)
def test_what_cannot_be_waived_is_refused_with_the_reason(root: Path, ids: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        release(root, TABLE, ids, ANN)
    assert (waivers.every(root, TABLE), journal.runs(root)) == ([], [])


def test_a_table_that_is_not_held_can_be_neither_released_nor_discarded(root: Path) -> None:
    for decide in (lambda: release(root, "gold.x", ["total"], ANN), lambda: discard(root, "../..", ANN)):
        with pytest.raises(UsageError, match=r"is not held\. Next: krn hold list"):
            decide()


def test_a_table_that_no_expectation_holds_cannot_be_released(root: Path) -> None:
    put(root)
    with pytest.raises(UsageError, match="held, but by no expectation: it failed"):
        release(root, TABLE, ["total"], ANN)


def test_events_that_come_to_a_new_contract_version_are_released_all_or_not_at_all(root: Path) -> None:
    put(root, failed("total"), scope={})
    with pytest.raises(UsageError, match="all or nothing"):
        release(root, TABLE, ["total"], ANN)


def test_a_release_needs_the_keys_that_the_hold_is_about(root: Path) -> None:
    shutil.rmtree(root / "_candidates")
    with pytest.raises(UsageError, match=r"is gone\. Next: run again"):
        release(root, TABLE, ["total"], ANN)
    discard(root, TABLE, ANN)
    assert holds.every(root) == []


def test_nothing_is_decided_while_a_run_works_on_the_table(root: Path) -> None:
    with lock.hold(root, "silver"), pytest.raises(Busy):
        release(root, TABLE, ["total"], ANN)
    with lock.hold(root, "silver"), pytest.raises(Busy):
        discard(root, TABLE, ANN)
    assert holds.every(root)
