"""A candidate: what a table would become, row by row against what it is, written once and not yet published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow.parquet as pq
from pyspark.sql import Column, DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, MapType, StringType, StructField, StructType

from krn.errors import KrnError
from krn.gate import Plan
from krn.gate.result import ROWS, SPARK
from krn.tables.table import Table

CHANGES = ("insert", "update", "delete", "same")
VISIBLE = ("insert", "update", "same")


@dataclass(frozen=True)
class Candidate:
    """Parquet files under `path`, one folder for each kind of change; `rows` counts them from the files' footers.

    `counted` are the aggregates of its gate's `plan`, counted on the way; none where Spark could not.
    """

    table: Table
    path: Path
    rows: dict[str, int]
    plan: Plan | None = None
    counted: Mapping[Any, Any] = field(default_factory=dict)

    @property
    def n_changed(self) -> int:
        return self.rows["insert"] + self.rows["update"] + self.rows["delete"]

    @property
    def n_visible(self) -> int:
        return sum(self.rows[change] for change in VISIBLE)

    @property
    def is_counted(self) -> bool:
        """Whether `counted` is of all the rows that readers would see."""
        return self.counted.get(ROWS) == self.n_visible

    def read(self, spark: SparkSession, *changes: str) -> DataFrame:
        """The rows of the given kinds of change, with the column `_change`."""
        folders = [str(self.path / f"_change={c}") for c in changes if self.rows[c]]
        schema = StructType([*self.table.schema.fields, StructField("_change", StringType())])
        if not folders:
            return spark.createDataFrame([], schema)
        return spark.read.schema(schema).option("basePath", str(self.path)).parquet(*folders)

    @property
    def files(self) -> list[Path]:
        """The files of the rows that readers would see."""
        return [file for change in VISIBLE for file in files_in(self.path / f"_change={change}")]

    def visible(self, spark: SparkSession) -> DataFrame:
        """The rows that readers would see."""
        return self.read(spark, *VISIBLE).select(*(c.name for c in self.table.columns))


def conform(table: Table, frame: DataFrame) -> DataFrame:
    """The frame in the declared column order; a missing, extra or retyped column is an error that names them all."""
    have = {f.name: f.dataType for f in frame.schema.fields}
    want = {c.name: c.type for c in table.columns}
    wrong = [f"{n}: missing" for n in want if n not in have] + [f"{n}: not declared" for n in have if n not in want]
    wrong += [
        f"{n}: {have[n].simpleString()}, declared {t.simpleString()}"
        for n, t in want.items()
        if n in have and not _same(have[n], t)
    ]
    if wrong:
        raise KrnError(
            f"{table.name}: the transform and the declared columns differ: {'; '.join(wrong)}.", "mend the table's file"
        )
    return frame.select(*want)


def write(table: Table, new: DataFrame, old: DataFrame | None, path: Path, plan: Plan | None = None) -> Candidate:
    """Compare `new` with `old` (the target's rows in scope; None = there are none) and write the result to `path`.

    What the `plan` of its gate asks for is counted on the way. Where Spark can't count it, it can't write either: then
    the result is written once more, uncounted and beside `path`, where tasks that still die may leave files.
    """
    compared = new.withColumn("_change", F.lit("insert")) if old is None else _compared(table, new, old)
    try:
        counted = _written_and_counted(compared, path, plan.aggregates) if plan else None
    except SPARK:
        counted, path = None, path.with_name(f"{path.name}-uncounted")
    if counted is None:
        _write(compared, path)
    rows = {change: rows_in(path / f"_change={change}") for change in CHANGES}
    return Candidate(table, path, rows, plan, counted or {})


def _written_and_counted(frame: DataFrame, path: Path, aggregates: Mapping[Any, Column]) -> dict[Any, Any]:
    """The values of the aggregates over what was written; none where Spark does not tell."""
    seen, names = Observation(), [f"n{n}" for n in range(len(aggregates))]
    columns = (column.alias(name) for name, column in zip(names, aggregates.values(), strict=True))
    _write(frame.observe(seen, *columns), path)
    values = told(seen)
    return dict(zip(aggregates, (values[name] for name in names), strict=True)) if values else {}


def told(seen: Observation, patience: float = 60) -> dict[str, Any]:
    """What was observed of a frame that is written; nothing where Spark has not said it after `patience` seconds.

    It says so through its bus of listeners, which drops events when it can't follow, and `get` waits for ever.
    """
    answer: list[dict[str, Any]] = []
    asking = Thread(target=lambda: answer.append(seen.get), daemon=True)
    asking.start()
    asking.join(patience)
    return answer[0] if answer else {}


def _write(frame: DataFrame, path: Path) -> None:
    frame.write.partitionBy("_change").parquet(str(path))


def _compared(table: Table, new: DataFrame, old: DataFrame) -> DataFrame:
    columns = [c.name for c in table.columns]
    left = new.select(*table.key, F.struct(*columns).alias("_new"))
    right = old.select(*table.key, F.struct(*columns).alias("_old"))
    both = left.join(right, on=list(table.key), how="full_outer")
    change = (
        F.when(F.col("_old").isNull(), "insert")
        .when(F.col("_new").isNull(), "delete")
        .when(F.col("_new").eqNullSafe(F.col("_old")), "same")
        .otherwise("update")
    )
    return both.select(F.coalesce("_new", "_old").alias("_row"), change.alias("_change")).select("_row.*", "_change")


def rows_in(folder: Path) -> int:
    """How many rows the Parquet files of a folder have, as their footers say."""
    return sum(pq.read_metadata(file).num_rows for file in files_in(folder))


def files_in(folder: Path) -> list[Path]:
    """The Parquet files of a folder; none where there is no folder."""
    return sorted(folder.glob("*.parquet"))


def _same(left: DataType, right: DataType) -> bool:
    """Equal but for nullability, which Parquet and Delta don't keep."""
    return _plain(left) == _plain(right)


def _plain(kind: DataType) -> DataType:
    if isinstance(kind, ArrayType):
        return ArrayType(_plain(kind.elementType))
    if isinstance(kind, MapType):
        return MapType(_plain(kind.keyType), _plain(kind.valueType))
    if isinstance(kind, StructType):
        return StructType([StructField(f.name, _plain(f.dataType)) for f in kind.fields])
    return kind
