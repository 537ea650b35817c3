"""How well a score ranks, counted by hand."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from krn.ranking import average_precision, card_precision
from krn.testing import rows

SCHEMA = {"business_date": "date", "card_id": "string", "is_fraud": "boolean", "score": "int"}
#: From the top: a fraud; two of one score, of which one is fraud; a genuine one; a fraud and a genuine one.
SCORED = """business_date | card_id | is_fraud | score
            2026-01-05    | a       | true     | 9
            2026-01-05    | b       | false    | 7
            2026-01-05    | c       | true     | 7
            2026-01-05    | c       | false    | 1
            2026-01-06    | a       | false    | 5
            2026-01-06    | b       | true     | 1"""


@pytest.fixture(scope="module")
def scored(spark: SparkSession) -> DataFrame:
    return rows(spark, SCORED, SCHEMA)


def test_average_precision_is_the_mean_over_the_frauds_and_ties_share_a_rank(scored: DataFrame) -> None:
    assert average_precision(scored, "score") == pytest.approx((1 / 1 + 2 / 3 + 3 / 6) / 3)


def test_without_fraud_there_is_no_average_precision(scored: DataFrame) -> None:
    assert average_precision(scored.where("NOT is_fraud"), "score") is None


def test_card_precision_is_the_mean_over_the_days_and_of_one_score_more_transactions_come_first(
    scored: DataFrame,
) -> None:
    """On the first day a and c, which both have fraud; on the other both, of which b has."""
    assert card_precision(scored, "score", 2) == pytest.approx((2 / 2 + 1 / 2) / 2)
    assert card_precision(scored, "score", 1) == pytest.approx((1 + 0) / 2)


def test_a_day_with_fewer_cards_than_can_be_reviewed_is_measured_by_its_own(scored: DataFrame) -> None:
    assert card_precision(scored, "score", 5) == pytest.approx((2 / 3 + 1 / 2) / 2)
