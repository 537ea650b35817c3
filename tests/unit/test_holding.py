"""What is written down of a hold, and who waits for it."""

from pathlib import Path

import pytest

from krn import cursors, holding, holds
from krn.cursors import Cursor
from krn.gate import Check, Expectation, Result, Suite
from krn.outcome import Built, Run, held
from krn.tables.every import TABLES
from krn.tables.gold.sales_daily import TABLE as SALES_DAILY

KWARGS = {"column": "units", "min_value": 0, "mostly": 1.0}
UNITS = Expectation("units", "expect_column_values_to_be_between", KWARGS, "critical", "Not below 0.", "Look at kind.")
GRAIN = Expectation("grain", "expect_key_to_be_unique", {"columns": ["channel"]}, "critical")
SUITE = Suite(SALES_DAILY.name, (UNITS, GRAIN))
DATES = {"dates": ["2026-01-05"]}


def shut() -> Built:
    checks = (
        Check("units", UNITS.type, "critical", False, unexpected_count=2, element_count=9),
        Check("grain", GRAIN.type, "critical", True, observed=0),
    )
    return held(SALES_DAILY, Result(SUITE.table, SUITE.hash, 9, checks), {"insert": 3})


def record(root: Path, run: str) -> dict[str, object]:
    holding.record(root, Run(run, {}, lambda _: SUITE), SALES_DAILY, SUITE, shut(), DATES, "/candidate")
    (found,) = holds.every(root)
    return found


def test_a_hold_has_what_a_person_decides_by(tmp_path: Path) -> None:
    found = record(tmp_path, "r2")
    assert {name: found[name] for name in ("table", "run", "why", "status", "candidate", "rows", "scope")} == {
        "table": SALES_DAILY.name,
        "run": "r2",
        "why": "1 of 2 expectations failed: units",
        "status": "held",
        "candidate": "/candidate",
        "rows": {"insert": 3},
        "scope": DATES,
    }
    assert found["failed"] == [
        {
            "id": "units",
            "type": UNITS.type,
            "severity": "critical",
            "description": "Not below 0.",
            "notes": "Look at kind.",
            "statement": UNITS.statement,
            "observed": None,
            "unexpected_count": 2,
            "element_count": 9,
            "error": "",
            "asks": "column units, min_value 0, mostly 1.0",
            "never": "",
        }
    ]


def test_a_table_that_is_held_again_is_held_since_it_was_first(tmp_path: Path) -> None:
    first = record(tmp_path, "r2")
    holds.put(tmp_path, SALES_DAILY.name, {**first, "since": "2026-01-05T06:00:00+00:00"})
    again = record(tmp_path, "r3")
    assert (again["run"], again["since"]) == ("r3", "2026-01-05T06:00:00+00:00")


def reflects(root: Path, table: str, through: int) -> None:
    cursors.save(root, Cursor(table, 0, "id", through, "", {}))


def test_whatever_is_made_of_a_held_table_waits(tmp_path: Path) -> None:
    reflects(tmp_path, "silver.deliveries", 8)
    assert "gold.fraud_alerts" in holding.waiting(tmp_path, "gold.fraud_scores")
    assert "silver.buyers" not in holding.waiting(tmp_path, "gold.fraud_scores")
    assert {"silver.buyers", "gold.sales_daily"} <= {*holding.waiting(tmp_path, "silver.orders")}
    assert holding.waiting(tmp_path, "gold.sales_by_country") == []
    assert holding.waiting(tmp_path, "silver.payments", ["gold.payment_mix"]) == ["gold.payment_mix"]


@pytest.mark.parametrize("name", ["bronze.deliveries", "silver.deliveries"])
def test_nothing_reaches_any_table_while_judge_is_stopped(tmp_path: Path, name: str) -> None:
    reflects(tmp_path, "silver.deliveries", 8)
    stopped = {"bronze.deliveries", name}
    assert holding.waiting(tmp_path, name) == [t.name for t in TABLES if t.name not in stopped]


@pytest.mark.parametrize(("through", "waits"), [(7, True), (8, False)])
def test_nobody_waits_for_a_table_that_reflects_all_that_was_judged(tmp_path: Path, through: int, waits: bool) -> None:
    reflects(tmp_path, "silver.deliveries", 8)
    reflects(tmp_path, "silver.orders", through)
    assert bool(holding.waiting(tmp_path, "silver.orders")) is waits
