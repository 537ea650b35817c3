"""The gate: the suite of a table applied to a candidate, before any reader sees it.

An empty frame passes what is said of each row (there is none) and fails what is said of a column's minimum, maximum,
mean or sum (there is no value). Whether a candidate may be empty is for the build to say, before it asks here.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql.types import StructType

from krn.gate.lint import lint
from krn.gate.plan import Plan
from krn.gate.quiet import quiet
from krn.gate.result import SPARK, Check, Result, nothing_came, reason
from krn.gate.suite import Expectation, Number, Suite, load

__all__ = [
    "Check",
    "Expectation",
    "Number",
    "Plan",
    "Result",
    "Suite",
    "judge",
    "judge_counted",
    "lint",
    "load",
    "load_beside",
    "nothing_came",
    "plan",
    "reconcile",
    "refused",
    "with_reconciled",
]


#: Great Expectations loads jsonschema, and that compiles the grammar of this package, where it is installed, for 2 s.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def load_beside() -> None:
    """Load Great Expectations (3 s) while the caller waits for something else."""
    Thread(target=import_module, args=("krn.gate.judging",), daemon=True).start()


def judge(
    suite: Suite,
    frame: DataFrame,
    extra: Mapping[str, Column] | None = None,
    engine: str = "fused",
    files: Sequence[Path] = (),
) -> Result:
    """Judge the rows of a frame by the suite's expectations, in one Spark pass and a job for its keys.

    It raises for nothing the data holds. `files` are Parquet files, where the frame has all of their rows and no other:
    then keys are read from them, without Spark.

    `extra` are aggregates of the caller that ride in the same pass and come back exact. `engine="plain"` is Great
    Expectations as it comes: the tests' oracle, and the way out if fusing breaks.
    """
    own = extra or {}
    with quiet():
        if engine == "plain":
            from krn.gate import plain  # here and below, since it imports Great Expectations: 3 s

            return plain.judge(suite, frame, own)
        from krn.gate import judging

        return judging.judge(suite, frame, own, files)


def plan(
    suite: Suite,
    spark: SparkSession,
    schema: StructType,
    where: Column,
    extra: Mapping[str, Column] | None = None,
) -> Plan:
    """What a pass over a frame with these columns must count of the rows `where` that is true, to judge them.

    For a caller that makes that pass anyway; `judge_counted` says what becomes of it. `extra` are aggregates of the
    caller over all rows.
    """
    with quiet():
        from krn.gate import judging

        return judging.plan(suite, spark, schema, where, extra or {})


def judge_counted(
    plan: Plan, values: Mapping[Any, Any], files: Sequence[Path], frame: Callable[[], DataFrame]
) -> Result:
    """Judge the rows of Parquet files by the values of a plan's aggregates; `frame` reads them, should it come to that.

    Their keys are read from the files.
    """
    with quiet():
        from krn.gate import judging

        return judging.judge_counted(plan, values, files, frame)


def reconcile(suite: Suite, numbers: Mapping[str, int | Decimal]) -> Result:
    """Judge the suite's `reconcile` part over one row of exact numbers, without Spark.

    Numbers stay what they are, bounds do not: Great Expectations makes them floats. So the lint asks for whole bounds,
    and sums that must agree are compared with each other, or their difference with 0.
    """
    if not suite.reconcile:
        return Result(suite.table, suite.hash)
    with quiet():
        from krn.gate import judging

        return judging.reconcile(suite, numbers)


def with_reconciled(result: Result, suite: Suite, measure: Callable[[], Mapping[str, int | Decimal]]) -> Result:
    """The result of a candidate with the checks of the suite's `reconcile` part; numbers that Spark can't count close
    the gate, as an expectation does that it can't count: they are the gate's own, not the table's.
    """
    try:
        with quiet():
            numbers = measure()
    except SPARK as error:
        return replace(result, at_least="error", why=f"numbers of its suite can't be counted: {reason(error)}")
    return replace(result, checks=result.checks + reconcile(suite, numbers).checks)


def refused(suite: Suite, why: str) -> Result:
    """The result of a candidate that is held before its suite is asked."""
    return Result(suite.table, suite.hash, at_least="held", why=why)
