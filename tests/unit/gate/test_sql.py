"""What an SQL expression names."""

import pytest

from krn.gate.sql import is_never_true, names, strangers

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


@pytest.mark.parametrize(("expression", "is_never"), [("a = NULL", True), ("a <> null", True), ("a <=> NULL", False)])
def test_what_is_compared_with_null_is_never_true(expression, is_never):
    assert is_never_true(expression) is is_never
    assert not is_never_true("a IS NOT NULL AND b = 'null'")
