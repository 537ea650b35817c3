"""The numbers of a reconciliation: exact sums over the whole table as it would be, and over its inputs."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.engine import inputs
from krn.engine.candidate import Candidate
from krn.engine.pins import Pins
from krn.engine.scope import Scope
from krn.gate import Suite
from krn.store import Store

THIS = "this"


def measure(suite: Suite, candidate: Candidate, store: Store, pins: Pins, scope: Scope) -> dict[str, int | Decimal]:
    """The suite's numbers over the whole table with the candidate in it, and over its inputs at their pins."""
    return of(suite, lambda name: _frame(name, candidate, store, pins, scope))


def of(suite: Suite, frame: Callable[[str], DataFrame]) -> dict[str, int | Decimal]:
    """The suite's numbers, one Spark pass for each frame that they are taken of; empty sums are 0."""
    found: dict[str, int | Decimal] = {}
    for name in sorted({number.of for number in suite.numbers}):
        found |= _exact(frame(name), {n.name: n.expression for n in suite.numbers if n.of == name})
    return found


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


def _exact(frame: DataFrame, wanted: Mapping[str, str]) -> dict[str, int | Decimal]:
    row = frame.agg(*(F.expr(expression).alias(name) for name, expression in wanted.items())).first()
    return {name: 0 if row is None or row[name] is None else row[name] for name in wanted}
