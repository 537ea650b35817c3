"""silver.labels: what transactions were known to be, and from when until when."""

from krn.contracts.transactions import TRANSACTION_LABELLED
from krn.tables.silver import transactions
from krn.tables.silver.labels import TABLE
from krn.testing import assert_rows, events, rows, transformed


def labels(spark, labelled, tried=""):
    given = rows(spark, tried or "transaction_id", transactions.TABLE)
    return transformed(spark, TABLE, labelled=events(spark, TRANSACTION_LABELLED, labelled), transactions=given)


def test_a_label_holds_until_the_next_of_its_transaction(spark):
    made = labels(
        spark,
        """transaction_id | event_time       | label
           A              | 2026-01-09 12:00 | genuine
           A              | 2026-01-07 23:59 | fraud
           B              | 2026-01-08 12:00 | dispute""",
    )
    assert_rows(
        made,
        """transaction_id | known_at         | known_on   | superseded_at    | is_latest | label
           A              | 2026-01-07 23:59 | 2026-01-07 | 2026-01-09 12:00 | false     | fraud
           A              | 2026-01-09 12:00 | 2026-01-09 |                  | true      | genuine
           B              | 2026-01-08 12:00 | 2026-01-08 |                  | true      | dispute""",
    )


def test_a_label_knows_what_its_transaction_was(spark):
    made = labels(
        spark,
        "transaction_id | event_time | label\nA | 2026-01-07 | fraud\nlost | 2026-01-07 | fraud",
        """transaction_id | card_id | terminal_id | merchant_id | amount | currency | business_date | decision
           A              | k       | t           | m           | 10     | EUR      | 2026-01-05    | declined
           C              | k       | t           | m           | 20     | EUR      | 2026-01-05    | approved""",
    )
    assert_rows(
        made,
        """transaction_id | card_id | terminal_id | merchant_id | amount | currency | business_date | decision
           A              | k       | t           | m           | 10     | EUR      | 2026-01-05    | declined
           lost           |         |             |             |        |          |               |""",
    )


def test_of_two_labels_at_one_instant_the_first_by_source_and_id_counts(spark):
    made = labels(
        spark,
        """transaction_id | event_time | event_id | label
           A              | 2026-01-07 | y        | genuine
           A              | 2026-01-07 | x        | fraud""",
    )
    assert_rows(made, "label | is_latest | n_events\nfraud | true | 2")
