"""Models over the features of a transaction: forests in force for a time, and what they say of it with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import arrow_udf
from pyspark.sql.types import ArrayType, StructField, StructType

from krn.tables.forest import UNKNOWN, Forest
from krn.tables.types import MEASURE, TEXT

TOP = 5
#: The features that moved a probability most, in either direction, the strongest first.
REASON = ("feature", "contribution", "value")
CONTRIBUTIONS = ArrayType(
    StructType([StructField(name, kind) for name, kind in zip(REASON, (TEXT, MEASURE, MEASURE), strict=True)])
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
    from krn.tables.telling import teller  # here, since it imports Arrow: to know the tables takes none

    features = models[0].forest.features
    told = arrow_udf(teller([model.forest for model in models]), TOLD)  # type: ignore[call-overload]
    found: SparkColumn = told(place, F.struct(*known(features)))
    return found
