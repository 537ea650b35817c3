"""How many rows are surplus to a key.

Equal keys have equal hashes: where no two hashes are equal, no two keys are. Only where some are, or where the hashes
would not fit, the keys themselves are counted, by Spark, which means a shuffle.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DataType, DateType, DecimalType, IntegralType, StructType, TimestampType

from krn.gate.key import Key, surplus
from krn.gate.result import SPARK

#: Up to so many, the hashes of the keys of a suite are compared in memory; that takes 25 bytes each.
HELD = 10_000_000
#: Up to so many keys of files are counted themselves, which takes less than to start DuckDB.
FEW = 100_000
_PLAIN = (IntegralType, DecimalType, DateType, TimestampType, BooleanType)
#: The surplus of a key that files tell; None where it is for Spark to tell.
OfFiles = Callable[[Key], int | None]
#: What may go wrong without Spark; then Spark counts, and says what is wrong.
_FAILURES = (*SPARK, pa.ArrowException, duckdb.Error, OSError, EOFError, MemoryError)


@contextmanager
def told_beside(files: Sequence[Path], keys: Sequence[tuple[str, ...]], schema: StructType) -> Iterator[OfFiles]:
    """What files tell of keys that hold for all of their rows, found while the block does something else."""
    rows = _rows(files)
    known = [columns for columns in keys if rows and {*columns} <= {*schema.names}]
    with ThreadPoolExecutor(1, "keys") as pool:
        begun = {of: pool.submit(surplus_of_files, files, Key(of), schema, rows) for of in known}
        yield lambda key: begun[key.columns].result() if key.condition is None and key.columns in begun else None


def count_surplus(frame: Callable[[], DataFrame], keys: Sequence[Key], rows: int, told: OfFiles) -> list[int]:
    """The surplus of each key in the so many rows of a frame, exactly; what their files have not told, Spark counts."""
    found = [told(key) for key in keys]
    rest = [key for key, n in zip(keys, found, strict=True) if n is None]
    by_spark = iter(_surplus_of_frame(frame(), rest, rows) if rest else ())
    return [next(by_spark) if n is None else n for n in found]


def _surplus_of_frame(frame: DataFrame, keys: Sequence[Key], rows: int) -> list[int]:
    unique = _unique(frame, keys) if rows * len(keys) <= HELD else []
    return [0 if key in unique else _counted(frame, key) for key in keys]


def _counted(frame: DataFrame, key: Key) -> int:
    return int(frame.where(key.is_held).agg(surplus(key.columns)).collect()[0][0])


def _rows(files: Sequence[Path]) -> int:
    """How many rows the files' footers name; 0 where one can't be read."""
    try:
        return sum(int(pq.read_metadata(file).num_rows) for file in files)
    except _FAILURES:
        return 0


def surplus_of_files(files: Sequence[Path], key: Key, schema: StructType, rows: int) -> int | None:
    """The surplus in the so many rows of Parquet files, without Spark; None where it is for Spark to tell."""
    columns = list(key.columns)
    is_plain = key.condition is None and all(_is_plain(name, schema[name].dataType) for name in columns)
    if not files or not is_plain or rows > HELD:
        return None
    try:
        if rows > FEW:
            return 0 if _is_unique(files, columns) else None
        keys = pa.concat_tables(_read(files, columns))
        return int(keys.num_rows - keys.drop_null().group_by(columns).aggregate([]).num_rows)
    except _FAILURES:
        return None


def _is_unique(files: Sequence[Path], columns: list[str]) -> bool:
    """Whether no key has a null in it or another's hash; of a file at a time the keys themselves are in memory."""
    hashes = []
    with duckdb.connect() as connection:
        for keys in _read(files, columns):
            if any(column.null_count for column in keys.columns):
                return False
            hashed = duckdb.FunctionExpression("hash", *map(duckdb.ColumnExpression, columns)).alias("hash")
            hashes.append(connection.from_arrow(keys).select(hashed).fetchnumpy()["hash"])
    return _differ(np.concatenate(hashes))


def _read(files: Sequence[Path], columns: list[str]) -> Iterator[pa.Table]:
    """As Spark reads: with page checksums, and instants of Spark's old type in all their years.

    It fails where a column has two types, whose hashes differ, or instants finer than Spark's.
    """
    types = None
    for file in files:
        keys = pq.read_table(
            file, columns=columns, partitioning=None, page_checksum_verification=True, coerce_int96_timestamp_unit="us"
        )
        types = types or keys.schema.types
        if keys.schema.types != types or any(pa.types.is_timestamp(of) and of.unit == "ns" for of in types):
            raise pa.ArrowTypeError(f"{file}: {keys.schema.types}")
        yield keys


def _is_plain(name: str, kind: DataType) -> bool:
    """Whether values are equal where their bytes are: not those of a float, nor of a text with a collation.

    To Spark a name with a dot or a backtick is not a column's.
    """
    return not {".", "`"} & {*name} and (kind.simpleString() == "string" or isinstance(kind, _PLAIN))


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
        return [key for key, asked in zip(hashed, looks, strict=True) if _all_differ(*islice(found, len(asked)))]
    except _FAILURES:
        return []


def _looks(key: Key) -> list[Column]:
    """The hash of a row's key, null where there is a null in it; and whether the row is held to it, if not all are."""
    hashed = F.when(~key.is_null, F.xxhash64(*key.columns))
    return [hashed] if key.condition is None else [hashed, key.is_held]


def _all_differ(hashes: pa.ChunkedArray, held: pa.ChunkedArray | None = None) -> bool:
    of = hashes if held is None else hashes.filter(held)
    return not of.null_count and _differ(of.to_numpy())


def _differ(hashes: np.ndarray) -> bool:
    ordered = np.sort(hashes)
    return not (ordered[1:] == ordered[:-1]).any()
