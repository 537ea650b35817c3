"""Great Expectations judges, one pass computes.

Asked for 20 expectations, Great Expectations starts 28 to 53 Spark jobs. Here it plans first, on a stand-in that has no
rows to count: it names the conditions and aggregates it wants, those are counted together, and it judges the values.
The seam is `ExecutionEngine.resolve_metrics`; `tests/engine/test_gate.py` compares every allowed expectation with the
same one run by plain Great Expectations.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

from great_expectations.execution_engine.sparkdf_batch_data import SparkDFBatchData
from great_expectations.execution_engine.sparkdf_execution_engine import SparkDFExecutionEngine
from great_expectations.validator.metric_configuration import MetricConfiguration, MetricConfigurationID
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import IntegralType, StructType

from krn.gate.aggregates import OWN
from krn.gate.graph import Metrics
from krn.gate.key import METRIC, Key

_ROWS = "table.row_count"
_OF_VALUES: Mapping[str, Callable[..., Column]] = {
    "column.min": F.min,
    "column.max": F.max,
    "column.mean": F.mean,
    "column.sum": F.sum,
    "column.median": lambda values: F.median(F.nanvl(values.cast("double"), F.lit(None).cast("double"))),
    "column.standard_deviation": F.stddev_samp,
    "column.non_null_count": F.count,
    "column.distinct_values.count": F.count_distinct,
    **OWN,
}
_SHARES: Mapping[str, tuple[str, str]] = {  # of two metrics, the first over the second
    "column.non_null_proportion": ("column.non_null_count", _ROWS),
    "column.unique_proportion": ("column.distinct_values.count", "column.non_null_count"),
}
_WITH_BOUNDS = ("column_values.between.condition", "multicolumn_sum.equal.condition")
_LENGTHS = "column_values.value_length.between.condition"
_LONGEST = 2**31  # of a text in Java
_DIGITS = 38  # of a decimal in Spark
_PLACEHOLDER = 0  # what planning sees where a count will be


@dataclass(frozen=True)
class Rows:
    """Stands in for a frame: it remembers its filters instead of applying them, as the condition `only`."""

    schema: StructType
    base: Column
    only: Column | None = None

    @property
    def where(self) -> Column:
        """The condition that a row is one of these."""
        return self.base if self.only is None else self.base & self.only

    def filter(self, condition: Column | str) -> "Rows":
        also = F.expr(condition) if isinstance(condition, str) else condition
        return replace(self, only=also if self.only is None else self.only & also)

    def __getitem__(self, names: list[str]) -> "Rows":
        return replace(self, schema=StructType([self.schema[name] for name in names]))

    @property
    def columns(self) -> list[str]:
        return self.schema.names


class Planner(SparkDFExecutionEngine):
    """Collects in `wanted` each aggregate that Great Expectations would run, in `keys` each key that is to be unique.

    Without a frame it can start no job.
    """

    def __init__(self, spark: SparkSession, schema: StructType, where: Column) -> None:
        super().__init__(spark=spark, persist=False)
        self.wanted: dict[MetricConfigurationID, Column] = {}
        self.keys: dict[MetricConfigurationID, Key] = {}
        self.batch_manager.save_batch_data("candidate", SparkDFBatchData(self, Rows(schema, where)))

    def resolve_metrics(
        self,
        metrics_to_resolve: Iterable[MetricConfiguration],
        metrics: Metrics | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> Metrics:
        known, answers = metrics or {}, Metrics()
        free: dict[MetricConfigurationID, MetricConfiguration] = {}
        for metric in metrics_to_resolve:
            if metric.metric_name.endswith(".unexpected_values"):
                answers[metric.id] = []  # samples would cost a job each and show raw values
            elif metric.metric_name == METRIC:
                columns, rows = metric.metric_value_kwargs["columns"], self._rows(metric.metric_domain_kwargs)
                self.keys[metric.id] = Key(tuple(columns), rows.only)
                answers[metric.id] = _PLACEHOLDER
            elif (aggregate := self._counted(metric, known)) is not None:
                self.wanted[metric.id] = aggregate
                answers[metric.id] = _PLACEHOLDER
            else:
                free[metric.id] = self._exact(metric)
        resolved = super().resolve_metrics(free.values(), known, runtime_configuration) if free else {}
        return answers | {asked: _quick(exact, resolved[exact.id]) for asked, exact in free.items()}

    def _counted(self, metric: MetricConfiguration, known: Metrics) -> Column | None:
        if metric.metric_name.endswith((".unexpected_count", ".filtered_row_count")):
            return self._count(metric, known)
        return self._aggregate(metric.metric_name, metric.metric_domain_kwargs, metric.metric_value_kwargs)

    def _aggregate(self, name: str, domain: Mapping[str, Any], given: Mapping[str, Any]) -> Column | None:
        if name in _SHARES:
            part, whole = (self._number(of, domain, {}) for of in _SHARES[name])
            return F.coalesce(F.try_divide(part, whole), F.lit(0))  # of nothing it is 0
        return self._number(name, domain, given) if name == _ROWS or name in _OF_VALUES else None

    def _number(self, name: str, domain: Mapping[str, Any], given: Mapping[str, Any]) -> Column:
        where = self._where(domain)
        if name == _ROWS:
            return F.count_if(where)
        return _OF_VALUES[name](F.when(where, F.col(domain["column"])), **given)

    def _count(self, metric: MetricConfiguration, known: Metrics) -> Column:
        unexpected, compute, accessor = known[_condition(metric).id]
        where = self._where({**compute, **accessor})
        return F.count_if(where if metric.metric_name.endswith(".filtered_row_count") else where & unexpected)

    def _exact(self, metric: MetricConfiguration) -> MetricConfiguration:
        """With decimal bounds: Great Expectations makes them floats, which err from the 16th digit on.

        A sum of whole numbers alone is DECIMAL(38,0), beside which Spark cuts the fraction off a decimal bound.
        """
        columns = metric.metric_domain_kwargs.get("column_list", ())
        of_whole = columns and all(isinstance(self._rows({}).schema[c].dataType, IntegralType) for c in columns)
        if metric.metric_name not in _WITH_BOUNDS or of_whole:
            return metric
        bounds = {k: _decimal(v) if isinstance(v, float) else v for k, v in metric.metric_value_kwargs.items()}
        exact = MetricConfiguration(metric.metric_name, metric.metric_domain_kwargs, bounds)
        exact.metric_dependencies = metric.metric_dependencies
        return exact

    def _where(self, domain: Mapping[str, Any]) -> Column:
        return self._rows(domain).where

    def _rows(self, domain: Mapping[str, Any]) -> Rows:
        rows: Rows = self.get_domain_records(dict(domain))  # the stand-in went through Great Expectations' own filters
        return rows


def _condition(metric: MetricConfiguration) -> MetricConfiguration:
    """The metric that is true for an unexpected row: asked for directly, or by the aggregate made of it."""
    needs = metric.metric_dependencies
    return needs.get("unexpected_condition") or _condition(needs["metric_partial_fn"])


def _quick(metric: MetricConfiguration, resolved: Any) -> Any:
    """Of lengths, with a condition that counts characters only where the bytes, one to four for each, don't tell."""
    given = metric.metric_value_kwargs
    if metric.metric_name != _LENGTHS or given.get("strict_min") or given.get("strict_max"):
        return resolved
    unexpected, *domain = resolved
    octets, least, most = F.octet_length(metric.metric_domain_kwargs["column"]), given["min_value"], given["max_value"]
    if max(least or 0, most or 0) > _LONGEST:
        return resolved
    bounds = [*([] if least is None else [octets >= 4 * least]), *([] if most is None else [octets <= most])]
    return ~reduce(and_, bounds) & unexpected, *domain


def _decimal(value: float) -> Decimal | float:
    """The number that is written so; a float where no decimal of Spark holds it."""
    exact = Decimal(f"{Decimal(repr(value)):f}")
    _, digits, exponent = exact.as_tuple()
    return exact if max(len(digits), -int(exponent)) <= _DIGITS else value
