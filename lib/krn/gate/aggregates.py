"""Aggregates of one column that Great Expectations lacks or can't fuse, and the expectations that bound them."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from great_expectations.execution_engine.sparkdf_execution_engine import SparkDFExecutionEngine
from great_expectations.expectations.expectation import ColumnAggregateExpectation
from great_expectations.expectations.metrics.column_aggregate_metric_provider import (
    ColumnAggregateMetricProvider,
    column_aggregate_partial,
)
from pyspark.sql import Column
from pyspark.sql import functions as F

_SHARE, _PERCENTILE = "column.share_in_set", "column.percentile"
_BOUNDS = ("min_value", "max_value", "strict_min", "strict_max")


def share_in_set(column: Column, value_set: list[Any], **_: Any) -> Column:
    """Of the values that are not null, the share that is in the set; null where there is no value."""
    return F.mean(column.isin(value_set).cast("int"))


def percentile(column: Column, percentile: float, **_: Any) -> Column:
    """Exact and linearly interpolated: what a sketch answers depends on the order of the rows.

    Spark keeps a count for each distinct value: it is for columns of thousands of values, not of millions.
    """
    return F.percentile(column, percentile)


class ShareInSet(ColumnAggregateMetricProvider):
    metric_name = _SHARE
    value_keys = ("value_set",)

    @column_aggregate_partial(engine=SparkDFExecutionEngine)
    def _spark(cls, **given: Any) -> Column:  # noqa: N805 (passed by name)
        return share_in_set(**given)


class Percentile(ColumnAggregateMetricProvider):
    metric_name = _PERCENTILE
    value_keys = ("percentile",)

    @column_aggregate_partial(engine=SparkDFExecutionEngine)
    def _spark(cls, **given: Any) -> Column:  # noqa: N805 (passed by name)
        return percentile(**given)


class _Bounded(ColumnAggregateExpectation):
    """An aggregate of a column within bounds; abstract, so Great Expectations does not register it."""

    min_value: float | None = None
    max_value: float | None = None
    strict_min: bool = False
    strict_max: bool = False


class ExpectColumnShareInSetToBeBetween(_Bounded):
    """Expect the share of a column's values that are in the set to lie within bounds."""

    value_set: list[Any]

    metric_dependencies: ClassVar[tuple[str, ...]] = (_SHARE,)
    success_keys: ClassVar[tuple[str, ...]] = ("value_set", *_BOUNDS)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        return self._validate_metric_value_between(_SHARE, metrics)


class ExpectColumnPercentileToBeBetween(_Bounded):
    """Expect the percentile of a column's values (0.5 is the median) to lie within bounds."""

    percentile: float

    metric_dependencies: ClassVar[tuple[str, ...]] = (_PERCENTILE,)
    success_keys: ClassVar[tuple[str, ...]] = ("percentile", *_BOUNDS)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        return self._validate_metric_value_between(_PERCENTILE, metrics)


OWN: Mapping[str, Callable[..., Column]] = {_SHARE: share_in_set, _PERCENTILE: percentile}
