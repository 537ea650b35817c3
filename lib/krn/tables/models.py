"""Models over the features of a transaction: forests in force for a time, and what they say of it with its reasons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa
from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import arrow_udf
from pyspark.sql.types import ArrayType, StructField, StructType

from krn.tables.forest import UNKNOWN, Forest, Numbers
from krn.tables.types import MEASURE, TEXT

TOP = 5
#: The features that moved a probability most, in either direction, the strongest first.
_REASON = ("feature", "contribution", "value")
CONTRIBUTIONS = ArrayType(
    StructType([StructField(name, kind) for name, kind in zip(_REASON, (TEXT, MEASURE, MEASURE), strict=True)])
)
TOLD = StructType(
    [
        StructField("probability", MEASURE),
        StructField("base", MEASURE),
        StructField("contributions", CONTRIBUTIONS),
        StructField("rest", MEASURE),
    ]
)


@dataclass(frozen=True)
class Model:
    """A forest that scores the transactions of `since` <= t < `until`. Its version tells its numbers apart."""

    version: str
    since: datetime
    until: datetime
    forest: Forest = field(repr=False)


def in_force(models: Sequence[Model], at: SparkColumn) -> SparkColumn:
    """The place among `models` of the one that is in force at an instant; null where none is."""
    places = (F.when((at >= F.lit(m.since)) & (at < F.lit(m.until)), F.lit(n)) for n, m in enumerate(models))
    return F.coalesce(*places)


def known(features: Sequence[str]) -> list[SparkColumn]:
    """The features as numbers that a tree can compare."""
    return [F.coalesce(F.col(name).cast(MEASURE), F.lit(UNKNOWN)).alias(name) for name in features]


def told_by(models: Sequence[Model], place: SparkColumn) -> SparkColumn:
    """What the model at `place` says, as `TOLD`.

    In Python over whole columns: as Spark's own expressions a hundred trees are more code than a JVM method may have.
    """
    features = models[0].forest.features
    told = arrow_udf(_teller([model.forest for model in models]), TOLD)  # type: ignore[call-overload]
    found: SparkColumn = told(place, F.struct(*known(features)))
    return found


def _teller(forests: Sequence[Forest]) -> Callable[[pa.Array, pa.Array], pa.Array]:
    def told(place: pa.Array, given: pa.Array) -> pa.Array:
        rows = np.column_stack([column.to_numpy(zero_copy_only=False) for column in given.flatten()])
        places = place.to_numpy(zero_copy_only=False)
        probability, base, moved = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(rows.shape)
        for n in np.unique(places):
            of = np.flatnonzero(places == n)
            probability[of], moved[of] = forests[n].explained(rows[of])
            base[of] = forests[n].base
        return _as_told(forests[0].features, rows, probability, base, moved)

    return told


def _as_told(features: Sequence[str], rows: Numbers, probability: Numbers, base: Numbers, moved: Numbers) -> pa.Array:
    strongest = np.argsort(-np.abs(moved), axis=1, kind="stable")[:, :TOP]
    most, value = (np.take_along_axis(of, strongest, axis=1) for of in (moved, rows))
    did = most != 0
    reasons = [
        pa.array(np.array(features)[strongest[did]]),
        pa.array(most[did]),
        pa.array(value[did], mask=value[did] == UNKNOWN),
    ]
    ends = np.concatenate([[0], did.sum(axis=1).cumsum()])
    lists = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.StructArray.from_arrays(reasons, names=_REASON))
    rest = probability - base - most.sum(axis=1)
    columns = [pa.array(probability), pa.array(base), lists, pa.array(rest)]
    return pa.StructArray.from_arrays(columns, names=TOLD.names)
