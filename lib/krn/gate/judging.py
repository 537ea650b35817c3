"""How a suite and a frame become a result: Great Expectations plans, one pass counts, Great Expectations judges.

The keys themselves are not in that pass (`krn.gate.surplus`): Spark would carry every sum through its shuffle.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import Expectation as Judge
from great_expectations.util import convert_to_json_serializable
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from krn.gate.graph import Graph, Metrics
from krn.gate.judges import REFUSALS, judge_of, runtime
from krn.gate.key import Key, stated
from krn.gate.measure import Planner
from krn.gate.plan import Plan
from krn.gate.result import ROWS, SPARK, Check, Result, check, counted, failed, uncounted
from krn.gate.settled import settled
from krn.gate.suite import Expectation, Suite
from krn.gate.surplus import count_surplus, surplus_of_files, told_beside
from krn.gateway import setting


def plan(suite: Suite, spark: SparkSession, schema: StructType, where: Column, own: Mapping[str, Column]) -> Plan:
    """The plan for the rows `where` that is true, in a frame with these columns; `own` are the caller's aggregates."""
    planner = Planner(spark, schema, where)
    judges, metrics = _planned(suite.expectations, schema.names, planner)
    counts = {ROWS: F.count_if(where), **own}
    return Plan(suite, schema, tuple(judges), metrics, tuple(counts), {**counts, **planner.wanted}, planner.keys)


def judge(suite: Suite, frame: DataFrame, own: Mapping[str, Column], files: Sequence[Path]) -> Result:
    """The expectations over a frame, in one pass with the caller's `own` aggregates, and one for its keys.

    It has the rows of these Parquet files, if there are any.
    """
    try:
        return _counted(suite, frame, own, files)
    except SPARK:
        alone = [_alone(replace(suite, expectations=(e,)), frame, files) for e in suite.expectations]
        return own_result(suite, alone, frame, own)


def judge_counted(
    plan: Plan, values: Mapping[Any, Any], files: Sequence[Path], frame: Callable[[], DataFrame]
) -> Result:
    """The result of the rows in these files, whose aggregates have these values; `frame` reads them."""

    def told(key: Key) -> int | None:
        return surplus_of_files(files, key, plan.schema, values[ROWS])

    surplus = partial(count_surplus, frame, told=told)
    try:
        return _result(plan, values, surplus)
    except SPARK:  # it can't count a key
        return judge(plan.suite, frame(), {}, files)


def reconcile(suite: Suite, numbers: Mapping[str, int | Decimal]) -> Result:
    """The suite's `reconcile` part over one row; as objects, since pandas would make the numbers floats.

    That one row of one was unexpected tells nobody anything, so a check has the number itself, or of a pair A - B.
    """
    engine = PandasExecutionEngine()
    engine.load_batch_data("numbers", pd.DataFrame([dict(numbers)], dtype=object))
    judges, metrics = _planned(suite.reconcile, numbers, engine)
    checks = [(_judged(judge, e, metrics), e) for judge, e in zip(judges, suite.reconcile, strict=True)]
    found = [_with_number(check, e, numbers) for check, e in checks]
    return Result(suite.table, suite.hash, checks=tuple(found))


def _with_number(check: Check, expectation: Expectation, numbers: Mapping[str, int | Decimal]) -> Check:
    if check.error:
        return check
    of = expectation.kwargs
    number = numbers[of["column"]] if "column" in of else numbers[of["column_A"]] - numbers[of["column_B"]]
    return replace(check, observed=number, unexpected_count=None, element_count=None, unexpected_percent=None)


def own_result(suite: Suite, checks: list[Check], frame: DataFrame, own: Mapping[str, Column]) -> Result:
    """The result for checks made apart from the caller's aggregates."""
    try:
        return counted(suite, checks, count(frame, {ROWS: F.count(F.lit(1)), **own}))
    except SPARK as error:
        return uncounted(suite, checks, error)


def count(frame: DataFrame, aggregates: Mapping[Any, Column]) -> dict[Any, Any]:
    """The one pass: every aggregate, under its key; one row comes of it, for which Spark needs to adapt nothing."""
    with setting(frame.sparkSession, "spark.sql.adaptive.enabled", False):
        return dict(zip(aggregates, frame.agg(*aggregates.values()).collect()[0], strict=True))


def _planned(
    expectations: Iterable[Expectation], columns: Container[str], engine: ExecutionEngine[Any]
) -> tuple[list[Judge | Check], Metrics]:
    """Let Great Expectations resolve what each expectation needs; a `Planner` answers counts with placeholders."""
    graph = Graph(engine)
    return [_judge(expectation, columns, graph) for expectation in expectations], graph.known


def _judge(expectation: Expectation, columns: Container[str], graph: Graph) -> Judge | Check:
    try:
        judge = settled(judge_of(expectation, columns))
        for metric in judge.get_validation_dependencies(graph.engine, runtime()).get_metric_configurations():
            graph.resolve(metric)
    except REFUSALS as error:
        return failed(expectation, error)
    return judge


def _counted(suite: Suite, frame: DataFrame, own: Mapping[str, Column], files: Sequence[Path]) -> Result:
    with told_beside(files, stated(suite), frame.schema) as told:
        asked = plan(suite, frame.sparkSession, frame.schema, F.lit(True), own)
        values = count(frame, asked.aggregates)
        return _result(asked, values, partial(count_surplus, lambda: frame, told=told))


def _result(plan: Plan, values: Mapping[Any, Any], surplus: Callable[[Sequence[Key], int], list[int]]) -> Result:
    """What values of the aggregates, and the surplus of the keys in so many rows, come to."""
    keys = dict(zip(plan.keys, surplus(list(plan.keys.values()), values[ROWS]), strict=True))
    known = _known(plan.metrics, {**values, **keys})
    checks = [_judged(judge, of, known) for judge, of in zip(plan.judges, plan.suite.expectations, strict=True)]
    return counted(plan.suite, checks, {name: values[name] for name in plan.own})


def _alone(suite: Suite, frame: DataFrame, files: Sequence[Path]) -> Check:
    """The check of a suite's one expectation, so that one that Spark can't count doesn't hide the others."""
    try:
        return _counted(suite, frame, {}, files).checks[0]
    except SPARK as error:
        return failed(suite.expectations[0], error)


def _known(metrics: Mapping[Any, Any], values: Mapping[Any, Any]) -> Metrics:
    """The metrics, with the values in the places of the placeholders."""
    return {name: _value(values[name]) if name in values else metric for name, metric in metrics.items()}


def _judged(judge: Judge | Check, of: Expectation, known: Metrics) -> Check:
    """What Great Expectations says of the metrics."""
    if isinstance(judge, Check):
        return judge
    try:
        said = judge.metrics_validate(known, runtime_configuration=runtime())
    except REFUSALS as error:
        return failed(of, error)
    return check(of, bool(said.success), said.result)


def _value(value: Any) -> Any:
    """As Great Expectations has it, but an instant with its offset: Spark gives the process's local time."""
    return convert_to_json_serializable(value.astimezone(UTC) if isinstance(value, datetime) else value)
