"""Rules over the features of a transaction, as SQL that Spark and DuckDB read alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, StructField, StructType

from krn.tables.types import INT, MEASURE, TEXT

MOST = 100  # points
#: Why a transaction has its score: each rule that hit, what it saw and what it allows.
HITS = ArrayType(
    StructType(
        [
            StructField("rule", TEXT),
            StructField("version", INT),
            StructField("points", INT),
            StructField("observed", MEASURE),
            StructField("threshold", MEASURE),
        ]
    )
)


@dataclass(frozen=True)
class Rule:
    """`condition`, `observed` and `threshold` are SQL over the columns of gold.transaction_features.

    A condition is never null: what is not known compares false.
    """

    name: str
    version: int
    points: int
    condition: str
    observed: str
    threshold: str


@dataclass(frozen=True)
class RuleSet:
    """Rules that are applied together, under one name."""

    name: str
    rules: tuple[Rule, ...]

    @property
    def score(self) -> str:
        """The points of all rules that hit, at most 100."""
        points = (f"CASE WHEN {rule.condition} THEN {rule.points} ELSE 0 END" for rule in self.rules)
        return f"least({MOST}, {' + '.join(points)})"


def hits_of(rules: Sequence[Rule]) -> SparkColumn:
    """The rules that hit, in their order."""
    return F.array_compact(F.array(*(F.when(F.expr(rule.condition), _hit(rule)) for rule in rules))).cast(HITS)


def _hit(rule: Rule) -> SparkColumn:
    return F.struct(
        F.lit(rule.name).alias("rule"),
        F.lit(rule.version).alias("version"),
        F.lit(rule.points).alias("points"),
        F.expr(rule.observed).alias("observed"),
        F.expr(rule.threshold).alias("threshold"),
    )
