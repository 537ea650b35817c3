"""What an SQL expression names."""

import pytest

from krn.gate.sql import names, strangers, why_never_true

COLUMNS = ("orders", "kind", "at", "data")


@pytest.mark.parametrize(
    ("expression", "unknown"),
    [
        ("orders > 0", []),
        ("order > 0 and ordres < 1", ["ordres"]),
        ("kind IN ('sale', 'it''s', 'a \\' b') OR kind IS NULL", []),
        ("at > received + INTERVAL 5 MINUTES", ["received"]),
        ("sum(CAST(orders AS DECIMAL(38, 4))) FILTER (WHERE kind <> 'sale')", []),
        ("data.kind = 'x' AND at BETWEEN DATE '2026-01-01' AND current_date()", []),
        ("count_if(orders <=> 1e3)", []),
        ("aggregate(data, 0D, (sum, x) -> sum + x.kind) > orders", []),
        ("exists(data, x -> x = y)", ["y"]),
    ],
)
def test_names_that_are_no_columns_are_found(expression, unknown):
    assert strangers(expression, COLUMNS) == unknown


def test_functions_and_fields_are_no_names():
    assert names("lower(data.kind) = lower (kind)") == {"data", "kind"}


@pytest.mark.parametrize(
    "expression",
    [
        "a = NULL",
        "a <> null",
        "NULL = a",
        "a = (NULL)",
        "a LIKE NULL",
        "a IN (NULL)",
        "a NOT IN ('DE', NULL)",
        "a IS NOT NULL AND lower(b) = NULL",
        "a BETWEEN 1 AND NULL",
        "a = CAST(NULL AS INT)",
    ],
)
def test_what_is_compared_with_null_is_never_true(expression):
    assert why_never_true(expression).startswith("compares with null")


@pytest.mark.parametrize("expression", ["a <> a", "b = 1 AND a<a", "(x.y = x.y)", "A >= a"])
def test_what_is_compared_with_itself_says_nothing(expression):
    assert why_never_true(expression).endswith("compare it with something else, or write IS NOT NULL")


@pytest.mark.parametrize("expression", ["rand() < 0", "a = 1 AND RAND (7) < 0.5", "uuid() = b"])
def test_what_chance_decides_is_about_no_rows_in_particular(expression):
    assert why_never_true(expression).startswith("asks ")


@pytest.mark.parametrize("expression", ["false", "a = 'x' AND false", "FALSE AND a = 1", "a = 1 AND (false)"])
def test_what_has_a_false_beside_an_and_is_never_true(expression):
    assert why_never_true(expression).startswith("has a false")


@pytest.mark.parametrize(
    "expression",
    [
        "a <=> NULL",
        "NULL <=> a",
        "a IS NOT NULL AND b = 'null'",
        "a IS NOT DISTINCT FROM NULL",
        "coalesce(a, NULL, 1) = 1",
        "nullif(a, NULL) > 1",
        "CASE WHEN a > 1 THEN NULL ELSE b END = 1",
        "(a IS NULL OR b)",
        "nullable = 1",
        "a = false AND b",
        "a IN (false) AND b",
        "b AND a IS FALSE",
        "coalesce(a, false) AND b",
        "b OR false",
        "a = b",
        "a.x = x",
        "x = a.x",
        "x = x.a",
        "a < ab",
        "ab < b",
        "a - b > b",
        "lower(a) = a",
        "a = a(b)",
        "'a' = a",
        "a = 'rand()'",
        "operand(a) > 1",
        "NOT false AND a",
    ],
)
def test_what_may_be_true_is_left_alone(expression):
    assert why_never_true(expression) == ""
