"""gold.payment_mix: how much came in which way, and how often it failed."""

from krn.tables.gold.payment_mix import TABLE
from krn.tables.silver import payments
from krn.testing import assert_rows, rows, transformed


def mix(spark, text):
    return transformed(spark, TABLE, payments=rows(spark, text, payments.TABLE))


def test_payments_add_up_by_day_method_and_currency(spark):
    made = mix(
        spark,
        """payment_id | order_id | status   | amount | currency | method  | business_date
           p1         | A        | received | 10.50  | EUR      | card    | 2026-01-05
           p2         | A        | received | 4.50   | EUR      | card    | 2026-01-05
           p3         | B        | received | 1      | EUR      | card    | 2026-01-05
           p4         | C        | failed   | 99     | EUR      | card    | 2026-01-05
           p5         | A        | received | 2      | EUR      | voucher | 2026-01-05
           p6         | A        | received | 3      | USD      | card    | 2026-01-05
           p7         | A        | received | 5      | EUR      | card    | 2026-01-06""",
    )
    assert_rows(
        made,
        """business_date | method  | currency | payments | orders | amount | failed | failure_rate
           2026-01-05    | card    | EUR      | 3        | 2      | 16     | 1      | 0.2500
           2026-01-05    | voucher | EUR      | 1        | 1      | 2      | 0      | 0
           2026-01-05    | card    | USD      | 1        | 1      | 3      | 0      | 0
           2026-01-06    | card    | EUR      | 1        | 1      | 5      | 0      | 0""",
    )


def test_a_day_of_failures_only_has_no_money_and_a_rate_of_one(spark):
    made = mix(
        spark,
        """payment_id | order_id | status | amount | currency | method | business_date
           p1         | A        | failed | 10     | EUR      | card   | 2026-01-05""",
    )
    assert_rows(made, "payments | orders | amount | failed | failure_rate | mean_installments\n0 | 0 | 0 | 1 | 1 |")


def test_a_rate_is_rounded_half_up(spark):
    made = mix(
        spark,
        "payment_id | status | method\n"
        + "\n".join(f"p{n} | {'failed' if n < 1 else 'received'} | card" for n in range(32)),
    )
    assert_rows(made, "failure_rate\n0.0313")


def test_installments_are_a_mean_over_the_payments_that_say_them(spark):
    made = mix(
        spark,
        """payment_id | status   | installments | method
           p1         | received | 1            | card
           p2         | received | 3            | card
           p3         | received | 1            | card
           p4         | received |              | card
           p5         | failed   | 12           | card""",
    )
    assert_rows(made, "payments | mean_installments\n4 | 1.6667")
