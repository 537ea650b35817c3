"""How a suite and a frame become a result: Great Expectations plans, one pass counts, Great Expectations judges.

The keys themselves are not in that pass (`krn.gate.key`): Spark would carry every sum through its shuffle.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import Expectation as Judge
from great_expectations.util import convert_to_json_serializable
from great_expectations.validator.validation_graph import ValidationGraph
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from krn.gate import key
from krn.gate.judges import BASIC, REFUSALS, judge_of
from krn.gate.measure import Metrics, Planner
from krn.gate.result import ROWS, Check, Result, check, counted, failed, uncounted
from krn.gate.suite import Expectation, Suite

SPARK = (PySparkException, Py4JError)


@dataclass(frozen=True)
class Plan:
    """An expectation, what it is judged with, and the metrics that were asked for."""

    of: Expectation
    judge: Judge
    metrics: Metrics


def judge(suite: Suite, frame: DataFrame, own: Mapping[str, Column], *, few: bool) -> Result:
    """The expectations over a frame, in one pass with the caller's `own` aggregates; with the key of `few` rows."""
    planner = Planner(frame)
    plans = [_plan(expectation, frame.columns, planner) for expectation in suite.expectations]
    try:
        values = _counted(frame, {**own, **planner.wanted}, planner.keys, few=few)
    except SPARK:
        return own_result(suite, [_alone(plan, frame, planner) for plan in plans], frame, own)
    return counted(suite, [_judged(plan, values) for plan in plans], {name: values[name] for name in own})


def reconcile(suite: Suite, numbers: Mapping[str, int | Decimal]) -> Result:
    """The suite's `reconcile` part over one row; as objects, since pandas would make the numbers floats.

    That one row of one was unexpected tells nobody anything, so a check has the number itself, or of a pair A - B.
    """
    engine = PandasExecutionEngine()
    engine.load_batch_data("numbers", pd.DataFrame([dict(numbers)], dtype=object))
    checks = [_judged(_plan(expectation, numbers, engine), {}) for expectation in suite.reconcile]
    found = [_with_number(check, e, numbers) for check, e in zip(checks, suite.reconcile, strict=True)]
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
        return counted(suite, checks, count(frame, own))
    except SPARK as error:
        return uncounted(suite, checks, error)


def count(frame: DataFrame, aggregates: Mapping[Any, Column]) -> dict[Any, Any]:
    """The one pass: every aggregate, under its key."""
    return dict(zip(aggregates, frame.agg(*aggregates.values()).collect()[0], strict=True))


def _plan(expectation: Expectation, columns: Container[str], engine: ExecutionEngine[Any]) -> Plan | Check:
    """Let Great Expectations resolve what one expectation needs; a `Planner` answers counts with placeholders."""
    try:
        judge = judge_of(expectation, columns)
        graph = ValidationGraph(execution_engine=engine)
        for metric in judge.get_validation_dependencies(engine, _runtime()).get_metric_configurations():
            graph.build_metric_dependency_graph(metric, _runtime())
        metrics, _ = graph.resolve({**_runtime(), "catch_exceptions": False}, show_progress_bars=False)
    except REFUSALS as error:
        return failed(expectation, error)
    return Plan(expectation, judge, metrics)


def _counted(
    frame: DataFrame, aggregates: Mapping[Any, Column], keys: Mapping[Any, list[str]], *, few: bool = False
) -> dict[Any, Any]:
    """The one pass, and the surplus of each key."""
    hashes = {name: key.n_hashes(frame, columns) for name, columns in keys.items()} if few else {}
    values = count(frame, {ROWS: F.count(F.lit(1)), **aggregates, **hashes})
    return values | {
        name: key.count_surplus(frame, columns, values[ROWS], values.get(name)) for name, columns in keys.items()
    }


def _alone(plan: Plan | Check, frame: DataFrame, planner: Planner) -> Check:
    """The check of an expectation counted by itself, so that one that Spark can't count doesn't hide the others."""
    if isinstance(plan, Check):
        return plan
    wanted = {name: planner.wanted[name] for name in plan.metrics if name in planner.wanted}
    keys = {name: planner.keys[name] for name in plan.metrics if name in planner.keys}
    try:
        return _judged(plan, _counted(frame, wanted, keys))
    except SPARK as error:
        return failed(plan.of, error)


def _judged(plan: Plan | Check, values: Mapping[Any, Any]) -> Check:
    """What Great Expectations says of the metrics, once the values are in the places of the placeholders."""
    if isinstance(plan, Check):
        return plan
    known = {name: _value(values[name]) if name in values else metric for name, metric in plan.metrics.items()}
    try:
        said = plan.judge.metrics_validate(known, runtime_configuration=_runtime())
    except REFUSALS as error:
        return failed(plan.of, error)
    return check(plan.of, bool(said.success), said.result)


def _value(value: Any) -> Any:
    """As Great Expectations has it, but an instant with its offset: Spark gives the process's local time."""
    return convert_to_json_serializable(value.astimezone(UTC) if isinstance(value, datetime) else value)


def _runtime() -> dict[str, Any]:
    return {"result_format": dict(BASIC)}  # anew each time: Great Expectations writes into it
