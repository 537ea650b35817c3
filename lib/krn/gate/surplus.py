"""How many rows of a frame are surplus to a key: by the hashes of all keys, or by Spark."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import inheritable_thread_target
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DataType, DateType, DecimalType, IntegralType, StructType, TimestampType

from krn.gate.key import Key, surplus
from krn.gate.result import SPARK

#: Up to so many, the hashes of the keys of a suite are compared in memory; that takes 25 bytes each.
HELD = 10_000_000
#: Up to so many bytes of a frame, of which the rows are not yet known, they are fetched before these are.
BESIDE = 256 * 2**20
#: Up to so many rows, the keys of files are; short ones take 150 bytes a row.
READ = 1_000_000
_PLAIN = (IntegralType, DecimalType, DateType, TimestampType, BooleanType)
#: What may go wrong with that; then Spark counts, and says what is wrong.
_FAILURES = (*SPARK, pa.ArrowException, OSError, EOFError, MemoryError)


def count_surplus(frame: DataFrame, keys: Sequence[Key], rows: int) -> list[int]:
    """The surplus of each key in a frame of so many rows, exactly.

    Equal keys have equal hashes: where no two hashes are equal, no two keys are. Only where some are, or where they
    would not fit, Spark counts the keys themselves, which means a shuffle.
    """
    return _surplus(frame, keys, rows, lambda: _unique(frame, keys))


@contextmanager
def counted_beside(frame: DataFrame, keys: Sequence[Key]) -> Iterator[Callable[[int], list[int]]]:
    """The same, for a caller that counts the rows in the block: the hashes of a small frame are fetched meanwhile."""
    if not keys or _bytes(frame) > BESIDE:
        yield lambda rows: count_surplus(frame, keys, rows) if keys else []
        return
    with ThreadPoolExecutor(1, "keys") as pool:
        unique = pool.submit(inheritable_thread_target(frame.sparkSession)(partial(_unique, frame, keys)))
        yield lambda rows: _surplus(frame, keys, rows, unique.result)


def _surplus(frame: DataFrame, keys: Sequence[Key], rows: int, find: Callable[[], list[Key]]) -> list[int]:
    if not rows:
        return [0] * len(keys)
    unique = find() if rows * len(keys) <= HELD else []
    return [0 if key in unique else _counted(frame, key) for key in keys]


def _bytes(frame: DataFrame) -> int:
    """What Spark, before it reads a row, takes a frame to be at most; of files it is what they have."""
    return int(frame._jdf.queryExecution().optimizedPlan().stats().sizeInBytes())


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
    hashed = [key for key in keys if not _is_collated(frame, key)]
    looks = [_looks(key) for key in hashed]
    if not looks:
        return []
    try:
        found = iter(frame.select(*(column.alias(f"{n}") for n, column in enumerate(chain(*looks)))).toArrow().columns)
        return [key for key, asked in zip(hashed, looks, strict=True) if _differ(*islice(found, len(asked)))]
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
