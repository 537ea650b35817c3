"""Expectations that can't hold together, so that a table could never be published, or that say one thing twice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from krn.gate.coverage import columns_of
from krn.gate.fault import Fault
from krn.gate.regex import found
from krn.gate.suite import Expectation
from krn.gate.vocabulary import ALLOWED

Rule = Callable[[Expectation, Expectation], str]

NULL, NOT_NULL = "expect_column_values_to_be_null", "expect_column_values_to_not_be_null"
IN_SET, NOT_IN_SET = "expect_column_values_to_be_in_set", "expect_column_values_to_not_be_in_set"
BETWEEN = "expect_column_values_to_be_between"
MIN, MAX = "expect_column_min_to_be_between", "expect_column_max_to_be_between"
REGEX, NO_REGEX = "expect_column_values_to_match_regex", "expect_column_values_to_not_match_regex"
MEAN, MEDIAN = "expect_column_mean_to_be_between", "expect_column_median_to_be_between"
LENGTHS, LENGTH = "expect_column_value_lengths_to_be_between", "expect_column_value_lengths_to_equal"
ROWS, ROWS_EQUAL = "expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"
MEASURED = (
    *(MIN, MAX, MEAN, MEDIAN, ROWS),
    "expect_column_sum_to_be_between",
    "expect_column_stdev_to_be_between",
    "expect_column_percentile_to_be_between",
    "expect_column_share_in_set_to_be_between",
    "expect_column_unique_value_count_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between",
    "expect_column_proportion_of_non_null_values_to_be_between",
)
EQUAL, GREATER = "expect_column_pair_values_to_be_equal", "expect_column_pair_values_a_to_be_greater_than_b"


def contradictions(expectations: Sequence[Expectation]) -> Iterator[Fault]:
    """Each pair that can't pass together, and each expectation that repeats another; the later one is named."""
    for one, other in combinations(expectations, 2):
        if not _is_about_the_same(one, other):
            continue
        if (one.type, one.kwargs) == (other.type, other.kwargs):
            yield Fault(f"says what {one.id} says: drop one", other.id)
        elif why := _why(one, other):
            yield Fault(f"contradicts {one.id}: {why}; drop or mend one", other.id)


def _is_about_the_same(one: Expectation, other: Expectation) -> bool:
    """The same columns, and rows that are in both: one has no condition, or both have the same."""
    conditions = {_condition(one), _condition(other)} - {""}
    return len(conditions) < 2 and sorted(columns_of(one)) == sorted(columns_of(other))


def _why(one: Expectation, other: Expectation) -> str:
    if rule := _RULES.get((one.type, other.type)):
        return rule(one, other)
    rule = _RULES.get((other.type, one.type))
    return rule(other, one) if rule else ""


def _both(one: Expectation, other: Expectation) -> bool:
    """Whether some row must keep to both: by `mostly`, two that exclude each other may share the rows between them."""
    shares = _share(one), _share(other)
    are_of_rows = all(ALLOWED[e.type].is_row for e in (one, other))
    if not are_of_rows or _condition(one) != _condition(other):
        return shares == (1, 1) and (are_of_rows or _condition(one) == _condition(other))
    return sum(shares) > 1


def _share(expectation: Expectation) -> float:
    mostly = expectation.kwargs.get("mostly", 1)
    return mostly if isinstance(mostly, (int, float)) else 0.0


def _condition(expectation: Expectation) -> str:
    return str(expectation.kwargs.get("row_condition") or "").strip()


def _nulls(one: Expectation, other: Expectation) -> str:
    return "no value is null and not null" if _both(one, other) else ""


def _ranges(one: Expectation, other: Expectation) -> str:
    apart = _is_beyond(one, other) or _is_beyond(other, one)
    return "their ranges don't meet" if apart and _measures(one) == _measures(other) and _both(one, other) else ""


def _above(what: str) -> Rule:
    """A rule for two of which the first measures no more than the second."""

    def rule(lower: Expectation, upper: Expectation) -> str:
        return what if _is_beyond(lower, upper) and _both(lower, upper) else ""

    return rule


def _measures(expectation: Expectation) -> tuple[Any, Any]:
    """What of a column a range is about, besides the type: the percentile, or the set that has a share."""
    return expectation.kwargs.get("percentile"), sorted(map(repr, _set(expectation)))


def _is_beyond(one: Expectation, other: Expectation) -> bool:
    """Whether the range of one begins above where the other's ends, or there, where one of them leaves that out."""
    low, high = _range(one)[0], _range(other)[1]
    is_open = bool(one.kwargs.get("strict_min") or other.kwargs.get("strict_max"))
    return _is_above(low, high) or (is_open and low is not None and low == high)


def _set_and_range(of: Expectation, between: Expectation) -> str:
    return _left_over(of, between, [v for v in _set(of) if _is_outside(v, between)], "outside of its range")


def _set_and_lengths(of: Expectation, lengths: Expectation) -> str:
    outside = [text for text in _set(of) if isinstance(text, str) and _is_outside(len(text), lengths)]
    return _left_over(of, lengths, outside, "of another length")


def _set_and_regex(of: Expectation, form: Expectation) -> str:
    pattern = str(form.kwargs["regex"])
    unlike = [text for text in _set(of) if isinstance(text, str) and found(pattern, text) is False]
    return _left_over(of, form, unlike, "of another form")


def _set_and_no_regex(of: Expectation, form: Expectation) -> str:
    pattern = str(form.kwargs["regex"])
    alike = [text for text in _set(of) if isinstance(text, str) and found(pattern, text)]
    return _left_over(of, form, alike, "of the form that is forbidden")


def _is_outside(value: Any, between: Expectation) -> bool:
    low, high = _range(between)
    on_open = (between.kwargs.get("strict_min") and value == low) or (
        between.kwargs.get("strict_max") and value == high
    )
    return bool(_is_above(low, value) or _is_above(value, high) or on_open)


def _set_and_forbidden(of: Expectation, never: Expectation) -> str:
    return _left_over(of, never, [value for value in _set(of) if value in _set(never)], "forbidden by it")


def _left_over(of: Expectation, other: Expectation, excluded: list[Any], how: str) -> str:
    """A set of which nothing is left, or of which a part is allowed by one and not by the other, as severe."""
    if excluded and len(excluded) == len(_set(of)):
        return f"every value of its set is {how}" if _both(of, other) else ""
    alike = of.severity == other.severity and _share(of) == _share(other) == 1
    return f"{excluded[0]!r} of its set is {how}" if excluded and alike else ""


def _sets(one: Expectation, other: Expectation) -> str:
    meet = any(value in _set(other) for value in _set(one))
    return "their sets have no value in common" if not meet and _both(one, other) else ""


def _orders(one: Expectation, other: Expectation) -> str:
    turned = one.kwargs["column_A"] == other.kwargs["column_B"]
    strict = not (one.kwargs.get("or_equal") and other.kwargs.get("or_equal"))
    return "each would be greater than the other" if turned and strict and _both(one, other) else ""


def _equal_and_greater(equal: Expectation, greater: Expectation) -> str:
    strict = not greater.kwargs.get("or_equal")
    return "what is equal is not greater (or_equal: true lets it be)" if strict and _both(equal, greater) else ""


def _range(expectation: Expectation) -> tuple[Any, Any]:
    given = expectation.kwargs
    return (given["value"], given["value"]) if "value" in given else (given.get("min_value"), given.get("max_value"))


def _set(expectation: Expectation) -> list[Any]:
    values = expectation.kwargs.get("value_set")
    return values if isinstance(values, list) else []


def _is_above(low: Any, high: Any) -> bool:
    """Whether a lower bound is above an upper one; what can't be compared, a parameter too, is not."""
    try:
        return bool(low is not None and high is not None and low > high)
    except TypeError:
        return False


_RULES: Mapping[tuple[str, str], Rule] = {
    (NOT_NULL, NULL): _nulls,
    **{(BETWEEN, other): _ranges for other in (BETWEEN, MIN, MAX, MEAN, MEDIAN)},
    **{(same, same): _ranges for same in (*MEASURED, LENGTHS, LENGTH, ROWS_EQUAL)},
    (MIN, MAX): _above("the lowest value would be above the highest"),
    **{(MIN, middle): _above("the lowest value would be above the middle") for middle in (MEAN, MEDIAN)},
    **{(middle, MAX): _above("the middle would be above the highest value") for middle in (MEAN, MEDIAN)},
    (LENGTHS, LENGTH): _ranges,
    (ROWS, ROWS_EQUAL): _ranges,
    (IN_SET, BETWEEN): _set_and_range,
    (IN_SET, NOT_IN_SET): _set_and_forbidden,
    (IN_SET, LENGTHS): _set_and_lengths,
    (IN_SET, LENGTH): _set_and_lengths,
    (IN_SET, REGEX): _set_and_regex,
    (IN_SET, NO_REGEX): _set_and_no_regex,
    (IN_SET, IN_SET): _sets,
    (GREATER, GREATER): _orders,
    (EQUAL, GREATER): _equal_and_greater,
}
