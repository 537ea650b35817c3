"""expect_key_to_be_unique: the grain of a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine.sparkdf_execution_engine import SparkDFExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.expectations.model_field_types import ConditionParser
from great_expectations.expectations.row_conditions import RowConditionType
from pyspark.sql import Column
from pyspark.sql import functions as F

from krn.gate.suite import Suite

TYPE, METRIC = "expect_key_to_be_unique", "table.key_surplus"


@dataclass(frozen=True, eq=False)  # columns of Spark can't be compared
class Key:
    """Columns that no two rows have in common; of all rows, or of those of which a condition is true."""

    columns: tuple[str, ...]
    condition: Column | None = None

    @property
    def is_null(self) -> Column:
        """Whether a row has a null in its key."""
        return reduce(or_, (F.col(name).isNull() for name in self.columns))

    @property
    def is_held(self) -> Column:
        """Whether a row is one of those that no two may be alike."""
        return F.lit(True) if self.condition is None else F.coalesce(self.condition, F.lit(False))


def stated(suite: Suite) -> list[tuple[str, ...]]:
    """The columns of the suite's keys of all rows, as they are written: without Great Expectations' plan."""
    keys = [e.kwargs for e in suite.expectations if e.type == TYPE and not e.kwargs.get("row_condition")]
    return [tuple(map(str, of["columns"])) for of in keys if isinstance(of.get("columns"), list)]


def surplus(columns: Iterable[str]) -> Column:
    """Rows beyond one per key. A key with a null in it names nothing, so its row is surplus too."""
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
    """Expect one row for each value of the key, and no null in it: of all rows, or of those that meet a condition."""

    columns: list[str]
    row_condition: RowConditionType = None
    condition_parser: ConditionParser | None = None

    domain_keys: ClassVar[tuple[str, ...]] = ("row_condition", "condition_parser")
    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("columns",)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        return {"success": metrics[METRIC] == 0, "result": {"observed_value": metrics[METRIC]}}
