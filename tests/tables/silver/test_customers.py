"""silver.customers: what was known of a customer, and when."""

from krn.contracts.masters import CUSTOMER_UPSERTED
from krn.tables.silver.customers import TABLE
from krn.testing import assert_rows, events, transformed


def told(spark, *said):
    return transformed(
        spark, TABLE, upserted=events(spark, CUSTOMER_UPSERTED, [{"customer_id": "ann", **one} for one in said])
    )


def test_what_was_said_holds_until_something_else_is_said(spark):
    made = told(
        spark,
        {"event_time": "2026-01-05 12:00", "country": "FR"},
        {"event_time": "2026-01-09 12:00", "country": "DE"},
    )
    assert_rows(
        made,
        """customer_id | country | valid_from       | valid_to         | is_current | n_events
           ann         | FR      | 2026-01-05 12:00 | 2026-01-09 12:00 | false      | 1
           ann         | DE      | 2026-01-09 12:00 |                  | true       | 1""",
    )


def test_a_change_that_comes_late_splits_its_interval(spark):
    made = told(
        spark,
        {"event_time": "2026-01-05 12:00", "city": "Lyon"},
        {"event_time": "2026-01-09 12:00", "city": "Rome"},
        {"event_time": "2026-01-07 12:00", "city": "Bern"},
    )
    assert_rows(
        made,
        """city | valid_from       | valid_to         | is_current
           Lyon | 2026-01-05 12:00 | 2026-01-07 12:00 | false
           Bern | 2026-01-07 12:00 | 2026-01-09 12:00 | false
           Rome | 2026-01-09 12:00 |                  | true""",
    )


def test_of_two_events_at_one_instant_the_first_by_source_and_id_counts(spark):
    at = {"event_time": "2026-01-05 12:00"}
    made = told(
        spark,
        {**at, "event_source": "b", "event_id": "1", "segment": "trade"},
        {**at, "event_source": "a", "event_id": "2", "segment": "home"},
        {**at, "event_source": "a", "event_id": "3", "segment": "press"},
    )
    assert_rows(made, "segment | valid_to | is_current | n_events\nhome | | true | 3")


def test_a_version_that_changes_nothing_is_kept(spark):
    made = told(spark, {"event_time": "2026-01-05 12:00"}, {"event_time": "2026-01-06 12:00"})
    assert_rows(made, "valid_from | is_current\n2026-01-05 12:00 | false\n2026-01-06 12:00 | true")


def test_what_an_event_leaves_out_is_not_known_any_more(spark):
    made = told(
        spark,
        {"event_time": "2026-01-05 12:00", "country": "FR", "segment": "trade", "marketing_ok": True, "name": "t1"},
        {"event_time": "2026-01-06 12:00"},
    )
    assert_rows(
        made.where("is_current"),
        """country | state   | city    | segment | marketing_ok | name_token | email_token
           unknown | unknown | unknown | unknown |              |            |""",
    )


def test_names_and_mail_are_the_tokens_that_bronze_left(spark):
    assert_rows(told(spark, {"name": "t1", "email": "t2"}), "name_token | email_token\nt1 | t2")
    assert {column.name for column in TABLE.columns if column.pii == "P1"} == set()


def test_customers_do_not_end_each_other_s_versions(spark):
    made = told(spark, {"customer_id": "ann"}, {"customer_id": "bob"})
    assert_rows(made, "customer_id | is_current\nann | true\nbob | true")
