"""expect_key_to_be_unique: the grain of a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, islice
from operator import or_
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
from great_expectations.expectations.model_field_types import ConditionParser
from great_expectations.expectations.row_conditions import RowConditionType
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DataType, DateType, DecimalType, IntegralType, StructType, TimestampType

from krn.gate.result import SPARK

METRIC = "table.key_surplus"
#: Up to so many, the hashes of the keys of a suite are compared in memory; that takes 25 bytes each.
HELD = 10_000_000
#: Up to so many rows, the keys of files are; short ones take 150 bytes a row.
READ = 1_000_000
_PLAIN = (IntegralType, DecimalType, DateType, TimestampType, BooleanType)
#: What may go wrong with that; then Spark counts, and says what is wrong.
_FAILURES = (*SPARK, pa.ArrowException, OSError, EOFError, MemoryError)


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


def surplus(columns: Iterable[str]) -> Column:
    """Rows beyond one per key. A key with a null in it names nothing, so its row is surplus too."""
    return F.count(F.lit(1)) - F.count_distinct(*(F.col(name) for name in columns))


def count_surplus(frame: DataFrame, keys: Sequence[Key], rows: int) -> list[int]:
    """The surplus of each key in a frame of so many rows, exactly.

    Equal keys have equal hashes: where no two hashes are equal, no two keys are. Only where some are, or where they
    would not fit, Spark counts the keys themselves, which means a shuffle.
    """
    hashed = [key for key in keys if rows * len(keys) <= HELD and not _is_collated(frame, key)]
    unique = _unique(frame, hashed) if rows else keys
    return [0 if key in unique else _counted(frame, key) for key in keys]


def _counted(frame: DataFrame, key: Key) -> int:
    return int(frame.where(key.is_held).agg(surplus(key.columns)).collect()[0][0])


def surplus_of_files(files: Iterable[Path], key: Key, schema: StructType) -> int | None:
    """The surplus of Parquet files of at most `READ` rows, without Spark; None where it is for Spark to tell."""
    columns = list(key.columns)
    if key.condition is not None or not all(_is_plain(schema[name].dataType) for name in columns):
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


def _is_collated(frame: DataFrame, key: Key) -> bool:
    """Whether texts that differ may be equal; a hash is of their bytes."""
    return any("collate" in frame.schema[name].dataType.simpleString() for name in key.columns)


def _unique(frame: DataFrame, keys: Sequence[Key]) -> list[Key]:
    """The keys without a null in them and without one another's hash, in one pass; none where that can't be told."""
    if not keys:
        return []
    looks = [_looks(key) for key in keys]
    try:
        found = iter(frame.select(*(column.alias(f"{n}") for n, column in enumerate(chain(*looks)))).toArrow().columns)
        return [key for key, asked in zip(keys, looks, strict=True) if _differ(*islice(found, len(asked)))]
    except _FAILURES:
        return []


def _looks(key: Key) -> list[Column]:
    """The hash of a row's key, null where there is a null in it; and whether the row is held to it, if not all are."""
    hashed = F.when(~key.is_null, F.xxhash64(*key.columns))
    return [hashed] if key.condition is None else [hashed, key.is_held]


def _differ(hashes: pa.ChunkedArray, held: pa.ChunkedArray | None = None) -> bool:
    of = hashes if held is None else hashes.filter(held)
    ordered = np.sort(of.drop_null().to_numpy())
    return not of.null_count and not (ordered[1:] == ordered[:-1]).any()


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
