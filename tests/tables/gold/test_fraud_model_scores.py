"""gold.fraud_model_scores: the model in force when a transaction was tried says how likely it is fraud, and why."""

from datetime import UTC, datetime

import numpy as np
from pyspark.sql import functions as F

from krn.tables.forest import Forest
from krn.tables.gold import transaction_features
from krn.tables.gold.fraud_model_scores import TABLE
from krn.tables.models import Model
from krn.testing import assert_rows, rows, transformed
from krn.training import LEARNED


def asking(feature: str, above: float, then: float) -> Forest:
    """A tree that asks whether one feature is above a limit: 0.1 where it is not, or is not known."""
    return Forest(
        features=LEARNED,
        roots=np.array([0]),
        feature=np.array([LEARNED.index(feature), 0, 0]),
        threshold=np.array([above, 0, 0]),
        left=np.array([1, 1, 2]),
        right=np.array([2, 1, 2]),
        value=np.array([0.25, 0.125, then]),
    )


def on(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


MODELS = (
    Model("old", on(5), on(7), asking("amount", 50, 0.75)),
    Model("new", on(7), on(9), asking("kmh", 900, 1.0)),
)
GIVEN = """transaction_id | initiated_at     | initiated_on | amount | kmh
           before         | 2026-01-04 23:59 | 2026-01-04   | 60     | 1000
           first          | 2026-01-05 00:00 | 2026-01-05   | 60     | 1000
           small          | 2026-01-06 00:00 | 2026-01-06   | 50     | 1000
           fast           | 2026-01-07 00:00 | 2026-01-07   | 60     | 1000
           nowhere        | 2026-01-08 23:59 | 2026-01-08   | 60     |
           too late       | 2026-01-09 00:00 | 2026-01-09   | 60     | 1000"""


def test_each_transaction_is_scored_by_the_model_in_force_when_it_was_tried_and_none_without_one(spark):
    given = rows(spark, GIVEN, transaction_features.TABLE)
    scores = given.select("transaction_id", "initiated_on", F.lit(0).alias("score"))
    assert_rows(
        transformed(spark, TABLE, features=given, scores=scores, models=MODELS),
        """transaction_id | model | probability | base | rest | contributions
           first          | old   | 0.75        | 0.25 | 0    | [{"feature":"amount","contribution":0.5,"value":60}]
           small          | old   | 0.125       | 0.25 | 0    | [{"feature":"amount","contribution":-0.125,"value":50}]
           fast           | new   | 1.0         | 0.25 | 0    | [{"feature":"kmh","contribution":0.75,"value":1000}]
           nowhere        | new   | 0.125       | 0.25 | 0    | [{"feature":"kmh","contribution":-0.125}]""",
    )


def test_without_models_there_are_no_rows(spark):
    given = rows(spark, GIVEN, transaction_features.TABLE)
    scores = given.select("transaction_id", "initiated_on", F.lit(0).alias("score"))
    assert transformed(spark, TABLE, features=given, scores=scores, models=()).isEmpty()


def test_money_is_compared_with_money_of_its_currency_and_a_currency_that_was_not_learned_is_not_scored(spark):
    """A hundred yen count for one euro here."""
    model = Model("m", on(5), on(9), asking("amount", 50, 0.75), {"EUR": 1.0, "JPY": 0.01})
    given = rows(
        spark,
        """transaction_id | initiated_at     | initiated_on | amount | currency
           euro           | 2026-01-05 00:00 | 2026-01-05   | 60     | EUR
           yen            | 2026-01-05 00:00 | 2026-01-05   | 60     | JPY
           many yen       | 2026-01-05 00:00 | 2026-01-05   | 6000   | JPY
           dollar         | 2026-01-05 00:00 | 2026-01-05   | 60     | USD""",
        transaction_features.TABLE,
    )
    scores = given.select("transaction_id", "initiated_on", F.lit(0).alias("score"))
    assert_rows(
        transformed(spark, TABLE, features=given, scores=scores, models=(model,)),
        """transaction_id | currency | amount | probability
           euro           | EUR      | 60     | 0.75
           yen            | JPY      | 60     | 0.125
           many yen       | JPY      | 6000   | 0.75""",
    )
