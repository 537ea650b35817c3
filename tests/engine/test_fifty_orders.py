"""Fifty orders of the simulated shop, followed by hand however they arrive; `fifty_orders.jsonl` has their events.

The tables below were worked out from these events and the definitions of the columns, not by the code under test. Where
to look first, with what a reader can add up:

O02  cancelled whole, then paid by 45.24 and 22.62: all of it is still there, hence payment_mismatch
O15  half paid, so what is cancelled can't mismatch; the second cancellation of its one unit is over_returned
O21  two payments at one instant; 2 units and their tax go back (14801), so 165 is owed, 17598 is there
O23  one of six units is cancelled, six come back: five are taken, over_returned; nothing is left, so it is returned
O25  cancelled at 01:43, shipped at 02:07, paid at 07:41, five too much
O46  165 of freight on the line and 330 on the header: total_mismatch; cancelled six hours after it came
"""

import json
from pathlib import Path
from random import Random

from world import computed, verdicts_of

from krn.dag import in_order
from krn.tables.silver import findings, order_lines, orders, payments, refund_lines, sales_entries
from krn.testing import assert_rows

EVENTS = [json.loads(line) for line in Path(__file__).with_name("fifty_orders.jsonl").read_text().splitlines()]
TABLES = in_order(t.TABLE for t in (order_lines, payments, refund_lines, sales_entries, orders, findings))
SEEDS = (1, 2, 3)
OF_A_SHOP = ("order_id", "payment_id", "refund_id", "shipment_id")

ORDERS = """
order_id | status    | currency | order_total | amount_paid | amount_refunded | n_shipments | n_delivered
O01      | created   | EUR      | 45.64       | 0           | 0               | 0           | 0
O02      | cancelled | EUR      | 67.86       | 67.86       | 0               | 0           | 0
O03      | delivered | EUR      | 202.8       | 202.8       | 0               | 1           | 1
O04      | delivered | GBP      | 29.59       | 29.59       | 0               | 1           | 1
O05      | delivered | JPY      | 95256       | 95256       | 0               | 1           | 1
O06      | cancelled | GBP      | 25.92       | 25.92       | 2.59            | 1           | 1
O07      | delivered | JPY      | 167         | 167         | 500             | 1           | 1
O08      | cancelled | GBP      | 59.77       | 0           | 59.77           | 0           | 0
O09      | delivered | GBP      | 601.63      | 601.63      | 0               | 1           | 1
O10      | returned  | JPY      | 20          | 20          | 14.4            | 1           | 1
O11      | delivered | GBP      | 126.55      | 126.55      | 0               | 1           | 1
O12      | delivered | GBP      | 11.61       | 11.61       | 0               | 1           | 1
O13      | returned  | EUR      | 671.16      | 671.16      | 671.16          | 0           | 0
O14      | returned  | EUR      | 56.05       | 56.05       | 49.824          | 1           | 1
O15      | cancelled | GBP      | 54.86       | 27.43       | 0               | 1           | 1
O16      | delivered | GBP      | 114.46      | 114.46      | 0               | 1           | 1
O17      | delivered | GBP      | 65.7        | 65.7        | 0               | 1           | 1
O18      | returned  | JPY      | 12171       | 0           | 9736.8          | 0           | 0
O19      | shipped   | GBP      | 15.26       | 15.26       | 0               | 1           | 0
O20      | delivered | JPY      | 2000        | 2000        | 0               | 1           | 1
O21      | returned  | JPY      | 14966       | 29932       | 12334           | 1           | 1
O22      | delivered | GBP      | 391.29      | 391.29      | 0               | 1           | 1
O23      | returned  | JPY      | 47793       | 23897       | 47628           | 0           | 0
O24      | delivered | GBP      | 62.16       | 62.16       | 0               | 1           | 1
O25      | cancelled | GBP      | 16.75       | 21.75       | 0               | 1           | 0
O26      | delivered | EUR      | 67.77       | 67.77       | 0               | 2           | 2
O27      | delivered | JPY      | 26784       | 26784       | 0               | 1           | 1
O28      | cancelled | EUR      | 55.94       | 27.97       | 0               | 1           | 0
O29      | cancelled | EUR      | 638.0138    | 638.0138    | 0               | 1           | 1
O30      | part_paid | EUR      | 50.53       | 25.27       | 0               | 0           | 0
O31      | cancelled | GBP      | 27.26       | 32.26       | 21.34           | 0           | 0
O32      | returned  | GBP      | 250.68      | 250.68      | 250.68          | 1           | 1
O33      | delivered | EUR      | 61.69       | 61.69       | 6.17            | 1           | 1
O34      | cancelled | EUR      | 67.95       | 67.95       | 66.3            | 0           | 0
O35      | returned  | GBP      | 632.76      | 0           | 632.76          | 0           | 0
O36      | delivered | GBP      | 178.99      | 178.99      | 0               | 1           | 1
O37      | returned  | GBP      | 46.5        | 46.5        | 51.67           | 1           | 1
O38      | shipped   | JPY      | 120393      | 120393      | 0               | 1           | 0
O39      | delivered | JPY      | 7938        | 7938        | 794             | 1           | 1
O40      | delivered | EUR      | 35.59       | 35.59       | 0               | 1           | 1
O41      | cancelled | EUR      | 235.47      | 0           | 0               | 1           | 0
O42      | delivered | GBP      | 88.14       | 176.28      | 0               | 1           | 1
O43      | created   | GBP      | 9.21        | 0           | 0               | 0           | 0
O44      | shipped   | JPY      | 260         | 260         | 0               | 1           | 0
O45      | returned  | GBP      | 72.64       | 72.64       | 78.88           | 0           | 0
O46      | cancelled | JPY      | 9614        | 9614        | 0               | 1           | 1
O47      | delivered | GBP      | 28.94       | 28.94       | 0               | 1           | 1
O48      | delivered | JPY      | 88970       | 88970       | 0               | 1           | 1
O49      | cancelled | EUR      | 75.68       | 75.68       | 0               | 0           | 0
O50      | delivered | GBP      | 155.6       | 155.6       | 0               | 1           | 1
"""
#: Orders that are not here have none.
FLAGS = """
order_id | flags
O02      | payment_mismatch
O04      | payment_mismatch
O06      | cancelled_after_delivery payment_mismatch
O07      | over_returned payment_mismatch
O08      | over_returned
O10      | payment_mismatch
O11      | total_mismatch
O14      | payment_mismatch
O15      | over_returned
O17      | total_mismatch
O21      | payment_mismatch
O23      | over_returned
O25      | payment_mismatch shipped_before_paid
O29      | cancelled_after_delivery payment_mismatch
O31      | over_returned payment_mismatch
O33      | payment_mismatch
O34      | over_returned payment_mismatch
O35      | over_returned
O37      | payment_mismatch
O39      | payment_mismatch
O42      | payment_mismatch
O45      | payment_mismatch
O46      | cancelled_after_delivery payment_mismatch total_mismatch
O49      | payment_mismatch
"""
FINDINGS = """
kind                     | entity_id | event_id
cancelled_after_delivery | O06       | e038
tracked_after_delivery   | S-O17-1   | e140
paid_twice               | O21       | e082
shipped_after_cancelled  | O25       | e104
shipped_before_paid      | O25       | e109
shipped_after_cancelled  | O28       | e121
cancelled_after_delivery | O29       | e207
tracked_after_delivery   | S-O36-1   | e238
tracked_after_delivery   | S-O37-1   | e224
shipped_after_cancelled  | O41       | e174
paid_twice               | O42       | e191
cancelled_after_delivery | O46       | e260
"""


def test_fifty_orders_stand_as_followed_by_hand_however_their_events_are_shuffled(spark):
    """Each seed is a shop of its own with the same events in another order, so that one run judges all shuffles."""
    arrived = [body for seed in SEEDS for body in shuffled(seed)]
    made = computed(spark, verdicts_of(spark, arrived), TABLES, {"timezone": "Europe/Berlin"})
    flags = {row["order_id"]: row["flags"].split() for row in table(FLAGS)}
    standing = [{**row, "flags": flags.get(row["order_id"], [])} for row in table(ORDERS)]
    assert_rows(made["silver.orders"], of_each_shop(standing, "order_id"))
    assert_rows(made["silver.findings"], of_each_shop(table(FINDINGS), "entity_id"))


def shuffled(seed):
    bodies = [json.dumps(of_shop(seed, event)).encode() for event in EVENTS]
    Random(seed).shuffle(bodies)
    return bodies


def of_shop(seed, event):
    data = {name: f"{seed}/{value}" if name in OF_A_SHOP else value for name, value in event["data"].items()}
    return {**event, "source": f"/{seed}{event['source']}", "data": data}


def table(text):
    header, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return [dict(zip(header, cells, strict=True)) for cells in rows]


def of_each_shop(told, key):
    return [{**row, key: f"{seed}/{row[key]}"} for seed in SEEDS for row in told]
