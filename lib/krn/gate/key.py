"""expect_key_to_be_unique: the grain of a table, counted in the same pass as everything else."""

from typing import Any, ClassVar

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine.sparkdf_execution_engine import SparkDFExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from pyspark.sql import Column
from pyspark.sql import functions as F

METRIC = "table.key_surplus"


def surplus(columns: list[str]) -> Column:
    """Rows beyond one per key. A key with a null in it names nothing, so its row is surplus too.

    The dear part of a gate: Spark carries the other sums of the pass through the key's shuffle (2 million rows, 20
    expectations: 4.0 CPU s against 1.4 without). A pass of its own would save a quarter of that for two more jobs.
    """
    return F.count(F.lit(1)) - F.count_distinct(*(F.col(name) for name in columns))


class KeySurplus(TableMetricProvider):
    metric_name = METRIC
    value_keys = ("columns",)

    @metric_partial(
        engine=SparkDFExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _spark(cls, metric_domain_kwargs: Any, metric_value_kwargs: Any, **_: Any) -> Any:  # noqa: N805 (passed by name)
        return surplus(metric_value_kwargs["columns"]), metric_domain_kwargs, {}


class ExpectKeyToBeUnique(BatchExpectation):
    """Expect one row for each value of the key, and no null in it."""

    columns: list[str]

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("columns",)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        return {"success": metrics[METRIC] == 0, "result": {"observed_value": metrics[METRIC]}}
