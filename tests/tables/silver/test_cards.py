"""silver.cards: when each card was seen first."""

from krn.tables.silver import transactions
from krn.tables.silver.cards import TABLE
from krn.testing import assert_rows, rows, transformed


def test_a_card_is_seen_first_at_its_earliest_transaction_that_is_complete(spark):
    given = rows(
        spark,
        """transaction_id | card_id | initiated_at
           A              | k       | 2026-01-05 12:00
           B              | k       | 2026-01-04 12:00
           C              | k       |
           D              | lone    |
           E              | l       | 2026-01-06 12:00""",
        transactions.TABLE,
    )
    made = transformed(spark, TABLE, transactions=given)
    assert_rows(made, "card_id | first_seen_at\nk | 2026-01-04 12:00\nl | 2026-01-06 12:00")
