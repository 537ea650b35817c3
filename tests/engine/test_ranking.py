"""How well a score ranks, counted by hand."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from krn.ranking import average_precision, card_precision
from krn.testing import rows

SCHEMA = {"business_date": "date", "card_id": "string", "amount": "double", "is_fraud": "boolean", "score": "int"}
#: From the top: a fraud; two of one score, of which one is fraud; a genuine one; a fraud.
SCORED = """business_date | card_id | amount | is_fraud | score
            2026-01-05    | a       | 10     | true     | 9
            2026-01-05    | b       | 30     | false    | 7
            2026-01-05    | c       | 20     | true     | 7
            2026-01-06    | a       | 10     | false    | 5
            2026-01-06    | b       | 10     | true     | 1"""


@pytest.fixture(scope="module")
def scored(spark: SparkSession) -> DataFrame:
    return rows(spark, SCORED, SCHEMA)


def test_average_precision_is_the_mean_over_the_frauds_and_ties_share_a_rank(scored: DataFrame) -> None:
    assert average_precision(scored, "score") == pytest.approx((1 / 1 + 2 / 3 + 3 / 5) / 3)


def test_without_fraud_there_is_no_average_precision(scored: DataFrame) -> None:
    assert average_precision(scored.where("NOT is_fraud"), "score") is None


def test_card_precision_is_the_mean_over_the_days_and_of_one_score_the_greater_amount_comes_first(
    scored: DataFrame,
) -> None:
    """On the first day a and b, of which a is fraud; on the other both, of which b is."""
    assert card_precision(scored, "score", 2) == pytest.approx((1 / 2 + 1 / 2) / 2)
    assert card_precision(scored, "score", 1) == pytest.approx((1 + 0) / 2)
