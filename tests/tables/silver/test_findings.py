"""silver.findings: what contradicts the life of an order or a parcel, with the two events that don't fit together."""

from krn.contracts.shipping import ORDER_DELIVERED, ORDER_SHIPPED, SHIPMENT_TRACKED
from krn.tables.silver import deliveries, orders, payments
from krn.tables.silver.findings import TABLE
from krn.testing import assert_rows, events, rows, transformed

ORDERS = """order_id | is_complete | currency | order_total | cancelled_at
            A        | true        | EUR      | 10          |
            B        | true        | EUR      | 10          |
            C        | true        | EUR      | 10          | 2026-01-07 12:00
            U        | false       |          |             |"""


def found(spark, told="", orders_=ORDERS, **parcels):
    """`told` are the events of orders, and what is paid with them; `parcels` those of parcels by their input."""
    header, *body = ([cell.strip() or None for cell in line.split("|")] for line in told.splitlines() or ["event_id"])
    said = [{"event_source": "/shop", "currency": "EUR", **dict(zip(header, cells, strict=True))} for cells in body]
    paid = {
        row["payment_id"]: {name: row.get(name) for name in ("payment_id", "order_id", "amount", "currency")}
        | {"status": row["accepted_type"].partition(".")[2]}
        for row in said
        if row.get("payment_id")
    }
    names = set(deliveries.TABLE.schema.names)
    contracts = {"shipped": ORDER_SHIPPED, "tracked": SHIPMENT_TRACKED, "delivered": ORDER_DELIVERED}
    return transformed(
        spark,
        TABLE,
        orders=rows(spark, orders_, orders.TABLE),
        payments=rows(spark, paid.values(), payments.TABLE),
        told=rows(spark, [{name: row[name] for name in row if name in names} for row in said], deliveries.TABLE),
        **{name: events(spark, contracts[name], given) for name, given in parcels.items()},
    )


def test_a_finding_names_its_subject_and_both_events(spark):
    told = """event_id | event_source | accepted_type    | event_time | order_id | shipment_id | payment_id | amount
              s        | /depot       | order.shipped    | 2026-01-05 | A        | S1          |            |
              p        | /bank        | payment.received | 2026-01-06 | A        |             | P1         | 10"""
    assert_rows(
        found(spark, told),
        [
            {
                "finding_id": '["shipped_before_paid","A","/bank","p"]',
                "subject": "order:A",
                "entity": "order",
                "entity_id": "A",
                "kind": "shipped_before_paid",
                "earlier_event_id": "s",
                "earlier_event_source": "/depot",
                "earlier_event_type": "order.shipped",
                "earlier_event_at": "2026-01-05",
                "event_id": "p",
                "event_source": "/bank",
                "event_type": "payment.received",
                "event_at": "2026-01-06",
                "detail": "P1",
            }
        ],
    )


def test_an_order_is_shipped_before_paid_only_if_its_first_parcel_left_before_the_last_part_of_the_money(spark):
    told = """event_id | accepted_type    | event_time       | order_id | shipment_id | payment_id | amount
              a1       | order.shipped    | 2026-01-05 12:00 | A        | S1          |            |
              a2       | order.shipped    | 2026-01-05 13:00 | A        | S2          |            |
              a3       | payment.received | 2026-01-05 11:00 | A        |             | P1         | 4
              a4       | payment.received | 2026-01-05 14:00 | A        |             | P2         | 5.99
              b1       | order.shipped    | 2026-01-05 12:00 | B        | S3          |            |
              b2       | payment.received | 2026-01-05 12:00 | B        |             | P3         | 10
              c1       | order.shipped    | 2026-01-05 12:00 | C        | S4          |            |
              c2       | payment.received | 2026-01-05 14:00 | C        |             | P4         | 9.98
              c3       | payment.failed   | 2026-01-05 15:00 | C        |             | P5         | 10"""
    assert_rows(
        found(spark, told),
        """kind                | entity_id | earlier_event_id | event_id | detail
           shipped_before_paid | A         | a1               | a4       | P2""",
    )


def test_an_order_is_paid_twice_by_what_comes_when_it_is_paid_and_more_than_a_cent_beyond_its_total(spark):
    # A: a cent short is paid, and the cent that is missing is no second payment; B: at one instant, then nothing and
    # other money; C: one payment that is too large is not two
    told = """event_id | accepted_type    | event_time       | order_id | payment_id | amount | currency
              a1       | payment.received | 2026-01-05 11:00 | A        | P1         | 9.99   | EUR
              a2       | payment.received | 2026-01-05 12:00 | A        | P2         | 0.02   | EUR
              a3       | payment.received | 2026-01-05 13:00 | A        | P3         | 0.01   | EUR
              b2       | payment.received | 2026-01-05 12:00 | B        | P5         | 10     | EUR
              b1       | payment.received | 2026-01-05 12:00 | B        | P6         | 10     | EUR
              b3       | payment.received | 2026-01-05 13:00 | B        | P7         | 0      | EUR
              b4       | payment.received | 2026-01-05 13:00 | B        | P8         | 10     | USD
              c1       | payment.received | 2026-01-05 11:00 | C        | P9         | 4      | EUR
              c2       | payment.received | 2026-01-05 12:00 | C        | P10        | 60     | EUR"""
    assert_rows(
        found(spark, told),
        """kind       | entity_id | earlier_event_id | event_id | detail
           paid_twice | A         | a1               | a3       | P3
           paid_twice | B         | b2               | b1       | P6""",
    )


def test_a_payment_told_again_is_one_payment(spark):
    told = """event_id | accepted_type    | event_time       | order_id | payment_id | amount
              a2       | payment.received | 2026-01-05 13:00 | A        | P1         | 10
              a1       | payment.received | 2026-01-05 11:00 | A        | P1         | 10
              s        | order.shipped    | 2026-01-05 12:00 | A        |            |"""
    assert_rows(found(spark, told), "kind | entity_id")


def test_each_parcel_that_leaves_after_the_last_unit_was_cancelled_is_found(spark):
    told = """event_id | accepted_type   | event_time       | order_id | shipment_id
              c1       | order.cancelled | 2026-01-06 12:00 | C        |
              c2       | order.cancelled | 2026-01-07 12:00 | C        |
              c3       | order.shipped   | 2026-01-07 12:00 | C        | S1
              c4       | order.shipped   | 2026-01-07 13:00 | C        | S2
              c5       | order.shipped   | 2026-01-08 13:00 | C        | S2
              c6       | order.shipped   | 2026-01-07 14:00 | C        | S3
              a1       | order.cancelled | 2026-01-05 12:00 | A        |
              a2       | order.shipped   | 2026-01-06 12:00 | A        | S4"""
    assert_rows(
        found(spark, told),
        """kind                    | entity_id | earlier_event_id | event_id | detail
           shipped_after_cancelled | C         | c2               | c4       | S2
           shipped_after_cancelled | C         | c2               | c6       | S3""",
    )


def test_an_order_is_cancelled_after_delivery_of_its_first_parcel(spark):
    told = """event_id | accepted_type   | event_time       | order_id | shipment_id
              c1       | order.delivered | 2026-01-07 11:00 | C        | S1
              c2       | order.delivered | 2026-01-07 13:00 | C        | S2
              c3       | order.cancelled | 2026-01-07 12:00 | C        |
              a1       | order.delivered | 2026-01-05 12:00 | A        | S3
              a2       | order.cancelled | 2026-01-06 12:00 | A        |"""
    assert_rows(
        found(spark, told),
        """kind                     | entity_id | earlier_event_id | event_id | detail
           cancelled_after_delivery | C         | c1               | c3       |""",
    )


def test_an_order_never_created_is_found_by_its_first_event(spark):
    told = """event_id | accepted_type    | event_time       | order_id | shipment_id
              u2       | order.shipped    | 2026-01-06 12:00 | U        | S1
              u1       | order.refunded   | 2026-01-05 12:00 | U        |
              u0       | shipment.tracked | 2026-01-04 12:00 | U        | S1"""
    expected = """kind          | entity_id | earlier_event_id | earlier_event_at | event_id | event_type     | detail
                  never_created | U         |                  |                  | u1       | order.refunded |"""
    assert_rows(found(spark, told), expected)


def test_a_parcel_comes_before_it_leaves_or_is_seen_on_its_way_after_it_came(spark):
    # S1 came an hour before it left; S2 at the same instant; S3 was seen under way after it came, each sighting once
    made = found(
        spark,
        shipped="""event_id | event_time       | shipment_id
                   s1       | 2026-01-05 12:00 | S1
                   s1-again | 2026-01-05 13:00 | S1
                   s2       | 2026-01-05 12:00 | S2
                   s3       | 2026-01-05 12:00 | S3""",
        delivered="""event_id | event_time       | shipment_id
                     d1       | 2026-01-05 11:00 | S1
                     d2       | 2026-01-05 12:00 | S2
                     d3       | 2026-01-06 12:00 | S3
                     d3-again | 2026-01-09 12:00 | S3""",
        tracked="""event_id | event_time       | shipment_id | status
                   t1       | 2026-01-06 11:00 | S3          | in_transit
                   t2       | 2026-01-06 12:00 | S3          | out_for_delivery
                   t3       | 2026-01-06 13:00 | S3          | in_transit
                   t3-again | 2026-01-06 13:00 | S3          | in_transit
                   t4       | 2026-01-06 13:00 | S3          | attempt_failed
                   t5       | 2026-01-07 12:00 | S3          | exception
                   t6       | 2026-01-08 12:00 | S3          | returned
                   t7       | 2026-01-08 12:00 | S4          | in_transit""",
    )
    assert_rows(
        made,
        """kind                     | entity   | entity_id | earlier_event_id | event_id | detail
           delivered_before_shipped | shipment | S1        | d1               | s1       |
           tracked_after_delivery   | shipment | S3        | d3               | t3       | in_transit
           tracked_after_delivery   | shipment | S3        | d3               | t4       | attempt_failed""",
    )


def test_a_life_as_it_should_be_has_no_finding(spark):
    told = """event_id | accepted_type    | event_time       | order_id | shipment_id | payment_id | amount
              a1       | payment.received | 2026-01-05 12:00 | A        |             | P1         | 10
              a2       | order.shipped    | 2026-01-06 12:00 | A        | S1          |            |
              a3       | order.delivered  | 2026-01-07 12:00 | A        | S1          |            |
              a4       | order.refunded   | 2026-01-09 12:00 | A        |             |            |"""
    assert_rows(found(spark, told), "kind")
