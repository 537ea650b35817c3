"""The numbers of a reconciliation: exact sums over the whole table as it would be, and over its inputs."""

import re
from collections.abc import Callable, Container, Hashable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from itertools import accumulate
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from krn.contracts.contract import Contract
from krn.engine import inputs
from krn.engine.candidate import Candidate
from krn.engine.pins import Pins, source_of
from krn.engine.scope import Scope
from krn.gate import Number, Suite
from krn.store import Store
from krn.tables.table import Table

THIS = "this"
#: What Spark doesn't observe of rows on their way into files, and `today`, which is no column of theirs.
_APART = re.compile(r"\b(DISTINCT|FILTER|OVER|today)\b", re.IGNORECASE)
#: What may overflow, and a number that is one sum: Spark tells nobody of one that does while rows are written.
_ADDS = re.compile(r"\b(sum|avg|mean)\s*\(", re.IGNORECASE)
_ONE_SUM = re.compile(r"(?P<sign>-?)sum(?P<of>\(.*\))", re.IGNORECASE | re.DOTALL)


def riding(suite: Suite) -> dict[str, Column]:
    """The numbers of the table itself that can be counted on the way of its rows, each with its aggregate."""
    of_this = ((_named(n), _rides(n.expression.strip())) for n in suite.numbers if n.of == THIS)
    return {name: F.expr(expression) for name, expression in of_this if expression}


def _rides(expression: str) -> str:
    """How a number is asked of rows on their way, a sum so that it is null should it overflow; empty if it is not."""
    adds, one_sum = len(_ADDS.findall(expression)), _ONE_SUM.fullmatch(expression)
    if _APART.search(expression) or (adds and not (adds == 1 and one_sum and _is_closed(one_sum["of"]))):
        return ""
    return f"{one_sum['sign']}try_sum{one_sum['of']}" if one_sum else expression


def _is_closed(text: str) -> bool:
    """Whether the first bracket of a text is closed by its last."""
    depths = accumulate((char == "(") - (char == ")") for char in text)
    return 0 not in list(depths)[:-1]


def ridden(suite: Suite, counted: Mapping[Any, Any]) -> dict[str, int | Decimal]:
    """Those that were counted on the way, by name; what is null is not known yet: of no values, or too large."""
    values = {number.name: counted.get(_named(number)) for number in suite.numbers}
    return {name: value for name, value in values.items() if value is not None}


def _named(number: Number) -> str:
    """The name of a number among other aggregates."""
    return f"{number.of}.{number.name}"


def without(suite: Suite, known: Container[str]) -> Suite:
    """The suite with the numbers that are not yet known."""
    return replace(suite, numbers=tuple(number for number in suite.numbers if number.name not in known))


def are_of_candidate(table: Table, store: Store, scope: Scope) -> bool:
    """Whether the whole table as it would be is what its candidate makes visible."""
    return scope.is_whole or table.scope is None or not store.exists(table.name)


def measure(
    suite: Suite, candidate: Candidate, store: Store, pins: Pins, scope: Scope, today: object
) -> dict[str, int | Decimal]:
    """The suite's numbers over the whole table with the candidate in it, and over its inputs at their pins.

    Several tables ask for the same sums of an input, so the store keeps those. What was counted while the candidate was
    written counts deleted rows, too, so it holds only where there are none.
    """
    is_exact = candidate.is_counted and not candidate.rows["delete"]
    places = {n.name: place(n, candidate.table, pins, today) for n in suite.numbers if n.of != THIS}
    known = {name: store.sums[found] for name, found in places.items() if found in store.sums}
    known |= ridden(suite, candidate.counted) if is_exact else {}
    found = of(without(suite, known), lambda name: _frame(name, candidate, store, pins, scope), today)
    store.sums.update({places[name]: value for name, value in found.items() if name in places})
    return known | found


def place(number: Number, table: Table, pins: Pins, today: object) -> Hashable:
    """What tells the sum of an input from every other one."""
    given = table.reads[number.of]
    kind = given.of.type if isinstance(given.of, Contract) else ""
    return source_of(given), pins.seen[source_of(given)], kind, given.fields, number.expression, today


def of(suite: Suite, frame: Callable[[str], DataFrame], today: object) -> dict[str, int | Decimal]:
    """The suite's numbers, in one Spark action; empty sums are 0. They may ask for `today`, the business date."""
    named = sorted({number.of for number in suite.numbers})
    sums = [_sums(frame(name).withColumn("today", F.lit(today)), suite, name) for name in named]
    if not sums:
        return {}
    rows = reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), sums).collect()
    names = [number.name for number in suite.numbers]
    return {name: next((row[name] for row in rows if row[name] is not None), 0) for name in names}


def _frame(of: str, candidate: Candidate, store: Store, pins: Pins, scope: Scope) -> DataFrame:
    if of == THIS:
        return _whole(candidate, store, scope)
    given = candidate.table.reads[of]
    return inputs.typed(given, inputs.rows(given, store, pins))


def _whole(candidate: Candidate, store: Store, scope: Scope) -> DataFrame:
    """The table as readers would see it: the rows outside the scope as they are, and the candidate's."""
    table = candidate.table
    visible = candidate.visible(store.spark)
    if are_of_candidate(table, store, scope):
        return visible
    return scope.without(store.read(table.name), str(table.scope)).unionByName(visible)


def _sums(frame: DataFrame, suite: Suite, of: str) -> DataFrame:
    return frame.agg(*(F.expr(n.expression).alias(n.name) for n in suite.numbers if n.of == of))
