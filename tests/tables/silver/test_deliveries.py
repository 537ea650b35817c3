"""silver.deliveries: one verdict for each bronze row, and why."""

import json

from krn.engine.candidate import conform
from krn.engine.checking import Terms, checked
from krn.engine.election import losers, ruled
from krn.tables.bronze import deliveries as bronze
from krn.tables.silver.deliveries import TABLE
from krn.testing import assert_rows, rows

EVENT = {
    "specversion": "1.0",
    "type": "payment.received",
    "source": "bank",
    "id": "1",
    "time": "2026-01-05T12:00:00Z",
    "data": {"payment_id": "p", "order_id": "A", "amount": "10.50", "currency": "EUR", "method": "card"},
}


def event(**changes):
    return json.dumps(EVENT | changes)


def data(**changes):
    return EVENT["data"] | changes


def judged(spark, *payloads, batch=1, before=None):
    given = [
        {
            "row_id": batch * bronze.BATCH_ROWS + n,
            "batch": batch,
            "position": n,
            "source": "queue",
            "received_at": "2026-01-05 13:00",
            "payload_encoding": "utf8",
            "payload": payload,
        }
        for n, payload in enumerate(payloads)
    ]
    found = checked(rows(spark, given, bronze.TABLE), Terms("EUR")).localCheckpoint()
    return conform(TABLE, ruled(found, losers(found, before)))


def test_a_sound_event_is_accepted_with_its_data_and_keys(spark):
    assert_rows(
        judged(spark, event()),
        """row_id     | verdict  | accepted_type    | reasons | event_time       | order_id | payment_id | refund_id
           1000000000 | accepted | payment.received | []      | 2026-01-05 12:00 | A        | p          |""",
    )


def test_an_event_with_faults_is_quarantined_with_all_of_them_and_no_data(spark):
    made = judged(spark, event(data=data(amount="12,34", currency="Euro")))
    assert_rows(
        made,
        """verdict     | reasons                        | accepted_type | type             | event_id | data
           quarantined | ["bad_number", "bad_currency"] |               | payment.received | 1        |""",
    )


def test_what_is_no_event_has_a_verdict_too(spark):
    made = judged(spark, "", "[]", event() + " x")
    assert_rows(
        made,
        """position | verdict     | reasons
           0        | quarantined | ["empty"]
           1        | quarantined | ["not_an_object"]
           2        | quarantined | ["trailing_data"]""",
    )


def test_a_second_delivery_is_a_duplicate_of_the_first_in_bronze_order(spark):
    spelled_otherwise = event(time="2026-01-05T13:00:00+01:00")
    assert_rows(
        judged(spark, event(), spelled_otherwise, event()),
        """position | verdict   | duplicate_of | accepted_type    | reasons
           0        | accepted  |              | payment.received | []
           1        | duplicate | 1000000000   |                  | []
           2        | duplicate | 1000000000   |                  | []""",
    )


def test_other_content_under_a_known_id_is_a_conflict(spark):
    made = judged(spark, event(), event(data=data(amount="99")))
    assert_rows(
        made.selectExpr("*", "data IS NULL AS is_blank"),
        """position | verdict     | duplicate_of | reasons         | is_blank
           0        | accepted    |              | []              | false
           1        | quarantined | 1000000000   | ["id_conflict"] | true""",
    )


def test_a_broken_copy_does_not_kill_the_good_event(spark):
    assert_rows(
        judged(spark, event(data=data(amount=None)), event()),
        """position | verdict     | duplicate_of | reasons
           0        | quarantined |              | ["missing_field"]
           1        | accepted    |              | []""",
    )


def test_an_id_of_another_source_is_another_event(spark):
    made = judged(spark, event(), event(source="shop"))
    assert_rows(made, "position | verdict\n0 | accepted\n1 | accepted")


def test_an_event_accepted_by_an_earlier_run_stays_the_accepted_one(spark):
    before = judged(spark, event()).localCheckpoint()
    made = judged(spark, event(), event(data=data(amount="99")), batch=2, before=before)
    assert_rows(
        made,
        """row_id     | verdict     | duplicate_of | reasons
           2000000000 | duplicate   | 1000000000   | []
           2000000001 | quarantined | 1000000000   | ["id_conflict"]""",
    )


def test_an_event_quarantined_by_an_earlier_run_does_not_stand_in_the_way(spark):
    before = judged(spark, event(data=data(amount="x"))).localCheckpoint()
    assert_rows(judged(spark, event(), batch=2, before=before), "row_id | verdict\n2000000000 | accepted")
