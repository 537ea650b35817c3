"""The numbers of a reconciliation: exact sums over the whole table as it would be, and over its inputs."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from decimal import Decimal
from functools import reduce

from pyspark.sql import DataFrame
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


def measure(
    suite: Suite, candidate: Candidate, store: Store, pins: Pins, scope: Scope, today: object
) -> dict[str, int | Decimal]:
    """The suite's numbers over the whole table with the candidate in it, and over its inputs at their pins.

    Several tables ask for the same sums of an input, so the store keeps those.
    """
    places = {n.name: place(n, candidate.table, pins, today) for n in suite.numbers if n.of != THIS}
    known = {name: store.sums[found] for name, found in places.items() if found in store.sums}
    rest = replace(suite, numbers=tuple(n for n in suite.numbers if n.name not in known))
    found = of(rest, lambda name: _frame(name, candidate, store, pins, scope), today)
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
    if scope.is_whole or table.scope is None or not store.exists(table.name):
        return visible
    return scope.without(store.read(table.name), table.scope).unionByName(visible)


def _sums(frame: DataFrame, suite: Suite, of: str) -> DataFrame:
    return frame.agg(*(F.expr(n.expression).alias(n.name) for n in suite.numbers if n.of == of))
