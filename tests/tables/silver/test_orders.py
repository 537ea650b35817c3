"""silver.orders: one row folded from all that was said of an order."""

import pytest

from krn.contracts.orders import ORDER_CANCELLED, ORDER_CREATED, ORDER_REFUNDED
from krn.contracts.shipping import ORDER_DELIVERED, ORDER_SHIPPED
from krn.tables.silver import order_lines, payments, refund_lines, sales_entries
from krn.tables.silver.orders import TABLE
from krn.testing import assert_rows, events, rows, transformed

CREATED = {"order_id": "A", "currency": "EUR", "order_total": "30", "event_time": "2026-01-01 09:00"}
LINE = {"order_id": "A", "line_no": 1, "quantity": 3, "gross": "30", "discount": "0", "tax": "0", "freight": "0"}
PAYMENT = {
    "payment_id": "p1",
    "order_id": "A",
    "status": "received",
    "amount": "30",
    "currency": "EUR",
    "paid_at": "2026-01-02 09:00",
    "n_events": 1,
}
REFUND = {"order_id": "A", "refund_id": "R", "amount": "10", "currency": "EUR"}
RETURNED = {"order_id": "A", "refund_id": "R", "position": 1, "quantity": 1}
ENTRY = {
    "order_id": "A",
    "line_no": 1,
    "kind": "cancellation",
    "quantity": -3,
    "gross": "-30",
    "discount": "0",
    "tax": "0",
    "freight": "0",
    "currency": "EUR",
    "occurred_at": "2026-01-03 09:00",
    "event_source": "test",
    "event_id": "e1",
}
SHIPPED = {"order_id": "A", "shipment_id": "S", "event_time": "2026-01-03 09:00"}
DELIVERED = {"order_id": "A", "shipment_id": "S", "event_time": "2026-01-05 09:00"}
BACK = {"kind": "return", "quantity": -1, "gross": "-10", "event_id": "r1"}


def folded(
    spark,
    created=({},),
    lines=({},),
    *,
    cancelled=(),
    refunded=(),
    returned=(),
    paid=(),
    entries=(),
    shipped=(),
    delivered=(),
    timezone="UTC",
):
    return transformed(
        spark,
        TABLE,
        created=events(spark, ORDER_CREATED, [{**CREATED, **order} for order in created]),
        lines=rows(spark, [{**LINE, **line} for line in lines], order_lines.TABLE),
        cancelled=events(spark, ORDER_CANCELLED, [{"order_id": "A", **cancel} for cancel in cancelled]),
        refunded=events(spark, ORDER_REFUNDED, [{**REFUND, **refund} for refund in refunded]),
        returned=rows(spark, [{**RETURNED, **line} for line in returned], refund_lines.TABLE),
        paid=rows(spark, [{**PAYMENT, **payment} for payment in paid], payments.TABLE),
        entries=rows(spark, [{**ENTRY, **entry} for entry in entries], sales_entries.TABLE),
        shipped=events(spark, ORDER_SHIPPED, [{**SHIPPED, **parcel} for parcel in shipped]),
        delivered=events(spark, ORDER_DELIVERED, [{**DELIVERED, **parcel} for parcel in delivered]),
        timezone=timezone,
    )


def test_an_order_is_what_was_said_when_it_was_created(spark):
    said = {"customer_id": "c", "channel": "web", "country": "FR", "promised_delivery_date": "2026-01-09"}
    assert_rows(
        folded(spark, [said]),
        """created_at       | customer_id | channel | country | currency | order_total | promised_on | business_date
           2026-01-01 09:00 | c           | web     | FR      | EUR      | 30          | 2026-01-09  | 2026-01-01""",
    )


def test_what_was_not_said_is_unknown(spark):
    assert_rows(folded(spark), "customer_id | channel | country | promised_on\nunknown | unknown | unknown |")


def test_lines_add_up(spark):
    made = folded(spark, lines=[{"freight": "1"}, {"line_no": 2, "quantity": 2, "gross": "0.0001", "freight": "2"}])
    assert_rows(made, "n_lines | units | items_total | freight_total\n2 | 5 | 30.0001 | 3")


def test_freight_of_the_header_wins(spark):
    assert_rows(folded(spark, [{"freight_total": "5"}], [{"freight": "1"}]), "freight_total\n5")


def test_of_two_events_about_an_order_the_earlier_counts(spark):
    made = folded(spark, [{"order_total": "99"}, {"event_time": "2026-01-01 08:00", "channel": "shop"}])
    assert_rows(made, "order_total | channel | created_at | n_events\n30 | shop | 2026-01-01 08:00 | 2")


def test_an_order_without_lines_counts(spark):
    made = folded(spark, [{"order_total": "0"}], lines=[])
    assert_rows(made, "n_lines | units | items_total | status | is_complete\n0 | 0 | 0 | created | true")


def test_a_night_order_counts_on_the_day_of_the_business(spark):
    made = folded(spark, [{"event_time": "2026-03-29T23:30:00Z"}], timezone="Europe/London")
    assert_rows(made, "business_date\n2026-03-30")


def test_facts_before_the_order_keep_an_incomplete_row(spark):
    made = folded(spark, created=[], lines=[], paid=[{}], refunded=[{}], cancelled=[{}])
    assert_rows(
        made,
        """is_complete | created_at | order_total | currency | business_date | n_payments | status  | flags | n_events
           false       |            |             |          |               | 1          | created | []    | 3""",
    )


def test_the_row_heals_when_the_order_comes(spark):
    assert_rows(folded(spark, paid=[{}]), "is_complete | status | n_events\ntrue | paid | 2")


def test_lines_and_entries_alone_make_no_order(spark):
    assert_rows(folded(spark, created=[], entries=[BACK]), "order_id")


def test_an_order_is_paid_when_the_sum_reaches_the_total_a_cent_less_allowed(spark):
    parts = [
        {"payment_id": "p1", "amount": "20", "paid_at": "2026-01-04 09:00"},
        {"payment_id": "p2", "amount": "9.99", "paid_at": "2026-01-03 09:00"},
        {"payment_id": "p3", "amount": "0.01", "paid_at": "2026-01-05 09:00"},
    ]
    assert_rows(
        folded(spark, paid=parts),
        """n_payments | amount_paid | first_payment_at | paid_at          | status
           3          | 30          | 2026-01-03 09:00 | 2026-01-04 09:00 | paid""",
    )


def test_an_order_two_cents_short_is_paid_in_part(spark):
    made = folded(spark, paid=[{"amount": "29.98"}])
    assert_rows(made, "amount_paid | paid_at | status\n29.98 | | part_paid")


def test_a_failed_attempt_pays_nothing(spark):
    made = folded(spark, paid=[{"status": "failed"}])
    assert_rows(made, "n_payments | amount_paid | first_payment_at | status | n_events\n0 | 0 | | created | 2")


def test_money_of_another_currency_pays_nothing_and_is_flagged(spark):
    made = folded(spark, paid=[{"currency": "USD"}])
    assert_rows(made, 'n_payments | amount_paid | paid_at | status | flags\n1 | 0 | | created | ["currency_mismatch"]')


def test_an_order_is_cancelled_when_its_last_unit_is(spark):
    made = folded(
        spark,
        cancelled=[{"event_id": "e1", "lines": [{"line_no": 1, "quantity": 2}]}, {"event_id": "e2"}],
        entries=[
            {"quantity": -2, "occurred_at": "2026-01-03 09:00"},
            {"quantity": -1, "occurred_at": "2026-01-04 09:00"},
        ],
    )
    assert_rows(made, "cancelled_at | status\n2026-01-04 09:00 | cancelled")


def test_an_order_with_a_unit_left_is_not_cancelled(spark):
    made = folded(spark, cancelled=[{"lines": [{"line_no": 1, "quantity": 2}]}], entries=[{"quantity": -2}])
    assert_rows(made, "cancelled_at | status\n | created")


def test_an_order_without_lines_is_cancelled_when_it_was(spark):
    made = folded(spark, [{"order_total": "0"}], lines=[], cancelled=[{"event_time": "2026-01-03 09:00"}])
    assert_rows(made, "cancelled_at | status\n2026-01-03 09:00 | cancelled")


def test_cancelled_wins_over_paid(spark):
    made = folded(spark, cancelled=[{}], entries=[{}], paid=[{}], refunded=[{"amount": "30"}])
    assert_rows(made, "status | flags\ncancelled | []")


def test_returned_wins_over_paid_when_every_unit_came_back(spark):
    made = folded(
        spark,
        paid=[{}],
        refunded=[{"amount": "30"}],
        returned=[{"quantity": 3}],
        entries=[{**BACK, "quantity": -3, "gross": "-30"}],
    )
    assert_rows(made, "status | cancelled_at | amount_refunded | flags\nreturned | | 30 | []")


def test_an_order_is_returned_when_what_was_not_cancelled_came_back(spark):
    made = folded(
        spark,
        cancelled=[{"lines": [{"line_no": 1, "quantity": 2}]}],
        returned=[{}],
        entries=[{"quantity": -2, "gross": "-20"}, BACK],
    )
    assert_rows(made, "status | cancelled_at\nreturned |")


def test_an_order_of_which_some_came_back_stays_paid(spark):
    made = folded(spark, paid=[{}], refunded=[{}], returned=[{}], entries=[BACK])
    assert_rows(made, "status | amount_refunded | flags\npaid | 10 | []")


def test_given_back_freight_is_no_unit(spark):
    freight = {"quantity": 0, "gross": "0", "freight": "-3", "occurred_at": "2026-01-09 09:00"}
    made = folded(spark, lines=[{"freight": "3"}], cancelled=[{}], entries=[{}, freight])
    assert_rows(made, "cancelled_at | status\n2026-01-03 09:00 | cancelled")


def test_a_sound_order_has_no_flags(spark):
    assert_rows(folded(spark, paid=[{}]), "flags\n[]")


@pytest.mark.parametrize(
    ("total", "flags"), [("30.01", "[]"), ("30.02", '["total_mismatch"]'), ("29.98", '["total_mismatch"]')]
)
def test_a_total_that_does_not_add_up_within_a_cent_is_flagged(spark, total, flags):
    assert_rows(folded(spark, [{"order_total": total}]), f"flags\n{flags}")


def test_a_total_is_items_less_discount_plus_tax_and_freight(spark):
    header = {"order_total": "31", "discount_total": "4", "tax_total": "3", "freight_total": "2"}
    assert_rows(folded(spark, [header]), "flags\n[]")


def test_amounts_that_only_lines_give_count_in_the_total(spark):
    made = folded(spark, [{"order_total": "31"}], [{"discount": "4", "tax": "3", "freight": "2"}])
    assert_rows(made, "flags\n[]")


def test_money_kept_for_goods_that_came_back_is_flagged(spark):
    made = folded(spark, paid=[{}], returned=[{}], entries=[BACK])
    assert_rows(made, 'flags\n["payment_mismatch"]')


def test_money_paid_twice_is_flagged(spark):
    made = folded(spark, paid=[{}, {"payment_id": "p2", "paid_at": "2026-01-03 09:00"}])
    assert_rows(made, 'amount_paid | flags\n60 | ["payment_mismatch"]')


def test_an_order_not_yet_paid_has_no_payment_mismatch(spark):
    assert_rows(folded(spark, paid=[{"amount": "10"}]), "flags\n[]")


def test_a_refund_in_another_currency_is_flagged_and_not_added(spark):
    made = folded(spark, refunded=[{"currency": "USD"}])
    assert_rows(made, 'amount_refunded | flags\n0 | ["currency_mismatch"]')


def test_a_refund_told_twice_counts_once(spark):
    made = folded(spark, refunded=[{"amount": "10"}, {"amount": "11"}])
    assert_rows(made, "amount_refunded | n_events\n10 | 3")


def test_more_returned_than_ordered_is_flagged(spark):
    made = folded(spark, returned=[{"quantity": 5}], entries=[{**BACK, "quantity": -3, "gross": "-30"}])
    assert_rows(made, 'flags\n["over_returned"]')


def test_a_return_of_what_was_not_ordered_is_flagged(spark):
    assert_rows(folded(spark, returned=[{}]), 'flags\n["over_returned"]')


def test_more_cancelled_by_line_than_ordered_is_flagged(spark):
    made = folded(spark, cancelled=[{"lines": [{"line_no": 1, "quantity": 4}]}], entries=[{}])
    assert_rows(made, 'status | flags\ncancelled | ["over_returned"]')


def test_a_return_of_what_was_cancelled_is_flagged(spark):
    made = folded(spark, cancelled=[{"event_id": "e1"}], returned=[{}], entries=[{}])
    assert_rows(made, 'status | flags\ncancelled | ["over_returned"]')


def test_a_whole_cancellation_of_what_is_left_asks_for_no_number(spark):
    made = folded(
        spark,
        cancelled=[{}],
        returned=[{}],
        entries=[BACK, {"quantity": -2, "gross": "-20"}],
    )
    assert_rows(made, "flags\n[]")


def test_a_refund_without_an_order_makes_no_order(spark):
    made = folded(spark, created=[], lines=[], refunded=[{"order_id": None}], returned=[{"order_id": None}])
    assert_rows(made, "order_id")


def test_an_order_is_shipped_when_its_first_parcel_is(spark):
    second = {"shipment_id": "T", "event_time": "2026-01-04 09:00"}
    assert_rows(
        folded(spark, paid=[{}], shipped=[second, {}]),
        """n_shipments | n_delivered | shipped_at       | delivered_at | fully_delivered_at | status  | flags | n_events
           2           | 0           | 2026-01-03 09:00 |              |                    | shipped | []    | 4""",
    )


def test_an_order_is_delivered_when_its_last_parcel_is(spark):
    second = {"shipment_id": "T", "event_time": "2026-01-06 09:00"}
    assert_rows(
        folded(spark, paid=[{}], shipped=[{}, {"shipment_id": "T"}], delivered=[second, {}]),
        """n_shipments | n_delivered | delivered_at     | fully_delivered_at | status    | flags
           2           | 2           | 2026-01-05 09:00 | 2026-01-06 09:00   | delivered | []""",
    )


def test_an_order_of_which_a_parcel_is_on_its_way_stays_shipped(spark):
    made = folded(spark, shipped=[{}, {"shipment_id": "T"}], delivered=[{}])
    assert_rows(made, "n_delivered | delivered_at | fully_delivered_at | status\n1 | 2026-01-05 09:00 | | shipped")


def test_a_parcel_told_twice_counts_once_from_its_earlier_event(spark):
    later = {"event_time": "2026-01-09 09:00"}
    assert_rows(
        folded(spark, shipped=[later, {}], delivered=[later, {}]),
        """n_shipments | n_delivered | shipped_at       | delivered_at     | fully_delivered_at | n_events
           1           | 1           | 2026-01-03 09:00 | 2026-01-05 09:00 | 2026-01-05 09:00   | 5""",
    )


def test_a_parcel_told_for_two_orders_counts_in_both(spark):
    both = [{}, {"order_id": "B"}]
    assert_rows(
        folded(spark, created=both, lines=[{}, {"order_id": "B"}], shipped=both, delivered=both),
        """order_id | n_shipments | n_delivered | status
           A        | 1           | 1           | delivered
           B        | 1           | 1           | delivered""",
    )


def test_a_delivery_before_its_shipment_is_known_delivers(spark):
    made = folded(spark, delivered=[{}])
    assert_rows(
        made, "n_shipments | shipped_at | fully_delivered_at | status | flags\n0 | | 2026-01-05 09:00 | delivered | []"
    )


def test_parcels_before_the_order_keep_an_incomplete_row(spark):
    made = folded(spark, created=[], lines=[], shipped=[{}])
    assert_rows(made, "is_complete | n_shipments | status | flags | n_events\nfalse | 1 | shipped | [] | 1")


def test_cancelled_wins_over_delivered_and_returned_over_both(spark):
    parcel = {"shipped": [{}], "delivered": [{}]}
    assert_rows(folded(spark, cancelled=[{}], entries=[{}], **parcel), "status\ncancelled")
    back = {**BACK, "quantity": -3, "gross": "-30"}
    assert_rows(folded(spark, returned=[{"quantity": 3}], entries=[back], **parcel), "status\nreturned")


@pytest.mark.parametrize(("at", "flags"), [("2026-01-02 08:59", '["shipped_before_paid"]'), ("2026-01-02 09:00", "[]")])
def test_a_parcel_that_left_before_the_money_came_is_flagged(spark, at, flags):
    assert_rows(folded(spark, paid=[{}], shipped=[{"event_time": at}]), f"flags\n{flags}")


def test_an_order_shipped_on_account_is_not_flagged_while_unpaid(spark):
    assert_rows(folded(spark, shipped=[{}]), "status | flags\nshipped | []")


@pytest.mark.parametrize(
    ("at", "flags"), [("2026-01-03 08:59", '["delivered_before_shipped"]'), ("2026-01-03 09:00", "[]")]
)
def test_a_parcel_delivered_before_it_was_shipped_is_flagged(spark, at, flags):
    assert_rows(folded(spark, shipped=[{}], delivered=[{"event_time": at}]), f"flags\n{flags}")


def test_a_parcel_that_left_after_another_came_is_not_flagged(spark):
    made = folded(spark, shipped=[{}, {"shipment_id": "T", "event_time": "2026-01-09 09:00"}], delivered=[{}])
    assert_rows(made, "flags\n[]")


@pytest.mark.parametrize(
    ("at", "flags"), [("2026-01-03 08:59", '["cancelled_after_delivery"]'), ("2026-01-03 09:00", "[]")]
)
def test_an_order_cancelled_after_a_parcel_came_is_flagged(spark, at, flags):
    parcel = {"shipped": [{"event_time": "2026-01-02 09:00"}], "delivered": [{"event_time": at}]}
    assert_rows(folded(spark, cancelled=[{}], entries=[{}], **parcel), f"flags\n{flags}")
