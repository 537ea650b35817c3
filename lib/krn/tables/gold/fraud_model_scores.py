"""One row per card transaction that a model scored: how likely it is fraud, and which features say so.

It stands beside gold.fraud_scores. A model scores what is tried after its training until the next model's, or until it
is too old; what no model scored has no row, such as a currency that the model has not seen.
"""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.gold import fraud_scores, transaction_features
from krn.tables.models import CONTRIBUTIONS, Model, in_force, scale, told_by
from krn.tables.table import Column, Input, Table
from krn.tables.types import DAY, INSTANT, MEASURE, MONEY, TEXT


def fraud_model_scores(features: DataFrame, scores: DataFrame, models: Sequence[Model]) -> DataFrame:
    """Of each transaction the model that was in force when it was tried; what the rules gave is one more feature.

    Without models there are no rows: those of a model that is gone or no longer fits are taken out.
    """
    if not models:
        return features.limit(0).select(*(F.lit(None).cast(c.type).alias(c.name) for c in TABLE.columns))
    versions = F.array(*(F.lit(model.version) for model in models))
    times = F.array(*(scale(model.scales) for model in models))[F.col("_place")]
    placed = features.withColumn("_place", in_force(models, F.col("initiated_at"))).withColumn("_times", times)
    tried = placed.where("_place IS NOT NULL AND _times IS NOT NULL").join(
        scores.select("transaction_id", "score"), on="transaction_id", how="inner"
    )
    says = told_by(models, F.col("_place"), F.col("_times"))
    told = tried.withColumns({"model": versions[F.col("_place")], "told": says})
    return told.select(*told.columns, "told.*").select(*(c.name for c in TABLE.columns))


TABLE = Table(
    name="gold.fraud_model_scores",
    doc=__doc__,
    key=("transaction_id",),
    scope="initiated_on",
    inputs={
        "features": transaction_features.TABLE,
        "scores": Input(fraud_scores.TABLE, fields=("initiated_on", "score")),
    },
    args=("models",),
    may_be_empty=True,
    columns=(
        Column("transaction_id", TEXT, "the transaction"),
        Column("card_id", TEXT, "token of the card", pii="P2"),
        Column("amount", MONEY, "what is to be paid"),
        Column("currency", TEXT, "ISO 4217 code of the amount"),
        Column("initiated_at", INSTANT, "when it was tried"),
        Column("initiated_on", DAY, "UTC day of initiated_at"),
        Column("business_date", DAY, "business date of initiated_at"),
        Column("model", TEXT, "version of the model that was in force then: its folder in models/fraud"),
        Column("probability", MEASURE, "how likely it is fraud, from 0 to 1, as the model has it"),
        Column("base", MEASURE, "the model's probability before it looks at any feature"),
        Column(
            "contributions",
            CONTRIBUTIONS,
            "the five features that moved the probability most, the strongest first; value is null where not known",
        ),
        Column("rest", MEASURE, "what all other features add: base, contributions and rest make the probability"),
    ),
    transform=fraud_model_scores,
)
