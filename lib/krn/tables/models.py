"""Models over the features of a transaction: forests in force for a time, and what they say of it with its reasons."""

from collections.abc import Mapping, Sequence
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
_MONEY = ("amount", "prior_mean_30d", "prior_std_30d", "prior_max_30d")


@dataclass(frozen=True)
class Model:
    """A forest that scores the transactions of `since` <= t < `until`. Its version tells its numbers apart.

    `scales` makes money of each currency that it has learned comparable; None takes all money as it is.
    """

    version: str
    since: datetime
    until: datetime
    forest: Forest = field(repr=False)
    scales: Mapping[str, float] | None = field(default=None, repr=False)


def in_force(models: Sequence[Model], at: SparkColumn) -> SparkColumn:
    """The place among `models` of the one that is in force at an instant; null where none is."""
    places = (F.when((at >= F.lit(m.since)) & (at < F.lit(m.until)), F.lit(n)) for n, m in enumerate(models))
    return F.coalesce(*places)


def scale(scales: Mapping[str, float] | None) -> SparkColumn:
    """What money of a transaction's currency is multiplied by; null for one that has no scale."""
    if scales is None:
        return F.lit(1.0)
    of = (F.when(F.col("currency") == name, F.lit(times)) for name, times in sorted(scales.items()))
    return F.coalesce(*of, F.lit(None).cast(MEASURE))


def is_money(feature: str) -> bool:
    """Whether a feature is money of the transaction's currency, and no count, rate or ratio."""
    return feature in _MONEY or "_sum_" in feature


def as_numbers(features: Sequence[str], times: SparkColumn | None = None) -> list[SparkColumn]:
    """The features as numbers that a tree can compare, money `times` what its currency counts for."""
    numbers = {name: F.col(name).cast(MEASURE) for name in features}
    scaled = {name: n * times if times is not None and is_money(name) else n for name, n in numbers.items()}
    return [F.coalesce(number, F.lit(UNKNOWN)).alias(name) for name, number in scaled.items()]


def told_by(models: Sequence[Model], place: SparkColumn, times: SparkColumn) -> SparkColumn:
    """What the model at `place` says, as `TOLD`; money counts for `times` its amount and is told as it is.

    In Python over whole columns: as Spark's own expressions a hundred trees are more code than a JVM method may have.
    """
    from krn.tables.telling import teller  # here, since it imports Arrow: to know the tables takes none

    features = models[0].forest.features
    told = arrow_udf(teller([model.forest for model in models]), TOLD)  # type: ignore[call-overload]
    found: SparkColumn = told(place, times, F.struct(*as_numbers(features)))
    return found
