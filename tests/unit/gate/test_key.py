"""The surplus of a key from Parquet files: exact for values that are equal where their bytes are, else unknown."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from krn.gate import surplus
from krn.gate.key import Key
from krn.gate.surplus import surplus_of_files

ANY: Any = object()  # a condition of Spark, at which nobody looks
AT, DAY = datetime(2026, 1, 5, 12, tzinfo=UTC), date(2026, 1, 5)


def only(of: DataType) -> StructType:
    return StructType([StructField("a", of)])


def files(folder: Path, *parts: list[object], kind: pa.DataType) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{n}.parquet" for n in range(len(parts))]
    for path, values in zip(paths, parts, strict=True):
        pq.write_table(pa.table({"a": pa.array(values, kind), "b": pa.array([1] * len(values), pa.int64())}), path)
    return paths


VALUES = pytest.mark.parametrize(
    ("of", "kind", "values"),
    [
        (StringType(), pa.string(), ["x", "X", "x "]),
        (LongType(), pa.int64(), [1, 2, -1]),
        (DecimalType(38, 4), pa.decimal128(38, 4), [Decimal("1.0000"), Decimal("1.0001"), Decimal("-1.0000")]),
        (DateType(), pa.date32(), [DAY, DAY.replace(day=6), DAY.replace(day=7)]),
        (TimestampType(), pa.timestamp("us", "UTC"), [AT, AT.replace(microsecond=1), AT.replace(year=9999)]),
        (BooleanType(), pa.bool_(), [True, False]),
    ],
)


@VALUES
def test_each_value_that_comes_again_in_any_file_is_surplus_and_each_null(tmp_path, of, kind, values):
    schema = StructType([StructField("a", of), StructField("b", LongType())])
    assert surplus_of_files(files(tmp_path, values, [], kind=kind), Key(("a", "b")), schema, 3) == 0
    assert surplus_of_files(files(tmp_path, values, values[:1], [None], kind=kind), Key(("a",)), schema, 5) == 2


@VALUES
def test_of_many_the_hashes_tell_that_none_comes_again_and_of_others_only_spark_knows(
    tmp_path, monkeypatch, of, kind, values
):
    monkeypatch.setattr(surplus, "FEW", 0)
    schema = StructType([StructField("a", of), StructField("b", LongType())])
    assert surplus_of_files(files(tmp_path, values, [], kind=kind), Key(("a", "b")), schema, 3) == 0
    assert surplus_of_files(files(tmp_path, values[:1], values[1:], kind=kind), Key(("a",)), schema, 3) == 0
    assert surplus_of_files(files(tmp_path, values, values[:1], kind=kind), Key(("a",)), schema, 4) is None
    assert surplus_of_files(files(tmp_path, values, [None], kind=kind), Key(("a",)), schema, 4) is None


@pytest.mark.parametrize("few", [surplus.FEW, 0])
@pytest.mark.parametrize(
    ("of", "kinds", "value"),
    [
        (LongType(), (pa.int32(), pa.int64()), -1),
        (DecimalType(30, 2), (pa.decimal128(4, 1), pa.decimal128(30, 2)), Decimal("-1")),
    ],
)
def test_of_a_column_that_has_two_types_in_files_only_spark_knows(tmp_path, monkeypatch, few, of, kinds, value):
    monkeypatch.setattr(surplus, "FEW", few)
    both = [path for kind in kinds for path in files(tmp_path / str(kind), [value], kind=kind)]
    assert surplus_of_files(both, Key(("a",)), only(of), 2) is None


@pytest.mark.parametrize("few", [surplus.FEW, 0])
def test_of_instants_finer_than_sparks_only_spark_knows(tmp_path, monkeypatch, few):
    monkeypatch.setattr(surplus, "FEW", few)
    path = tmp_path / "fine.parquet"
    pq.write_table(pa.table({"a": pa.array([1, 2], pa.timestamp("ns", "UTC"))}), path)
    assert surplus_of_files([path], Key(("a",)), only(TimestampType()), 2) is None


def test_what_a_name_with_a_dot_means_only_spark_knows(tmp_path):
    pq.write_table(pa.table({"a.b": [1, 2]}), tmp_path / "dot.parquet")
    schema = StructType([StructField("a.b", LongType())])
    assert surplus_of_files([tmp_path / "dot.parquet"], Key(("a.b",)), schema, 2) is None


def test_of_more_rows_than_are_held_only_spark_knows(tmp_path):
    one = files(tmp_path, ["x"], kind=pa.string())
    assert surplus_of_files(one, Key(("a",)), only(StringType()), surplus.HELD + 1) is None


@pytest.mark.parametrize(
    "of", [DoubleType(), StringType("UTF8_LCASE"), ArrayType(LongType()), only(DoubleType()), BinaryType()], ids=repr
)
def test_of_values_that_may_be_equal_with_other_bytes_only_spark_knows(tmp_path, of):
    assert surplus_of_files(files(tmp_path, ["x"], kind=pa.string()), Key(("a",)), only(of), 1) is None


def test_which_rows_meet_a_condition_only_spark_knows(tmp_path):
    one = files(tmp_path, ["x"], kind=pa.string())
    assert surplus_of_files(one, Key(("a",)), only(StringType()), 1) == 0
    assert surplus_of_files(one, Key(("a",), ANY), only(StringType()), 1) is None


def test_of_a_file_that_is_damaged_spark_shall_say_what_is_wrong(tmp_path, monkeypatch):
    (path,) = files(tmp_path, ["x"], kind=pa.string())
    path.write_bytes(path.read_bytes()[:-9])
    for few in (surplus.FEW, 0):
        monkeypatch.setattr(surplus, "FEW", few)
        assert surplus_of_files([path], Key(("a",)), only(StringType()), 1) is None
