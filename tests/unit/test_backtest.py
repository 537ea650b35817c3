"""krn fraud backtest: rules replayed over what was published, judged by what is known by now."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyspark.sql.pandas.types import to_arrow_schema

from krn import journal
from krn.backtest import ALL, TOGETHER, backtest
from krn.cli import main
from krn.errors import UsageError
from krn.journal import Record
from krn.outcome import Built
from krn.tables.gold.transaction_features import TABLE as FEATURES
from krn.tables.rules import Rule, RuleSet
from krn.tables.silver.labels import TABLE as LABELS
from krn.tables.table import Table

DAY = date(2026, 1, 5)
FAR = Rule("far", 1, 60, "coalesce(km > 100, false)", "km", "100")
DEAR = Rule("dear", 1, 90, "amount > 50", "amount", "50")
RULES = RuleSet("mine", (FAR, DEAR))


def transaction(name: str, card: str, day: int, amount: int, km: float | None = None, currency: str = "EUR") -> Any:
    told = {"transaction_id": name, "card_id": card, "amount": Decimal(amount), "currency": currency, "km": km}
    return told | {"business_date": DAY + timedelta(days=day)}


def label(name: str, word: str = "fraud", is_latest: bool = True, decision: str = "approved") -> dict[str, Any]:
    known = {"known_at": datetime(2026, 1, 12, tzinfo=UTC), "is_latest": is_latest, "decision": decision}
    return {"transaction_id": name, "label": word, **known}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    _write(
        tmp_path,
        FEATURES,
        [
            transaction("1", "a", 0, 60, km=200.0),
            transaction("2", "a", 0, 10, km=200.0),
            transaction("3", "b", 1, 70),
            transaction("4", "b", 9, 80),
            transaction("5", "c", 1, 10),
            transaction("6", "c", 1, 60, currency="GBP"),
            transaction("7", "c", 10, 900),
        ],
    )
    _write(tmp_path, LABELS, [label("1"), label("3", is_latest=False), label("3", "genuine"), label("4"), label("5")])
    return tmp_path


def _write(root: Path, table: Table, rows: list[dict[str, Any]]) -> None:
    whole = [dict.fromkeys(table.schema.names) | row for row in rows]
    path = root.joinpath(*table.name.split("."))
    path.mkdir(parents=True)
    write_deltalake(str(path), pa.Table.from_pylist(whole, to_arrow_schema(table.schema)))


def test_rules_are_judged_by_matured_transactions_alone_and_together(root: Path) -> None:
    """On the 14th of January, seven days late, the 6th is matured and the 14th is not."""
    found = backtest(root, RULES, DAY, DAY + timedelta(days=9), today=date(2026, 1, 14), label_delay_days=7)
    names = ("rule", "currency", "alerts_a_day", "hits", "matured_hits", "frauds_hit", "frauds", "precision", "recall")
    assert [tuple(row[name] for name in names) for row in found.to_pylist()] == [
        ("far", "EUR", 0.1, 2, 2, 1, 2, 0.5, 0.5),
        ("far", "GBP", 0.0, 0, 0, 0, 0, None, None),
        ("far", ALL, 0.1, 2, 2, 1, 2, 0.5, 0.5),
        ("dear", "EUR", 0.3, 3, 2, 1, 2, 0.5, 0.5),
        ("dear", "GBP", 0.1, 1, 1, 0, 0, 0.0, None),
        ("dear", ALL, 0.4, 4, 3, 1, 2, 0.3333, 0.5),
        (TOGETHER, "EUR", 0.3, 4, 3, 1, 2, 0.3333, 0.5),
        (TOGETHER, "GBP", 0.1, 1, 1, 0, 0, 0.0, None),
        (TOGETHER, ALL, 0.4, 5, 4, 1, 2, 0.25, 0.5),
    ]
    assert found["amount_saved"].to_pylist() == [60, 0, None] * 3


def test_nothing_is_saved_where_the_payment_was_declined(tmp_path: Path) -> None:
    _write(tmp_path, FEATURES, [transaction("1", "a", 0, 60), transaction("2", "a", 0, 70)])
    _write(tmp_path, LABELS, [label("1"), label("2", decision="declined")])
    found = backtest(tmp_path, RuleSet("mine", (DEAR,)), DAY, DAY, today=date(2026, 2, 1), label_delay_days=7)
    assert found.select(["rule", "frauds_hit", "amount_saved"]).to_pylist() == [
        {"rule": rule, "frauds_hit": 2, "amount_saved": 60} for rule in ("dear", TOGETHER)
    ]


@pytest.mark.parametrize(("today", "matured"), [(13, 0), (14, 1)])
def test_a_day_is_matured_when_the_delay_has_passed_since_its_end(root: Path, today: int, matured: int) -> None:
    """The 6th of January ends as the 7th begins, and seven days later the 14th begins."""
    day = date(2026, 1, 6)
    found = backtest(root, RuleSet("mine", (DEAR,)), day, day, today=date(2026, 1, today), label_delay_days=7)
    assert found["matured_hits"].to_pylist() == [matured, matured, 2 * matured] * 2


def replayed(root: Path, capsys: Any, *names: str) -> list[tuple[Any, ...]]:
    """What the command says of a day on which a rule hits whatever there is."""
    rules = root / "rules.toml"
    rules.write_text(
        'name = "mine"\n[[rules]]\nname = "any"\nversion = 1\npoints = 1\nobserved = "amount"\n'
        'condition = "observed > threshold"\nthreshold = 0\ndescription = "Any."\n'
    )
    days = ("--from", "2026-01-06", "--to", "2026-01-06")
    main(["fraud", "backtest", *days, "--rules", str(rules), "--json", "--warehouse", str(root)])
    return [tuple(row[name] for name in names) for row in json.loads(capsys.readouterr().out)]


def test_the_command_takes_rules_from_a_file_and_a_card_of_two_currencies_is_one_alert(root: Path, capsys: Any) -> None:
    assert replayed(root, capsys, "rule", "currency", "hits", "alerts_a_day", "amount_saved") == [
        (rule, *row)
        for rule in ("any", TOGETHER)
        for row in (("EUR", 2, 2.0, "10.0000"), ("GBP", 1, 1.0, "0.0000"), (ALL, 3, 2.0, None))
    ]


def test_the_command_s_days_mature_by_the_clock_of_the_run_that_built_the_labels(root: Path, capsys: Any) -> None:
    for day, outcome in ((13, "published"), (25, "held")):
        clock = datetime(2026, 1, day, tzinfo=UTC)
        tables = (Built(LABELS.name, outcome),)
        journal.write(root, Record(journal.new_run_id(clock), "run", clock, clock, clock, 0, tables=tables))
    assert set(replayed(root, capsys, "matured_hits")) == {(0,)}


def test_days_that_run_backwards_are_refused(root: Path) -> None:
    with pytest.raises(UsageError, match="2026-01-04 is before 2026-01-05"):
        backtest(root, RULES, DAY, DAY - timedelta(days=1), DAY, 7)
