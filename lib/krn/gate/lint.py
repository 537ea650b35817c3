"""Lint: everything wrong with a suite that can be known without data, Spark or Great Expectations."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pyspark.sql.types import LongType

from krn.gate import sql
from krn.gate.contradictions import contradictions
from krn.gate.coverage import columns_of, gaps
from krn.gate.fault import Fault
from krn.gate.kinds import FITS, KINDS, Types, is_alike, is_parameter, misfit
from krn.gate.suite import KEYS, SEVERITIES, SUITE_KEYS, Expectation, Number, Suite
from krn.gate.vocabulary import ALLOWED, BANNED, RECONCILE, Words
from krn.tables.table import Table

_NUMBER = LongType()  # a reconciled number: its bounds are whole, since Great Expectations makes bounds floats
_NOT_NULL = "expect_column_values_to_not_be_null"
_ALWAYS: Mapping[str, tuple[tuple[Any, Any], ...]] = {  # by kind, the ranges that hold everything
    "count": ((0, None),),
    "proportion": ((0, None), (None, 1), (0, 1)),
}


def lint(suite: Suite, table: Table) -> tuple[Fault, ...]:
    """Each mistake; none = the suite may gate the table."""
    return tuple(_faults(suite, table))


def _faults(suite: Suite, table: Table) -> Iterator[Fault]:
    if suite.table != table.name:
        yield Fault(f"the suite is for {suite.table or 'no table'}: write `table: {table.name}`")
    yield from (Fault(f"unknown key {key}{_near(key, SUITE_KEYS)}") for key in suite.unknown)
    if not suite.expectations:
        yield Fault("a suite without expectations passes anything: write one")
    every = suite.expectations + suite.reconcile
    twice = [name for name, n in Counter(e.id for e in every if e.id).items() if n > 1]
    yield from (Fault("its id is used twice: give each its own", name) for name in twice)
    yield from _numbers(suite, table)
    yield from _of_each(suite.expectations, {column.name: column.type for column in table.columns}, ALLOWED)
    numbers: Types = {number.name: _NUMBER for number in suite.numbers}
    yield from _of_each(suite.reconcile, numbers, {name: ALLOWED[name] for name in sorted(RECONCILE)})
    yield from gaps(suite, table)


def _of_each(expectations: tuple[Expectation, ...], types: Types, allowed: Mapping[str, Words]) -> Iterator[Fault]:
    """The mistakes in each expectation; what is right by itself is compared with the others."""
    right = []
    for expectation in expectations:
        says = list(_expectation(expectation, types, allowed))
        yield from (Fault(sentence, expectation.id or expectation.type) for sentence in says)
        right += [] if says else [expectation]
    yield from contradictions(right)


def _numbers(suite: Suite, table: Table) -> Iterator[Fault]:
    reconciled = {name for expectation in suite.reconcile for name in columns_of(expectation)}
    for number in suite.numbers:
        where = f"number {number.name}"
        if number.name not in reconciled:
            yield Fault("no expectation of `reconcile` compares it: write one, or drop the number", where)
        if table.inputs and number.of not in ("this", *table.inputs):  # ingest and judge name their frames themselves
            yield Fault(f"of {number.of}: write `this` or an input: {', '.join(table.inputs)}", where)
        same = next(n for n in suite.numbers if (n.of, n.expression) == (number.of, number.expression))
        if same is not number:
            yield Fault(f"is taken as {same.name} is, so they always agree: mend one", where)
        yield from (Fault(says, where) for says in _strangers(number, table))


def _strangers(number: Number, table: Table) -> list[str]:
    """Names that its table doesn't have, or no name at all; an event's fields are for its contract to know."""
    of = table if number.of == "this" else table.reads[number.of].of if number.of in table.reads else None
    if not isinstance(of, Table):
        return []
    columns = {column.name for column in of.columns}
    if unknown := sql.strangers(number.expression, columns):
        return [f"{name} is no column of {of.name}: mend the expression" for name in unknown]
    is_of_rows = bool(sql.names(number.expression) & columns) or "count(*)" in number.expression
    return [] if is_of_rows else ["its expression names no column, so it is always the same: mend it"]


def _expectation(expectation: Expectation, types: Types, allowed: Mapping[str, Words]) -> Iterator[str]:
    yield from (f"unknown key {key}{_near(key, KEYS)}" for key in expectation.unknown)
    for key, what in (("id", "a name of its own"), ("description", "what holds"), ("notes", "the reason to care")):
        if not getattr(expectation, key).strip():
            yield f"no {key}: write {what}"
    if expectation.severity not in SEVERITIES:
        yield f"no severity {expectation.severity}".rstrip() + f": write one of {', '.join(SEVERITIES)}"
    words = allowed.get(expectation.type)
    yield from [_refused(expectation.type, allowed)] if words is None else _arguments(expectation, words, types)


def _refused(kind: str, allowed: Mapping[str, Words]) -> str:
    if kind in BANNED:
        return f"{kind} is banned: use {BANNED[kind]}"
    if kind in ALLOWED:
        return f"{kind} reconciles nothing: use one of {', '.join(allowed)}"
    return f"unknown type {kind}{_near(kind, allowed)}"


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f": write {near[0]}" if near else f": it takes {', '.join(known)}" if len(known) < 20 else ": see docs"


def _arguments(expectation: Expectation, words: Words, types: Types) -> Iterator[str]:
    given, takes = expectation.kwargs, {**words.must, **words.may}
    yield from (f"no argument {name}: write it" for name in words.must if name not in given)
    yield from (f"unknown argument {name}{_near(name, takes)}" for name in given if name not in takes)
    if expectation.severity == "critical" and words.is_row and expectation.type != _NOT_NULL and "mostly" not in given:
        yield "critical without mostly: say that one row holds the table (mostly: 1.0), or how many may differ"
    columns = [types[name] for name in columns_of(expectation) if name in types]
    if expectation.severity == "critical" and _is_below_half(given.get("mostly")):
        yield f"mostly {given['mostly']} lets most rows differ: say what holds for half of them at least"
    if unfit := [column for column in columns if not FITS[words.fits](column)]:
        yield f"{unfit[0].simpleString()} column; this type is for {words.fits} columns"
        return
    yield from _values(given, takes, types)
    yield from _bounds(given, takes)
    yield from _compared(given, words, types)
    yield from _pairs(given, types)


def _is_below_half(mostly: object) -> bool:
    return isinstance(mostly, float) and 0 < mostly < 0.5


def _values(given: Mapping[str, Any], takes: Mapping[str, str], types: Types) -> Iterator[str]:
    column = types.get(str(given.get("column")))
    for name, value in given.items():
        if name in takes and not is_parameter(value) and (problem := KINDS[takes[name]](value, types, column)):
            yield f"{name} {problem}"


def _bounds(given: Mapping[str, Any], takes: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a range: it is open on both sides, or nothing lies in it, or everything does."""
    if "min_value" not in takes:
        return
    low, high = given.get("min_value"), given.get("max_value")
    if low is None and high is None:
        yield "neither min_value nor max_value: write one"
    elif low is not None and high is not None and _is_empty(low, high, given):
        yield f"nothing lies between {low} and {high}: mend the bounds"
    elif (low, high) in _ALWAYS.get(takes["min_value"], ()) and not (
        given.get("strict_min") or given.get("strict_max")
    ):
        yield f"min_value: {low} passes anything: write a bound that something can break"


def _is_empty(low: Any, high: Any, given: Mapping[str, Any]) -> bool:
    try:
        return bool(low > high or (low == high and (given.get("strict_min") or given.get("strict_max"))))
    except TypeError:
        return False  # the values are the problem, and are named


def _compared(given: Mapping[str, Any], words: Words, types: Types) -> Iterator[str]:
    """What is wrong with columns that are compared with each other."""
    names = [str(name) for argument in words.compares for name in _listed(given.get(argument))]
    known = [name for name in names if name in types]
    if len(set(names)) == 1:
        yield f"{names[0]} is compared with itself: name two columns"
    elif not is_alike([types[name] for name in known]):
        kinds = ", ".join(f"{name} is {types[name].simpleString()}" for name in known)
        yield f"{kinds}: compare columns of one kind"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pairs(given: Mapping[str, Any], types: Types) -> Iterator[str]:
    """What is wrong with the values of a pair, each against its own column; a null is a value here."""
    columns = [types.get(str(given.get(name))) for name in ("column_A", "column_B")]
    pairs = given.get("value_pairs_set")
    for pair in pairs if isinstance(pairs, list) else ():
        each = zip(pair, columns, strict=False) if isinstance(pair, list) else ()
        yield from (
            f"value_pairs_set: {says}"
            for value, column in each
            if value is not None and (says := misfit(value, column))
        )
