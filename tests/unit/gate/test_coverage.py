"""Every column of a table is judged, or waived with a reason."""

from dataclasses import replace

import pytest
from pyspark.sql.types import IntegerType

from krn.gate import Expectation, Number, Suite
from krn.gate.coverage import gaps, judged
from krn.tables.table import Column, Table

TABLE = Table("gold.things", "", key=("a",), columns=tuple(Column(name, IntegerType(), "") for name in "abc"))
GRAIN = Expectation("grain", "expect_key_to_be_unique", {"columns": ["a"]}, "critical")
SAME = Expectation("same", "expect_column_pair_values_to_be_equal", {"column_A": "b", "column_B": "c"}, "critical")
REST = {"b": "Counted by nobody.", "c": "Counted by nobody."}


def faults(*expectations: Expectation, waived: dict[str, str] | None = None) -> list[str]:
    return [str(fault) for fault in gaps(Suite("gold.things", expectations, waived=waived or {}), TABLE)]


def test_a_column_that_nobody_judges_is_named():
    assert faults(GRAIN, waived={"b": "Counted by nobody."}) == [
        "column c is judged by no expectation: add one, or `waived: {c: why}`"
    ]


def test_every_argument_that_names_columns_counts():
    assert faults(GRAIN, SAME) == []
    assert faults(GRAIN, waived=REST) == []


def test_a_condition_judges_nothing():
    only_where = Expectation(
        "e", "expect_column_values_to_not_be_null", {"column": "a", "row_condition": "b > c"}, "info"
    )
    assert judged(Suite("gold.things", (only_where,))) == {"a"}


def test_a_number_of_the_table_judges_its_columns_if_it_is_reconciled():
    asked, idle = Number("n", "this", "sum(b) FILTER (WHERE c = 'a')"), Number("m", "this", "sum(a)")
    none = Expectation("none", "expect_column_values_to_be_in_set", {"column": "n", "value_set": [0]}, "critical")
    assert judged(Suite("gold.things", (), (asked, idle), (none,))) & {"a", "b", "c"} == {"b", "c"}


@pytest.mark.parametrize(
    "grain",
    [
        SAME,
        replace(GRAIN, severity="warning"),
        replace(GRAIN, kwargs={"columns": ["a", "b"]}),
        replace(GRAIN, kwargs={"columns": ["a"], "row_condition": "b > 1", "condition_parser": "spark"}),
    ],
)
def test_a_key_that_may_repeat_is_named(grain):
    says = "nothing critical holds the key: write expect_key_to_be_unique with columns: [a]"
    assert says in faults(grain, SAME)


@pytest.mark.parametrize(
    ("waived", "says"),
    [
        ({**REST, "a": "Judged already."}, "column a is judged and waived: drop it from `waived`"),
        ({**REST, "d": "None."}, "waived column d is unknown: drop it from `waived`"),
        ({**REST, "c": " "}, "column c is waived without a reason: say why nothing can be wrong with it"),
    ],
)
def test_a_waiver_is_of_a_column_that_nobody_judges_and_has_a_reason(waived, says):
    assert faults(GRAIN, waived=waived) == [says]
