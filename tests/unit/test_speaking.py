"""What the command line says: readable, narrow enough, harmless, and pure JSON where a program listens."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
import structlog

from krn import journal
from krn.doctor import Check as Found
from krn.gate.limits import Limits
from krn.gate.result import Check, Result
from krn.journal import Record
from krn.outcome import Built
from krn.sources.ingested import Batch, Ingested
from krn.speaking import log_to_stderr, say_checks, say_model, say_run, say_table

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ADDRESS, ANSI = "ann.smith@example.com", "\x1b[31mred\x9b2J\u202e"
CANARY = f"<script>alert(1)</script> {ADDRESS} {ANSI}"


def ran(*built: Built, sources: tuple[Ingested, ...] = (), code: int = 0, error: str = "") -> dict[str, Any]:
    return journal.as_dict(
        Record("20261124T060000000Z-abc123", "run", AT, AT + timedelta(seconds=83), AT, code, error, sources, built)
    )


def said(record: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    say_run(record, as_json=False)
    return capsys.readouterr().out


def test_a_run_says_what_each_source_gave(capsys):
    folder = Ingested(
        "shop", "landing", "r", "caught_up", (Batch(1, 1000, 9, files={"loaded": 14, "set_aside": 1}),), young=2
    )
    queue = Ingested(
        "orders", "sqs", "r", "empty", (Batch(2, 20, 9, acked=17, ack_expired=2, ack_failed=1), Batch(3, 1, 9, acked=1))
    )
    assert said(ran(sources=(folder, queue)), capsys).splitlines()[1:3] == [
        "shop: 1,000 deliveries in 1 batch, 14 files loaded, 1 file set aside, 2 files too young, caught up",
        "orders: 21 deliveries in 2 batches, 18 acknowledged, 3 will come again, empty",
    ]


def test_a_run_says_the_verdicts_and_where_to_look_at_what_was_set_aside(capsys):
    text = said(
        ran(Built("silver.deliveries", "published", rows={"accepted": 980, "duplicate": 9, "quarantined": 11})), capsys
    )
    assert "judged: 980 accepted, 9 duplicate, 11 quarantined\n" in text
    assert text.endswith("Next: krn quarantine\n")


def test_a_run_says_what_became_of_each_table(capsys):
    text = said(
        ran(
            Built(
                "silver.orders", "published", rows={"insert": 1200, "update": 3, "delete": 0, "same": 9}, seconds=1.25
            )
        ),
        capsys,
    )
    assert "silver.orders  published  +1,200 ~3  1.2\n" in text
    assert text.endswith("Next: krn report\n")


@pytest.mark.parametrize(("outcome", "then"), [("published", "krn run"), ("unchanged", "krn report")])
def test_after_fixes_a_run_corrects_what_is_made_of_the_verdicts_that_changed(outcome, then, capsys):
    took = Ingested("fix", "fix", "r", "empty", (Batch(4, 2, 99),), warnings=("1 taken before",))
    fixed = Built("silver.deliveries", outcome, rows={"accepted": 2, "duplicate": 0, "quarantined": 0, "update": 2})
    text = said({**ran(fixed, sources=(took,)), "job": "quarantine fix"}, capsys)
    assert "fix: 2 deliveries in 1 batch, empty, 1 taken before\n" in text
    assert text.endswith(f"Next: {then}\n")


def test_a_warning_is_said_with_what_was_found(capsys):
    check = Check(
        "c", "expect_x", "warning", False, unexpected_count=3, element_count=20_725, description="totals add up"
    )
    text = said(ran(Built("silver.orders", "published", result=Result("silver.orders", "h", 1, (check,)))), capsys)
    assert "silver.orders warns: totals add up (found 3 of 20,725)\n" in text
    assert "silver.orders  warned" in text


def test_what_was_released_is_said_with_what_was_found(capsys):
    check = Check("c", "expect_x", "critical", False, unexpected_count=3, element_count=20_725, is_waived=True)
    text = said(ran(Built("silver.orders", "published", result=Result("silver.orders", "h", 1, (check,)))), capsys)
    assert "silver.orders is published under a waiver: c (found 3 of 20,725)\n" in text
    assert "silver.orders  waived" in text


def test_a_warning_by_former_runs_says_what_they_found(capsys):
    limits = Limits("pending", 825, 1175, 8, "8 runs on Mondays found 1,000, give or take 175")
    check = Check("c", "expect_x", "warning", False, 500, description="as many as usual", limits=limits)
    text = said(ran(Built("bronze.deliveries", "unchanged", result=Result("b", "h", 1, (check,)))), capsys)
    assert "as many as usual (found 500; 8 runs on Mondays found 1,000, give or take 175)\n" in text


def test_what_is_held_and_what_waits_is_said_and_the_error_has_the_next_command(capsys):
    tables = (
        Built("silver.orders", "held", "1 of 9 expectations failed: c"),
        Built("gold.sales_daily", "waits", "for silver.orders"),
    )
    text = said(ran(*tables, code=3, error="silver.orders held. Next: krn hold list"), capsys)
    assert text.splitlines()[-2:] == [
        "silver.orders held: 1 of 9 expectations failed: c",
        "gold.sales_daily waits: for silver.orders",
    ]


def test_json_is_the_record_and_nothing_else(capsys):
    record = ran(Built("silver.orders", "published", rows={"insert": 1}))
    say_run(record, as_json=True)
    out, err = capsys.readouterr()
    assert json.loads(out) == json.loads(json.dumps(record, default=str))
    assert err == ""


def poisoned() -> dict[str, Any]:
    check = Check(CANARY, "x", "warning", False, observed=CANARY, description=CANARY)
    source = Ingested(CANARY, CANARY, "r", CANARY, (Batch(1, 1, 9, files={CANARY: 1}),), warnings=(CANARY,))
    tables = (Built(CANARY, "held", CANARY, result=Result("t", "h", 1, (check,))), Built(CANARY, CANARY, CANARY))
    return ran(*tables, sources=(source,), code=1, error=CANARY)


@pytest.mark.parametrize("as_json", [True, False])
def test_nothing_out_of_a_record_steers_the_terminal(capsys, as_json):
    say_run(poisoned(), as_json)
    out = capsys.readouterr().out
    assert "alert(1)" in out
    assert not [c for c in out if c != "\n" and not c.isprintable()]


def test_no_address_is_said_of_a_run(capsys):
    text = said(poisoned() | {"tables": [], "run": "r"}, capsys)
    assert "(e-mail)" in text
    assert ADDRESS not in text


@pytest.mark.parametrize("as_json", [True, False])
def test_nothing_out_of_a_table_steers_the_terminal(capsys, as_json):
    say_table(pa.table({"country": [CANARY], CANARY: [["a\nb"]]}), as_json)
    out = capsys.readouterr().out
    assert "alert(1)" in out
    assert not [c for c in out if c != "\n" and not c.isprintable()]


def test_markup_in_a_table_is_text(capsys):
    say_table(pa.table({"note": ["[bold]:smile:[/bold]"]}), as_json=False)
    assert "[bold]:smile:[/bold]" in capsys.readouterr().out


def test_a_table_keeps_every_digit_and_aligns_numbers_to_the_right(capsys):
    say_table(pa.table({"net": [Decimal("1234.5000"), Decimal("-0.0001")], "at": [AT, None]}), as_json=False)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["      net  at", "1234.5000  2026-11-24 06:00:00Z", "  -0.0001"]


def test_a_table_without_rows_says_so(capsys):
    say_table(pa.table({"net": pa.array([], pa.int64())}), as_json=False)
    assert capsys.readouterr().out == "No rows.\n"


def test_a_table_as_json_keeps_amounts_as_text(capsys):
    say_table(pa.table({"net": [Decimal("1234.5000")], "at": [AT]}), as_json=True)
    assert json.loads(capsys.readouterr().out) == [{"net": "1234.5000", "at": "2026-11-24 06:00:00+00:00"}]


def test_a_narrow_terminal_gets_a_block_for_each_row(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "20")
    say_table(pa.table({"table": ["gold.sales_daily"], "stage": ["gold"], "rows": [3]}), as_json=False)
    assert "table: \ngold.sales_daily\nstage: gold\nrows: 3\n" in re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)


def test_a_wrong_finding_says_the_command_that_mends_it(capsys):
    say_checks((Found("python", True, "3.11"), Found("java", False, "none", "make setup")), as_json=False)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "ok     python  3.11",
        "wrong  java    none  Next: make setup",
    ]


def test_findings_as_json_are_all_of_them(capsys):
    say_checks((Found("java", False, "none", "make setup"),), as_json=True)
    assert json.loads(capsys.readouterr().out) == [
        {"name": "java", "ok": False, "detail": "none", "then": "make setup"}
    ]


@pytest.fixture
def logged(capsys):
    """What was logged since."""
    return lambda: capsys.readouterr().err


def test_the_log_is_one_line_of_key_and_value(logged):
    log_to_stderr()
    structlog.get_logger().info("built", table="silver.orders")
    assert re.fullmatch(r"timestamp=\S+Z level=info event=built table=silver.orders\n", logged())


def test_the_log_is_json_when_asked(logged):
    log_to_stderr(as_json=True)
    structlog.get_logger().info("built", rows=3)
    told = json.loads(logged())
    assert (told["event"], told["level"], told["rows"]) == ("built", "info", 3)


def test_nothing_in_the_log_steers_the_terminal_or_names_a_person(logged):
    log_to_stderr()
    structlog.get_logger().error(CANARY, why=CANARY, paths=[CANARY])
    line = logged()
    assert "alert(1)" in line
    assert ADDRESS not in line
    assert not [c for c in line[:-1] if not c.isprintable()]


def test_importing_what_speaks_imports_nothing_that_is_slow():
    slow = {"rich", "structlog", "pyarrow", "pyspark", "krn.doctor"}
    code = f"import sys, krn.speaking; print(sorted({slow} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("body", ['{"data":{"card_id":"4111111111111111"}}', "4111111111111111", "4111 111111111111\n"])
def test_a_body_is_shown_without_the_card_number_in_it_and_a_number_that_is_an_id_as_it_is(capsys, as_json, body):
    say_table(pa.table({"payload": [body], "order_id": ["4111111111111111"]}), as_json)
    text = capsys.readouterr().out
    assert "(card number)" in text and text.count("4111111111111111") == 1


def test_a_card_id_is_no_id_to_show_where_it_is_a_number(capsys):
    say_table(pa.table({"card_id": ["4111111111111111"]}), as_json=True)
    assert json.loads(capsys.readouterr().out) == [{"card_id": "(card number)"}]


@pytest.mark.parametrize(
    ("status", "why", "said_of_it"),
    [
        ("stale", "v1 is 61 days old", ["only rules score: v1 is 61 days old"]),
        ("damaged", "v1 is damaged", ["only rules score: v1 is damaged"]),
        ("fresh", "v2 is damaged", ["v2 is damaged"]),
        ("fresh", "", []),
        ("absent", "no model v1 was trained", []),
    ],
)
def test_a_run_says_why_no_model_scores_any_longer_and_which_one_is_damaged(capsys, status, why, said_of_it):
    record = ran() | {"notes": {"fraud_model": {"status": status, "why": why, "version": "v1"}}}
    assert [line for line in said(record, capsys).splitlines() if re.search(r"\bv\d ", line)] == said_of_it


def test_a_model_says_what_it_learned_and_how_it_ranks_beside_the_rules(capsys):
    ranks = {"average_precision": 0.7123, "card_precision": 0.3}
    held_out = {"held_out": ["2026-01-22", "2026-01-28"], "capacity": 100, "model": ranks, "rules": ranks}
    made = {"version": "v1", "transactions": 1000, "frauds": 9, "first": "2026-01-01", "last": "2026-01-28"}
    say_model(made | {"measured": held_out, "importances": {"amount": 0.75, "kmh": 0.25}}, as_json=False)
    ranked = "not learned from: average precision 0.712, fraud on 30.0% of the first 100 cards of a day"
    assert capsys.readouterr().out.splitlines() == [
        "v1: 1,000 transactions from 2026-01-01 to 2026-01-28, 9 of them fraud",
        f"model on 2026-01-22 to 2026-01-28, {ranked}",
        f"rules on 2026-01-22 to 2026-01-28, {ranked}",
        "It looks most at amount (75%), kmh (25%).",
    ]


def test_a_model_that_was_not_measured_says_so(capsys):
    made = {"version": "v1", "transactions": 10, "frauds": 1, "first": "2026-01-01", "last": "2026-01-07"}
    say_model(made | {"measured": None, "importances": {"amount": 1.0}}, as_json=False)
    assert "How well it ranks is not known" in capsys.readouterr().out
