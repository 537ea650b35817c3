"""Lint: everything wrong with a suite that can be known without data, Spark or Great Expectations."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any

from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    FractionalType,
    IntegralType,
    LongType,
    NumericType,
    StringType,
    TimestampType,
)

from krn.gate.limits import HIGH, LOW
from krn.gate.regex import fault
from krn.gate.suite import SEVERITIES, Expectation, Suite, is_parameter
from krn.gate.vocabulary import ALLOWED, BANNED, RECONCILE, Words
from krn.tables.table import Table

Types = Mapping[str, DataType]

_NUMBER = LongType()  # a reconciled number: its bounds are whole, since Great Expectations makes bounds floats
_LIMITS = {"min_value": LOW, "max_value": HIGH}
_NOT_NULL = "expect_column_values_to_not_be_null"


def lint(suite: Suite, table: Table) -> tuple[str, ...]:
    """Each problem as one sentence; none = the suite may gate the table."""
    return tuple(_problems(suite, table))


def _problems(suite: Suite, table: Table) -> Iterator[str]:
    if suite.table != table.name:
        yield f"the suite is for {suite.table or 'no table'}, not for {table.name}"
    yield from (f"unknown key {key}" for key in suite.unknown)
    if not suite.expectations:
        yield "a suite without expectations passes anything"
    every = suite.expectations + suite.reconcile
    yield from (f"{name}: used {n} times" for name, n in Counter(e.id for e in every if e.id).items() if n > 1)
    yield from _unread(suite, table)
    columns = {column.name: column.type for column in table.columns}
    numbers: Types = {number.name: _NUMBER for number in suite.numbers}
    for expectation in suite.expectations:
        yield from _named(expectation, _expectation(expectation, columns))
        yield from _named(expectation, _unnumbered(expectation, columns))
    for expectation in suite.reconcile:
        yield from _named(expectation, _reconciled(expectation, numbers))


def _unread(suite: Suite, table: Table) -> Iterator[str]:
    if not table.inputs:
        return  # written by ingest or judge, which name their frames themselves
    for number in suite.numbers:
        if number.of != "this" and number.of not in table.inputs:
            yield f"number {number.name}: of {number.of}, which is neither `this` nor an input"


def _named(expectation: Expectation, problems: Iterator[str]) -> Iterator[str]:
    return (f"{expectation.id or expectation.type}: {problem}" for problem in problems)


def _reconciled(expectation: Expectation, numbers: Types) -> Iterator[str]:
    if expectation.type in RECONCILE:
        yield from _expectation(expectation, numbers)
    else:
        yield f"reconcile takes only {', '.join(sorted(RECONCILE))}"


def _expectation(expectation: Expectation, types: Types) -> Iterator[str]:
    yield from (f"unknown key {key}" for key in expectation.unknown)
    yield from (f"no {key}" for key in ("id", "description", "notes") if not getattr(expectation, key))
    if expectation.severity not in SEVERITIES:
        yield f"severity is one of {', '.join(SEVERITIES)}"
    yield from _limits(expectation)
    words = ALLOWED.get(expectation.type)
    if words is not None:
        yield from _arguments(expectation, words, types)
    elif expectation.type in BANNED:
        yield f"{expectation.type} is banned; use {BANNED[expectation.type]}"
    else:
        yield f"unknown type {expectation.type}"


def _limits(expectation: Expectation) -> Iterator[str]:
    """What is wrong with asking for limits of former runs, which know a backfill from an incident no better than we."""
    for argument, name in expectation.parameters.items():
        if _LIMITS.get(argument) != name:
            yield f"{argument} is asked for as {name}: min_value may be {LOW}, max_value {HIGH}"
    if expectation.parameters and expectation.severity == "critical":
        yield "critical by limits of former runs: a backfill is no incident; make it a warning"


def _unnumbered(expectation: Expectation, types: Types) -> Iterator[str]:
    """Former runs give limits for one number that each of them found."""
    words, column = ALLOWED.get(expectation.type, Words()), types.get(str(expectation.kwargs.get("column")))
    is_number = words.fits == "any" or isinstance(column, NumericType)
    if expectation.parameters and (words.is_row or not is_number):
        yield "limits of former runs are for a number of the whole: a count, mean, sum, share or percentile"


def _arguments(expectation: Expectation, words: Words, types: Types) -> Iterator[str]:
    given, takes = expectation.kwargs, {**words.must, **words.may}
    yield from (f"no argument {name}" for name in words.must if name not in given)
    yield from (f"unknown argument {name}" for name in given if name not in takes)
    if "min_value" in takes and given.get("min_value") is None and given.get("max_value") is None:
        yield "neither min_value nor max_value"
    if expectation.severity == "critical" and words.is_row and expectation.type != _NOT_NULL and "mostly" not in given:
        yield "critical without mostly: say that one row holds the table (mostly: 1.0), or how many may differ"
    column = types.get(str(given.get("column")))
    if column is not None and not _FITS[words.fits](column):
        yield f"{column.simpleString()} column; this type is for {words.fits} columns"
        return
    for name, value in given.items():
        problem = _KINDS[takes[name]](value, types, column) if name in takes and not is_parameter(value) else ""
        if problem:
            yield f"{name} {problem}"


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_whole(value) or (isinstance(value, float) and isfinite(value))


def _fits(value: object, column: DataType | None) -> bool:
    """Whether Spark compares the value with the column as what it is: under ANSI a wrong type fails at run time."""
    if column is None:
        return True  # the column is the problem, and is named
    return any(isinstance(column, kind) and test(value) for kind, test in _VALUES)


def _absent(value: Any, types: Types) -> str:
    return "" if value in types else f"{value} is unknown; known: {', '.join(types)}"


def _misfit(value: Any, types: Types, column: DataType | None) -> str:
    return "" if _fits(value, column) else f"does not fit a {column.simpleString() if column else 'missing'} column"


def _columns(value: Any, types: Types, _: DataType | None) -> str:
    if not isinstance(value, list) or not value:
        return "is a list of columns"
    return "; ".join(filter(None, (_absent(name, types) for name in value)))


def _values(value: Any, types: Types, column: DataType | None) -> str:
    if not isinstance(value, list) or not value:
        return "is a list of values"
    return next(filter(None, (_misfit(one, types, column) for one in value)), "")


def _is(test: Callable[[Any], bool], what: str) -> Callable[[Any, Types, DataType | None], str]:
    return lambda value, _types, _column: "" if test(value) else f"is {what}"


_VALUES: tuple[tuple[type[DataType], Callable[[Any], bool]], ...] = (
    (StringType, lambda value: isinstance(value, str)),
    (BooleanType, lambda value: isinstance(value, bool)),
    (IntegralType, _is_whole),
    (FractionalType, _is_number),  # decimals too
    (DateType, lambda value: type(value) is date),
    # a time without offset would be taken in the zone of the process
    (TimestampType, lambda value: isinstance(value, datetime) and value.tzinfo is not None),
)
_FITS: Mapping[str, Callable[[DataType], bool]] = {
    "any": lambda column: True,
    "text": lambda column: isinstance(column, StringType),
    "number": lambda column: isinstance(column, NumericType),
    "ordered": lambda column: isinstance(column, (NumericType, DateType, TimestampType)),
}
_KINDS: Mapping[str, Callable[[Any, Types, DataType | None], str]] = {
    "column": lambda value, types, _: _absent(value, types),
    "columns": _columns,
    "value": _misfit,
    "values": _values,
    "whole": _is(_is_whole, "a whole number"),
    "number": _is(_is_number, "a number"),
    "share": _is(lambda value: _is_number(value) and 0 < value <= 1, "a share, above 0 and up to 1"),
    "flag": _is(lambda value: isinstance(value, bool), "true or false"),
    "text": _is(lambda value: isinstance(value, str) and bool(value.strip()), "text"),
    "parser": _is(lambda value: value == "spark", "spark"),
    "ignore": _is(
        lambda value: value in ("both_values_are_missing", "either_value_is_missing", "neither"),
        "both_values_are_missing, either_value_is_missing or neither",
    ),
    "regex": lambda value, _types, _column: fault(value),
    "anchored": lambda value, _types, _column: fault(value, anchored=True),
}
