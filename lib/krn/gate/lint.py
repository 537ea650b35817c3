"""Lint: everything wrong with a suite that can be known without data, Spark or Great Expectations."""

from collections import Counter
from collections.abc import Iterator, Mapping

from pyspark.sql.types import LongType, NumericType

from krn.gate import sql
from krn.gate.arguments import arguments, near
from krn.gate.contradictions import GREATER, NOT_NULL, contradictions
from krn.gate.coverage import columns_of, gaps
from krn.gate.fault import Fault
from krn.gate.kinds import Types
from krn.gate.limits import HIGH, LOW
from krn.gate.suite import KEYS, SEVERITIES, SUITE_KEYS, Expectation, Number, Suite
from krn.gate.vocabulary import ALLOWED, BANNED, RECONCILE, Words
from krn.tables.table import Table

_NUMBER = LongType()  # a reconciled number: its bounds are whole, since Great Expectations makes bounds floats
_EITHER = "either_value_is_missing"
_LIMITS = {"min_value": LOW, "max_value": HIGH}


def lint(suite: Suite, table: Table) -> tuple[Fault, ...]:
    """Each mistake; none = the suite may gate the table."""
    return tuple(_faults(suite, table))


def _faults(suite: Suite, table: Table) -> Iterator[Fault]:
    if suite.table != table.name:
        yield Fault(f"the suite is for {suite.table or 'no table'}: write `table: {table.name}`")
    yield from (Fault(f"unknown key {key}{near(key, SUITE_KEYS)}") for key in suite.unknown)
    if not suite.expectations:
        yield Fault("a suite without expectations passes anything: write one")
    every = suite.expectations + suite.reconcile
    twice = [name for name, n in Counter(e.id for e in every if e.id).items() if n > 1]
    yield from (Fault("its id is used twice: give each its own", name) for name in twice)
    yield from _numbers(suite, table)
    columns = {column.name: column.type for column in table.columns}
    yield from _of_each(suite.expectations, columns, ALLOWED)
    for expectation in suite.expectations:
        of_rows = (*_unnumbered(expectation, columns), *_passed_over(expectation))
        yield from (Fault(says, expectation.id or expectation.type) for says in of_rows)
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
    columns = {column.name for column in of.columns} | {"today"}  # the business date, which every number may ask for
    if unknown := sql.strangers(number.expression, columns):
        return [f"{name} is no column of {of.name}: mend the expression" for name in unknown]
    is_of_rows = bool(sql.names(number.expression) & columns) or "count(*)" in number.expression.lower()
    return [] if is_of_rows else ["its expression names no column, so it is always the same: mend it"]


def _expectation(expectation: Expectation, types: Types, allowed: Mapping[str, Words]) -> Iterator[str]:
    yield from (f"unknown key {key}{near(key, KEYS)}" for key in expectation.unknown)
    for key, what in (("id", "a name of its own"), ("description", "what holds"), ("notes", "the reason to care")):
        if not getattr(expectation, key).strip():
            yield f"no {key}: write {what}"
    if expectation.severity not in SEVERITIES:
        yield f"no severity {expectation.severity}".rstrip() + f": write one of {', '.join(SEVERITIES)}"
    yield from _limits(expectation)
    words = allowed.get(expectation.type)
    yield from [_refused(expectation.type, allowed)] if words is None else arguments(expectation, words, types)


def _refused(kind: str, allowed: Mapping[str, Words]) -> str:
    if kind in BANNED:
        return f"{kind} is banned: use {BANNED[kind]}"
    if kind in ALLOWED:
        return f"{kind} reconciles nothing: use one of {', '.join(allowed)}"
    return f"unknown type {kind}{near(kind, allowed)}"


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


def _passed_over(expectation: Expectation) -> Iterator[str]:
    """To Spark a comparison with one null is neither true nor false: such a row passes, whatever is to be ignored."""
    if expectation.type == GREATER and expectation.kwargs.get("ignore_row_if") != _EITHER:
        yield (
            f"a row with a null in one of them passes: say so (ignore_row_if: {_EITHER}), and where none may be null, "
            f"{NOT_NULL} beside it"
        )
