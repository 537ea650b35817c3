"""A suite file is read as it stands, and its hash follows the verdict, not the prose."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from krn.errors import UsageError
from krn.gate import Expectation, Number, load

SUITE = """
table: silver.orders
expectations:
  - type: expect_column_values_to_be_between
    kwargs: {column: order_total, min_value: 0, mostly: 1.0}
    severity: critical
    description: totals are not negative
    notes: a negative total is a refund in the wrong place
    meta: {id: total-sign}
numbers:
  rows: {of: this, expression: count(*)}
reconcile:
  - type: expect_column_values_to_be_in_set
    kwargs: {column: rows, value_set: [0]}
    severity: warning
    description: none
    notes: none
    meta: {id: none}
"""


def suite(path: Path, text: str = SUITE, *changes: tuple[str, str]):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return load(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.yml"


def test_a_suite_is_read_as_it_stands(path):
    assert suite(path).table == "silver.orders"
    assert suite(path).expectations == (
        Expectation(
            id="total-sign",
            type="expect_column_values_to_be_between",
            kwargs={"column": "order_total", "min_value": 0, "mostly": 1.0},
            severity="critical",
            description="totals are not negative",
            notes="a negative total is a refund in the wrong place",
        ),
    )


def test_numbers_to_reconcile_are_named_expressions(path):
    assert suite(path).numbers == (Number("rows", "this", "count(*)"),)
    assert [e.id for e in suite(path).reconcile] == ["none"]


def test_norway_is_not_false_and_half_past_twelve_is_not_750(path):
    read = suite(path, SUITE, ("value_set: [0]", "value_set: [NO, 12:30]"))
    assert read.reconcile[0].kwargs["value_set"] == ["NO", "12:30"]


def test_dates_and_instants_are_values_not_text(path):
    read = suite(path, SUITE, ("value_set: [0]", "value_set: [2026-01-02, 2026-01-02T03:04:05Z]"))
    assert read.reconcile[0].kwargs["value_set"] == [date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)]


def test_unknown_keys_are_kept_for_the_lint(path):
    read = suite(
        path, SUITE + "owner: me\n", ("severity: critical", "severty: critical"), ("{id: none}", "{id: none, x: 1}")
    )
    assert (read.unknown, read.expectations[0].unknown, read.reconcile[0].unknown) == (
        ("owner",),
        ("severty",),
        ("meta.x",),
    )


@pytest.mark.parametrize(
    "text",
    [
        "- a list",
        "table: [",
        "table: t\ntable: t",
        "table: t\nexpectations: {a: b}",
        "table: t\nexpectations: [a]",
        "table: t\nexpectations: [{kwargs: [a]}]",
        "table: t\nexpectations: [{kwargs: {column: a, 1: b}}]",
        "table: t\nexpectations: [{kwargs: {value_set: [{a: {2026-01-01: c, b: d}}]}}]",
        "table: t\nnumbers: {rows: count(*)}",
        "table: t\nnumbers: {rows: {of: this}}",
    ],
)
def test_a_file_without_the_shape_of_a_suite_is_named(path, text):
    with pytest.raises(UsageError, match=r"orders\.yml"):
        suite(path, text)


def test_a_missing_suite_is_an_error(path):
    with pytest.raises(UsageError, match="no such suite"):
        load(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("silver.orders", "silver.others"),
        ("severity: critical", "severity: warning"),
        ("min_value: 0", "min_value: '0'"),
        ("min_value: 0", "min_value: 0.0"),
        ("value_set: [0]", "value_set: [1]"),
        ("of: this", "of: orders"),
        ("count(*)", "count(order_id)"),
        ("_be_between", "_not_be_in_set"),
        ("id: total-sign", "id: sign"),
    ],
)
def test_whatever_can_change_a_verdict_changes_the_hash(path, old, new):
    assert suite(path, SUITE, (old, new)).hash != suite(path).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("totals are not negative", "other words"),
        ("a negative total is a refund", "another reason"),
        ("column: order_total, min_value: 0", "min_value: 0, column: order_total"),
        ("numbers:", "# a comment\nnumbers:"),
    ],
)
def test_prose_and_order_of_arguments_do_not_change_the_hash(path, old, new):
    assert suite(path, SUITE, (old, new)).hash == suite(path).hash
