"""A suite tried on what is published: what each expectation finds, and nothing is published or held."""

from dataclasses import asdict
from datetime import date

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn import cursors, gate
from krn.engine import inputs, numbers
from krn.engine.pins import Pins
from krn.engine.repairs import repeats_of_fixes
from krn.engine.rivals import fixes
from krn.errors import UsageError
from krn.gate import Result, Suite
from krn.history import History
from krn.retelling import finding
from krn.store import Store
from krn.tables.bronze import deliveries as bronze
from krn.tables.table import Table

SCHEMA = pa.schema([(name, pa.string()) for name in ("status", "severity", "expectation", "found", "description")])


def tried(table: Table, suite: Suite, store: Store, today: date, engine: str = "fused") -> Result:
    """The suite's result over all rows that readers see now, and over the inputs that they were made of.

    Limits of former runs are of what runs judge, not of all rows, so here there are none.
    """
    if not store.exists(table.name):
        raise UsageError(f"{table.name} has not been published.", "krn run, then try again")
    published = store.read(table.name)
    unlimited = History().limited(suite, "published")
    judged = gate.judge(unlimited, published, engine=engine)
    return gate.with_reconciled(
        judged, unlimited, lambda: numbers.of(suite, lambda name: _frame(name, table, published, store), today)
    )


def _frame(name: str, table: Table, published: DataFrame, store: Store) -> DataFrame:
    """What a number is taken of: the table, or an input at the version that the table was made of."""
    cursor = cursors.load(store.root, table.name)
    if name == numbers.THIS:
        return published
    if table.transform is None or cursor is None:
        return _judged(name, published, store)
    given = table.reads[name]
    return inputs.typed(given, inputs.rows(given, store, Pins(cursor.inputs, cursor.through)))


def _judged(name: str, verdicts: DataFrame, store: Store) -> DataFrame:
    """What verdicts are reconciled with, as judge names it: bronze up to the last batch that has some, or fixes."""
    if name == "fixes":
        return repeats_of_fixes(verdicts, fixes(store))
    last = verdicts.agg(F.max("batch").alias("last"))
    return store.read(bronze.TABLE.name).join(last, on=F.col("batch") <= F.col("last"), how="left_semi")


def as_table(result: Result) -> pa.Table:
    """One row an expectation: how it ended and what it found, in numbers."""
    rows = [
        {
            "status": check.status,
            "severity": check.severity,
            "expectation": check.id,
            "found": finding(asdict(check)),
            "description": check.description,
        }
        for check in result.checks
    ]
    return pa.Table.from_pylist(rows, SCHEMA)
