"""A bad suite is named with its file, its expectation and what to write instead, and no run starts with it."""

import json
import shutil
from pathlib import Path

import pytest
from starting import started

from krn.cli import main
from krn.errors import UsageError
from krn.suites import Found, check, suite_of
from krn.tables.every import TABLES, named

HOME = Path(__file__).parents[2]
FILE = "expectations/gold/sales_daily.yml"
NET = "column: orders, min_value: 0, mostly: 1.0"
#: Text of the suite of gold.sales_daily, what a person writes in its place, and the fault that is found.
PLANTED: dict[str, tuple[str, str, str, str]] = {
    "a type that there is not": (
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_a_to_be_greater_then_b",
        "new-customers-within-orders",
        "unknown type expect_column_pair_values_a_to_be_greater_then_b: write expect_column_pair_values_a_to",
    ),
    "a type that needs its own pass": (
        "type: expect_key_to_be_unique",
        "type: expect_compound_columns_to_be_unique",
        "grain",
        "expect_compound_columns_to_be_unique is banned: use expect_key_to_be_unique",
    ),
    "an argument that there is not": (
        NET,
        NET.replace("min_value", "min_valu"),
        "orders-not-negative",
        "unknown argument min_valu: write min_value",
    ),
    "a bound left out": (NET, "column: orders, mostly: 1.0", "orders-not-negative", "neither min_value nor max_value"),
    "a column that there is not": (
        NET,
        NET.replace("orders", "order"),
        "orders-not-negative",
        "column order is unknown; known: business_date",
    ),
    "a bound of another type": (
        NET,
        NET.replace("0,", "'0',"),
        "orders-not-negative",
        "min_value '0' does not fit a bigint column: write a whole number",
    ),
    "bounds turned round": (
        NET,
        NET.replace("0,", "5, max_value: 1,"),
        "orders-not-negative",
        "nothing lies between 5 and 1: mend the bounds",
    ),
    "critical without mostly": (
        NET,
        "column: orders, min_value: 0",
        "orders-not-negative",
        "critical without mostly: say that one row holds the table",
    ),
    "a share of nothing": (NET, NET.replace("1.0", "0"), "orders-not-negative", "mostly is a share, above 0"),
    "a percentage": (NET, NET.replace("1.0", "95"), "orders-not-negative", "mostly is a share, above 0"),
    "most may differ": (NET, NET.replace("1.0", "0.3"), "orders-not-negative", "mostly 0.3 lets most rows differ"),
    "a range that holds anything": (
        "expect_column_values_to_be_between\n    kwargs: {column: net_sales, min_value: 0, mostly: 0.95}",
        "expect_table_row_count_to_be_between\n    kwargs: {min_value: 0}",
        "few-negative-days",
        "its range passes anything",
    ),
    "a key that only warns": (
        "    severity: critical",
        "    severity: warning",
        "",
        "nothing critical holds the key: write expect_key_to_be_unique with columns: [business_date,",
    ),
    "a key that is too wide": (
        "columns: [business_date, currency, channel]",
        "columns: [business_date, currency, channel, orders]",
        "",
        "nothing critical holds the key",
    ),
    "a pattern that lets anything through": (r'"^[A-Z]{3}\\z"', r'"^(?s:.*)\\z"', "currency-code", "passes almost"),
    "a pattern that is only searched for": (
        r'"^[A-Z]{3}\\z"',
        "'[A-Z]{3}'",
        "currency-code",
        r"regex is searched for, not matched: write ^…\z",
    ),
    "a pattern that lets a newline through": (
        r'"^[A-Z]{3}\\z"',
        "'^[A-Z]{3}$'",
        "currency-code",
        r"regex is searched for, not matched: write ^…\z",
    ),
    "a broken pattern": (r'"^[A-Z]{3}\\z"', r'"^[A-Z]{3}(\\z"', "currency-code", "regex is no regular expression"),
    "a condition that is never true": (
        "row_condition: orders = 0",
        "row_condition: orders = NULL",
        "no-aov-without-orders",
        "row_condition compares with null, which is true for no row: write IS NULL",
    ),
    "a condition on no column": (
        "row_condition: orders = 0",
        "row_condition: order = 0",
        "no-aov-without-orders",
        "row_condition names no column",
    ),
    "no severity": (
        "    severity: warning\n    description: 95 %",
        "    description: 95 %",
        "few-negative-days",
        "no severity: write one of critical, warning, info",
    ),
    "a severity that there is not": (
        "    severity: warning\n    description: 95 %",
        "    severity: fatal\n    description: 95 %",
        "few-negative-days",
        "no severity fatal: write one of critical, warning, info",
    ),
    "no reason": (
        "    notes: 0 would be taken for a value and pull every mean down.\n",
        "",
        "no-aov-without-orders",
        "no notes: write the reason to care",
    ),
    "no id": (
        "    meta: {id: few-negative-days}",
        "    meta: {}",
        "expect_column_values_to_be_between",
        "no id: write a name of its own",
    ),
    "an id twice": (
        "{id: few-negative-days}",
        "{id: orders-not-negative}",
        "orders-not-negative",
        "its id is used twice: give each its own",
    ),
    "a misspelt key": (
        "    severity: warning\n    description: 95 %",
        "    severity: warning\n    mostly: 1.0\n    description: 95 %",
        "few-negative-days",
        "unknown key mostly: it takes type, kwargs",
    ),
    "null and not null": (
        "column: aov, row_condition: orders > 0, condition_parser: spark",
        "column: aov",
        "no-aov-without-orders",
        "contradicts aov-of-orders: no value is null and not null",
    ),
    "the same again": (
        "column: returning_customers, min_value: 0",
        "column: new_customers, min_value: 0",
        "returning-customers-not-negative",
        "says what new-customers-not-negative says: drop one",
    ),
    "ranges apart": (
        "column: net_sales, min_value: 0, mostly: 0.95}",
        "column: orders, max_value: -1, mostly: 0.95}",
        "few-negative-days",
        "contradicts orders-not-negative: their ranges don't meet",
    ),
    "a number of a column that there is not": (
        "expression: sum(units)}",
        "expression: sum(unit)}",
        "number units",
        "unit is no column of gold.sales_daily: mend the expression",
    ),
    "a number that nothing compares": (
        "numbers:\n",
        "numbers:\n  idle: {of: this, expression: count(*)}\n",
        "number idle",
        "no expectation of `reconcile` compares it",
    ),
    "a waiver without a reason": (
        "numbers:\n",
        "waived: {aov: }\nnumbers:\n",
        "",
        "column aov is judged and waived: drop it from `waived`",
    ),
    "another table's suite": ("table: gold.sales_daily", "table: gold.sales", "", "the suite is for gold.sales: write"),
    "nothing but a name": (None, "table: gold.sales_daily\n", "", "a suite without expectations passes anything"),
    "no YAML": ("expectations:", "expectations: [", "", "not YAML: "),
    "a key twice": ("numbers:\n", "table: gold.sales_daily\nnumbers:\n", "", "the key table is there twice"),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(HOME / "expectations", tmp_path / "expectations")
    return tmp_path


def plant(home: Path, old: str | None, new: str) -> None:
    path = home / FILE
    text = path.read_text()
    assert old is None or old in text
    path.write_text(new if old is None else text.replace(old, new, 1))


def test_the_suites_have_no_fault():
    assert check(HOME) == []


@pytest.mark.parametrize("kind", PLANTED)
def test_a_bad_suite_is_named_and_shuts_every_gate(home: Path, kind: str):
    old, new, expectation, fault = PLANTED[kind]
    plant(home, old, new)
    found = check(home)
    assert {one.file for one in found} == {FILE}
    assert [one for one in found if one.expectation == expectation and fault in one.fault]
    with pytest.raises(UsageError, match=r"sales_daily\.yml"):
        suite_of(home)(TABLES[0])  # whichever table's is asked for


def test_a_table_without_a_suite_and_a_suite_without_a_table_are_named(home: Path):
    home.joinpath(FILE).rename(home / "expectations/gold/sales_dayly.yml")
    assert [(one.file, one.expectation) for one in check(home)] == [
        (FILE, ""),
        ("expectations/gold/sales_dayly.yml", ""),
    ]


def test_a_column_that_nobody_judges_is_named(home: Path):
    labels = home / "expectations/silver/labels.yml"
    labels.write_text(labels.read_text().replace("  card_id: The transaction's", "  # card_id: The transaction's"))
    says = "column card_id is judged by no expectation: add one, or `waived: {card_id: why}`"
    assert check(home) == [Found("expectations/silver/labels.yml", "", says)]


def test_the_suite_of_one_table_is_checked_alone(home: Path):
    plant(home, "table: gold.sales_daily", "table: gold.sales")
    fault = "the suite is for gold.sales: write `table: gold.sales_daily`"
    assert check(home, named("gold.sales_daily")) == [Found(FILE, "", fault)]
    assert check(home, named("gold.sales_by_country")) == []


def test_a_table_that_there_is_not_is_said_with_those_that_are_like_it():
    with pytest.raises(UsageError, match=r"no table gold\.sales_dayly; there are: gold\.sales_daily"):
        named("gold.sales_dayly")


def test_the_check_ends_with_2_and_every_fault(home: Path, monkeypatch, capsys):
    monkeypatch.setattr("krn.cli.suite.HOME", home)
    plant(home, "table: gold.sales_daily", "table: gold.sales")
    for args, said in ((["suite", "check"], FILE), (["suite", "check", "gold.sales_daily", "--json"], '"fault":')):
        with pytest.raises(SystemExit) as ended:
            main(args)
        assert ended.value.code == 2
        assert said in capsys.readouterr().out


def test_without_a_fault_the_check_says_so(capsys):
    main(["suite", "check"])
    assert capsys.readouterr().out == f"{len(TABLES)} suites without a fault.\n"
    main(["suite", "check", "--json"])
    assert json.loads(capsys.readouterr().out) == []


def test_the_check_starts_no_java_and_loads_no_great_expectations():
    assert started("suite", "check")[1] == {"pyspark"}
