"""expect_key_to_be_unique: the grain of a table."""

from collections.abc import Iterable
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine.sparkdf_execution_engine import SparkDFExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DataType, DateType, DecimalType, IntegralType, StructType, TimestampType

from krn.gate.result import SPARK

METRIC = "table.key_surplus"
#: Up to so many rows, hashes of keys are compared in memory; that takes 25 bytes a row.
HELD = 5_000_000
#: Up to so many rows, the keys of files are; short ones take 150 bytes a row.
READ = 1_000_000
_PLAIN = (IntegralType, DecimalType, DateType, TimestampType, BooleanType)
#: What may go wrong with that; then Spark counts, and says what is wrong.
_FAILURES = (*SPARK, pa.ArrowException, OSError, EOFError, MemoryError)


def surplus(columns: list[str]) -> Column:
    """Rows beyond one per key. A key with a null in it names nothing, so its row is surplus too."""
    return F.count(F.lit(1)) - F.count_distinct(*(F.col(name) for name in columns))


def count_surplus(frame: DataFrame, columns: list[str], rows: int) -> int:
    """The surplus of a frame of so many rows, exactly.

    Equal keys have equal hashes: where no two hashes are equal, no two keys are. Only where some are, or where they
    would not fit, Spark counts the keys themselves, which means a shuffle.
    """
    if not rows or (rows <= HELD and not _is_collated(frame, columns) and _is_unique(frame, columns)):
        return 0
    return int(frame.agg(surplus(columns)).collect()[0][0])


def surplus_of_files(files: Iterable[Path], columns: list[str], schema: StructType) -> int | None:
    """The surplus of Parquet files of at most `READ` rows, without Spark; None where it is for Spark to tell."""
    if not all(_is_plain(schema[name].dataType) for name in columns):
        return None
    try:
        keys = pa.concat_tables(_read(file, columns) for file in files)
        return int(keys.num_rows - keys.drop_null().group_by(columns).aggregate([]).num_rows)
    except _FAILURES:
        return None


def _read(file: Path, columns: list[str]) -> pa.Table:
    """As Spark reads: with page checksums, and instants of Spark's old type in all their years."""
    return pq.read_table(
        file, columns=columns, partitioning=None, page_checksum_verification=True, coerce_int96_timestamp_unit="us"
    )


def _is_plain(kind: DataType) -> bool:
    """Whether values are equal where their bytes are: not those of a float, nor of a text with a collation."""
    return kind.simpleString() == "string" or isinstance(kind, _PLAIN)


def _hash(columns: list[str]) -> Column:
    """Of a key without a null in it, else null."""
    return F.when(reduce(and_, (F.col(name).isNotNull() for name in columns)), F.xxhash64(*columns))


def _is_collated(frame: DataFrame, columns: list[str]) -> bool:
    """Whether texts that differ may be equal; a hash is of their bytes."""
    return any("collate" in frame.schema[name].dataType.simpleString() for name in columns)


def _is_unique(frame: DataFrame, columns: list[str]) -> bool:
    """Whether no key has a null in it or the hash of another; False also where that can't be told."""
    try:
        found = frame.select(_hash(columns).alias("hash")).toArrow()["hash"]
        ordered = np.sort(found.drop_null().to_numpy())
    except _FAILURES:
        return False
    return not found.null_count and not (ordered[1:] == ordered[:-1]).any()


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
