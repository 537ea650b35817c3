"""What expectations with limits found is kept by table for twelve weeks, bounded, and read back as it was."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from krn import watched
from krn.errors import Unreadable
from krn.gate import Check, Result
from krn.gate.limits import Limits
from krn.history import Watched
from krn.journal import Record
from krn.outcome import Built

AT = datetime(2026, 6, 1, 6, tzinfo=UTC)
TABLE = "gold.sales_daily"


def built(observed: Any, table: str = TABLE, outcome: str = "published", kind: str = "whole") -> Built:
    limits = Limits(kind, None, None, 0, "no limits yet")
    plain = Check("rows", "expect_x", "critical", True, 7)
    usual = Check("usual", "expect_x", "info", True, observed, limits=limits)
    return Built(table, outcome, result=Result(table, "hash", 1, (plain, usual)))


@pytest.fixture
def kept(tmp_path: Path) -> Callable[..., list[tuple[str, str, float]]]:
    """What is read after a run with these tables."""

    def keep(*tables: Built, at: datetime = AT) -> list[tuple[str, str, float]]:
        watched.keep(tmp_path, Record("r", "run", at, at, at, 0, tables=tables))
        return [(seen.table, seen.kind, seen.observed) for seen in watched.read(tmp_path, at)]

    return keep


def test_a_number_is_kept_by_table_kind_and_clock(tmp_path: Path) -> None:
    watched.keep(tmp_path, Record("r", "run", AT, AT + timedelta(hours=1), AT, 0, tables=(built(500),)))
    assert watched.read(tmp_path, AT) == (Watched(TABLE, "usual", "whole", AT, 500),)


@pytest.mark.parametrize(("observed", "number"), [(3, 3), (0.5, 0.5), (Decimal("2.50"), 2.5), (0, 0)])
def test_numbers_stay_whole_or_broken_and_exact_ones_become_numbers(kept, observed, number) -> None:
    ((*_, found),) = kept(built(observed))
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize("observed", [None, "2026-01-01", float("nan"), Decimal("Infinity")])
def test_what_is_no_number_is_not_kept(kept, observed) -> None:
    assert kept(built(observed)) == []


def test_only_tables_whose_gates_opened_count(kept) -> None:
    assert kept(built(1, outcome="held"), Built("gold.x", "waits"), built(2, outcome="unchanged")) == [
        (TABLE, "whole", 2)
    ]


def test_a_table_that_is_gated_twice_in_a_run_tells_both(kept) -> None:
    name = "silver.deliveries"
    twice = built(1, name, kind="readapted"), built(2, name, kind="pending")
    assert kept(*twice) == [(name, "readapted", 1), (name, "pending", 2)]


def test_what_is_older_than_twelve_weeks_tells_nothing(kept) -> None:
    kept(built(1))
    assert len(kept(built(2), at=AT + timedelta(weeks=12))) == 2
    assert len(kept(built(3), at=AT + timedelta(weeks=12, hours=1))) == 2


def test_a_file_has_the_newest_gates_and_no_more(kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "MOST", 2)
    assert [[found for *_, found in kept(built(n))] for n in range(4)] == [[0], [0, 1], [1, 2], [2, 3]]


def test_a_run_without_such_numbers_leaves_no_file(kept, tmp_path: Path) -> None:
    assert kept(Built("gold.x", "published")) == []
    assert not (tmp_path / "ops").exists()


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"gates": [{"at": "noon"}]}', '{"gates": [7]}'])
def test_a_file_that_is_damaged_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "ops/watched").mkdir(parents=True)
    (tmp_path / "ops/watched/gold.x.json").write_text(text)
    with pytest.raises(Unreadable, match=r"gold\.x\.json is damaged"):
        watched.read(tmp_path, AT)
