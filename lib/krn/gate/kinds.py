"""The kinds of values that arguments take: what is wrong with one, or ""."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any

from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    FractionalType,
    IntegralType,
    NumericType,
    StringType,
    TimestampType,
)

from krn.gate import sql
from krn.gate.regex import fault
from krn.gate.unmet import is_unmet

Types = Mapping[str, DataType]
Kind = Callable[[Any, Types, DataType | None], str]


def is_alike(types: list[DataType]) -> bool:
    """Whether Spark compares the columns as what they are, without a cast that fails on a value."""
    return any(all(isinstance(column, family) for column in types) for family in _FAMILIES)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_whole(value) or (isinstance(value, float) and isfinite(value))


def misfit(value: Any, column: DataType | None) -> str:
    """Spark must compare the value with the column as what it is: under ANSI a wrong type fails at run time."""
    if column is None:
        return ""  # the column is the problem, and is named
    wanted = [(test, example) for kind, test, example in _VALUES if isinstance(column, kind)]
    if any(test(value) for test, _ in wanted):
        return ""
    as_what = f": write {wanted[0][1]}" if wanted else ""
    return f"{value!r} does not fit a {column.simpleString()} column{as_what}"


def _absent(value: Any, types: Types, _: DataType | None = None) -> str:
    return "" if isinstance(value, str) and value in types else f"{value} is unknown; known: {', '.join(types)}"


def _columns(value: Any, types: Types, _: DataType | None) -> str:
    if not isinstance(value, list) or not value:
        return "is a list of columns"
    if len(set(map(str, value))) < len(value):
        return "names a column twice: drop one"
    return "; ".join(filter(None, (_absent(name, types) for name in value)))


def _values(value: Any, types: Types, column: DataType | None) -> str:
    if not isinstance(value, list) or not value:
        return "is a list of values"
    if None in value:
        return "has a null, which is in no set: say it with expect_column_values_to_be_null"
    plain = [(type(one), one) for one in value if not isinstance(one, (list, dict))]
    if len({*plain}) < len(plain):
        return "has a value twice: drop one"
    if isinstance(column, BooleanType) and len(value) == 2:
        return "is all that there is: name the one that holds"
    return next(filter(None, (misfit(one, column) for one in value)), "")


def _condition(value: Any, types: Types, _: DataType | None) -> str:
    if not isinstance(value, str) or not value.strip():
        return "is text"
    if never := sql.why_never_true(value):
        return never
    if unknown := sql.strangers(value, types):
        return f"names {', '.join(unknown)}; known: {', '.join(types)}"
    if not sql.names(value) & types.keys():
        return "names no column, so it is true for all rows or for none"
    return "is true for no row, so nothing is judged: mend it" if is_unmet(value, types) else ""


def _pairs(value: Any, types: Types, _: DataType | None) -> str:
    is_pairs = isinstance(value, list) and value and all(isinstance(pair, list) and len(pair) == 2 for pair in value)
    return "" if is_pairs else "is a list of pairs, such as [[EUR, DE], [GBP, GB]]"


def _regexes(is_anchored: bool) -> Kind:
    def kind(value: Any, _types: Types, _column: DataType | None) -> str:
        if not isinstance(value, list) or not value:
            return "is a list of regular expressions"
        return next(filter(None, (fault(one, is_anchored) for one in value)), "")

    return kind


def _is(test: Callable[[Any], bool], what: str) -> Kind:
    return lambda value, _types, _column: "" if test(value) else f"is {what}"


def _one_of(*words: str) -> Kind:
    return _is(lambda value: value in words, " or ".join(filter(None, (", ".join(words[:-1]), words[-1]))))


_VALUES: tuple[tuple[type[DataType], Callable[[Any], bool], str], ...] = (
    (StringType, lambda value: isinstance(value, str), "text, in quotes if it looks like something else"),
    (BooleanType, lambda value: isinstance(value, bool), "true or false"),
    (IntegralType, _is_whole, "a whole number"),
    (FractionalType, _is_number, "a number without quotes"),  # decimals too
    (DateType, lambda value: type(value) is date, "a date without quotes, such as 2026-01-31"),
    (
        TimestampType,  # a time without offset would be taken in the zone of the process
        lambda value: isinstance(value, datetime) and value.tzinfo is not None,
        "an instant with its offset and without quotes, such as 2026-01-31T12:00:00Z",
    ),
)
_FAMILIES = (NumericType, StringType, BooleanType, DateType, TimestampType)
FITS: Mapping[str, Callable[[DataType], bool]] = {
    "any": lambda column: True,
    "text": lambda column: isinstance(column, StringType),
    "number": lambda column: isinstance(column, NumericType),
    "ordered": lambda column: isinstance(column, (NumericType, DateType, TimestampType)),
}
KINDS: Mapping[str, Kind] = {
    "column": _absent,
    "columns": _columns,
    "value": lambda value, _types, column: misfit(value, column),
    "values": _values,
    "pairs": _pairs,
    "count": _is(lambda value: _is_whole(value) and value >= 0, "a whole number from 0"),
    "number": _is(_is_number, "a number"),
    "spread": _is(lambda value: _is_number(value) and value >= 0, "a number from 0"),
    "proportion": _is(lambda value: _is_number(value) and 0 <= value <= 1, "a share from 0 to 1"),
    "share": _is(lambda value: _is_number(value) and 0 < value <= 1, "a share, above 0 and up to 1"),
    "flag": _is(lambda value: isinstance(value, bool), "true or false"),
    "condition": _condition,
    "unheeded": lambda _value, _types, _column: "is not heeded here by Great Expectations: pair a column that says it",
    "parser": _one_of("spark"),
    "ignore": _one_of("both_values_are_missing", "either_value_is_missing", "neither"),
    "ignore_of_many": _one_of("all_values_are_missing", "any_value_is_missing", "never"),
    "match": _one_of("any", "all"),
    "regex": lambda value, _types, _column: fault(value),
    "anchored": lambda value, _types, _column: fault(value, anchored=True),
    "regex_list": _regexes(is_anchored=False),
    "anchored_list": _regexes(is_anchored=True),
}
