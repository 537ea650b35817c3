"""Expectations that can't hold together are found before any table waits for them; those that can are left alone."""

from datetime import date

import pytest

from krn.gate import Expectation
from krn.gate.contradictions import (
    BETWEEN,
    EQUAL,
    GREATER,
    IN_SET,
    LENGTH,
    LENGTHS,
    MAX,
    MEAN,
    MIN,
    NO_REGEX,
    NOT_IN_SET,
    NOT_NULL,
    NULL,
    REGEX,
    ROWS,
    ROWS_EQUAL,
    contradictions,
)

SHARE, PERCENTILE = "expect_column_share_in_set_to_be_between", "expect_column_percentile_to_be_between"
OF_THE_WHOLE: dict[str, dict] = {
    "expect_column_sum_to_be_between": {},
    "expect_column_stdev_to_be_between": {},
    "expect_column_unique_value_count_to_be_between": {},
    "expect_column_proportion_of_unique_values_to_be_between": {},
    "expect_column_proportion_of_non_null_values_to_be_between": {},
    PERCENTILE: {"percentile": 0.5},
    SHARE: {"value_set": ["a"]},
}
X, AB, BA = {"column": "x"}, {"column_A": "a", "column_B": "b"}, {"column_A": "b", "column_B": "a"}


def found(one: tuple[str, dict], other: tuple[str, dict], severities: tuple[str, str] = ("critical",) * 2) -> list[str]:
    said = [Expectation(n, *e, s) for n, e, s in zip(("one", "other"), (one, other), severities, strict=True)]
    return [str(fault) for fault in contradictions(said)]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ((NOT_NULL, X), (NULL, X), "no value is null and not null"),
        ((NULL, X), (NOT_NULL, X), "no value is null and not null"),
        ((NOT_NULL, {**X, "mostly": 0.9}), (NULL, {**X, "mostly": 0.2}), "no value is null and not null"),
        ((NOT_NULL, X), (NULL, {**X, "row_condition": "y = 1"}), "no value is null and not null"),
        ((BETWEEN, {**X, "max_value": 1}), (BETWEEN, {**X, "min_value": 2}), "their ranges don't meet"),
        ((BETWEEN, {**X, "max_value": 1}), (MIN, {**X, "min_value": 2}), "their ranges don't meet"),
        ((MEAN, {**X, "min_value": 2}), (BETWEEN, {**X, "max_value": 1}), "their ranges don't meet"),
        (
            (BETWEEN, {**X, "max_value": date(2026, 1, 1)}),
            (MAX, {**X, "min_value": date(2026, 1, 2)}),
            "their ranges don't meet",
        ),
        ((MIN, {**X, "min_value": 5}), (MAX, {**X, "max_value": 4}), "the lowest value would be above the highest"),
        ((MIN, {**X, "min_value": 5}), (MEAN, {**X, "max_value": 4}), "the lowest value would be above the middle"),
        ((MEAN, {**X, "min_value": 5}), (MAX, {**X, "max_value": 4}), "the middle would be above the highest value"),
        ((LENGTHS, {**X, "max_value": 3}), (LENGTH, {**X, "value": 4}), "their ranges don't meet"),
        ((ROWS, {"min_value": 3}), (ROWS_EQUAL, {"value": 2}), "their ranges don't meet"),
        (
            (IN_SET, {**X, "value_set": [1, 2]}),
            (BETWEEN, {**X, "min_value": 3}),
            "every value of its set is outside of its range",
        ),
        (
            (IN_SET, {**X, "value_set": [1, 9]}),
            (BETWEEN, {**X, "max_value": 5}),
            "9 of its set is outside of its range",
        ),
        *(
            ((kind, {**X, **of, "min_value": 0.5}), (kind, {**X, **of, "max_value": 0.4}), "their ranges don't meet")
            for kind, of in OF_THE_WHOLE.items()
        ),
        (
            (BETWEEN, {**X, "max_value": 1, "strict_max": True}),
            (BETWEEN, {**X, "min_value": 1}),
            "their ranges don't meet",
        ),
        (
            (MIN, {**X, "min_value": 5, "strict_min": True}),
            (MAX, {**X, "max_value": 5}),
            "the lowest value would be above the highest",
        ),
        (
            (IN_SET, {**X, "value_set": [5]}),
            (BETWEEN, {**X, "max_value": 5, "strict_max": True}),
            "every value of its set is outside of its range",
        ),
        (
            (IN_SET, {**X, "value_set": ["a", "bb"]}),
            (LENGTH, {**X, "value": 1}),
            "'bb' of its set is of another length",
        ),
        (
            (LENGTHS, {**X, "min_value": 3}),
            (IN_SET, {**X, "value_set": ["a", "bb"]}),
            "every value of its set is of another length",
        ),
        (
            (IN_SET, {**X, "value_set": ["A", "b"]}),
            (REGEX, {**X, "regex": r"^[a-z]\z"}),
            "'A' of its set is of another form",
        ),
        (
            (IN_SET, {**X, "value_set": ["a", "b"]}),
            (NO_REGEX, {**X, "regex": "b"}),
            "'b' of its set is of the form that is forbidden",
        ),
        (
            (NOT_IN_SET, {**X, "value_set": ["a"]}),
            (IN_SET, {**X, "value_set": ["a", "b"]}),
            "'a' of its set is forbidden by it",
        ),
        (
            (IN_SET, {**X, "value_set": ["a"]}),
            (IN_SET, {**X, "value_set": ["b"]}),
            "their sets have no value in common",
        ),
        ((GREATER, AB), (GREATER, BA), "each would be greater than the other"),
        ((EQUAL, BA), (GREATER, AB), "what is equal is not greater (or_equal: true lets it be)"),
    ],
)
def test_two_that_cannot_both_hold_are_named(one, other, why):
    assert found(one, other) == [f"other: contradicts one: {why}; drop or mend one"]


def test_an_expectation_twice_is_named():
    assert found((IN_SET, {**X, "value_set": [1]}), (IN_SET, {**X, "value_set": [1]}), ("critical", "warning")) == [
        "other: says what one says: drop one"
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((NOT_NULL, X), (NULL, {"column": "y"})),
        ((NOT_NULL, {**X, "row_condition": "y = 1"}), (NULL, {**X, "row_condition": "y = 2"})),
        ((NOT_NULL, {**X, "mostly": 0.5}), (NULL, {**X, "mostly": 0.5})),
        ((NOT_NULL, {**X, "mostly": 0.9}), (NULL, {**X, "row_condition": "y = 1"})),
        ((BETWEEN, {**X, "max_value": 1, "mostly": 0.9}), (MAX, {**X, "min_value": 2})),
        ((BETWEEN, {**X, "max_value": 1}), (BETWEEN, {**X, "min_value": {"$PARAMETER": "low"}})),
        ((MIN, {**X, "min_value": 5}), (MIN, {**X, "max_value": 4, "row_condition": "y = 1"})),
        ((MIN, {**X, "min_value": 1}), (MAX, {**X, "max_value": 4})),
        ((IN_SET, {**X, "value_set": [1, 9]}), (BETWEEN, {**X, "max_value": 5, "mostly": 0.9})),
        ((GREATER, {**AB, "or_equal": True}), (GREATER, {**BA, "or_equal": True})),
        ((EQUAL, AB), (GREATER, {**AB, "or_equal": True})),
        ((GREATER, AB), (GREATER, {"column_A": "a", "column_B": "c"})),
        (
            (PERCENTILE, {**X, "percentile": 0.9, "min_value": 5}),
            (PERCENTILE, {**X, "percentile": 0.5, "max_value": 4}),
        ),
        (
            (SHARE, {**X, "value_set": ["a"], "min_value": 0.5}),
            (SHARE, {**X, "value_set": ["b"], "max_value": 0.4}),
        ),
        ((BETWEEN, {**X, "max_value": 1}), (BETWEEN, {**X, "min_value": 1})),
        ((IN_SET, {**X, "value_set": ["a", "b"]}), (REGEX, {**X, "regex": r"^[a-c]\z"})),
        ((IN_SET, {**X, "value_set": ["a", "b"]}), (LENGTH, {**X, "value": 1})),
    ],
)
def test_two_that_can_both_hold_are_left_alone(one, other):
    assert found(one, other) == []


def test_a_warning_may_ask_for_less_than_what_holds_the_table():
    allowed, usual = (IN_SET, {**X, "value_set": [1, 9]}), (BETWEEN, {**X, "max_value": 5})
    assert found(allowed, usual, ("critical", "warning")) == []
