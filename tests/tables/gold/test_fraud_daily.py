"""gold.fraud_daily: what was tried, declined and proved fraud by day."""

from krn.tables.gold import fraud_alerts
from krn.tables.gold.fraud_daily import TABLE
from krn.tables.silver import labels, transactions
from krn.testing import assert_rows, rows, transformed


def test_a_day_counts_its_transactions_by_currency_and_fraud_on_their_day(spark):
    made = transformed(
        spark,
        TABLE,
        transactions=rows(
            spark,
            """transaction_id | business_date | currency | amount | decision
               1              | 2026-01-05    | EUR      | 10.50  | approved
               2              | 2026-01-05    | EUR      | 4.50   | approved
               3              | 2026-01-05    | EUR      | 15     | declined
               4              | 2026-01-05    | EUR      | 2      | pending
               5              | 2026-01-05    | GBP      | 1      | pending
               6              | 2026-01-06    | EUR      | 0      | declined
               7              |               |          |        | declined""",
            transactions.TABLE,
        ),
        labels=rows(
            spark,
            """transaction_id | business_date | currency | amount | label   | is_latest
               1              | 2026-01-05    | EUR      | 10.50  | fraud   | true
               2              | 2026-01-05    | EUR      | 4.50   | fraud   | false
               2              | 2026-01-05    | EUR      | 4.50   | genuine | true
               3              | 2026-01-05    | EUR      | 15     | dispute | true
               8              |               |          |        | fraud   | true""",
            labels.TABLE,
        ),
        alerts=rows(
            spark,
            "card_id | business_date | currency\na | 2026-01-05 | EUR\nb | 2026-01-05 | EUR",
            fraud_alerts.TABLE,
        ),
    )
    assert_rows(
        made,
        """business_date | currency | transactions | amount | approved | declined | frauds | fraud_amount | alerts
           2026-01-05    | EUR      | 4            | 32     | 2        | 1        | 1      | 10.5         | 2
           2026-01-05    | GBP      | 1            | 1      | 0        | 0        | 0      | 0            | 0
           2026-01-06    | EUR      | 1            | 0      | 0        | 1        | 0      | 0            | 0""",
    )
    assert_rows(
        made,
        """business_date | currency | decline_rate | fraud_bps
           2026-01-05    | EUR      | 0.3333       | 3281.25
           2026-01-05    | GBP      |              | 0
           2026-01-06    | EUR      | 1            |""",
    )
