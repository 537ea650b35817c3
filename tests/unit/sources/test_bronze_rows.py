"""Deliveries as rows of bronze."""

from datetime import UTC, datetime

import pyarrow as pa

from krn.sources.bronze import SCHEMA, in_order, staged
from krn.sources.delivery import Delivery
from krn.sources.message import delivery

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def table(*deliveries: Delivery) -> pa.Table:
    return staged(deliveries, "orders", "sqs", 7, NOW, "run1")


def test_a_delivery_becomes_one_row_with_all_that_is_known() -> None:
    given = Delivery("m1", b'{"a":1}', "r1", NOW, 2, "g", "00000000000000000001", {"trace": "t"})
    assert table(given).to_pylist() == [
        {
            "row_id": 7_000_000_000,
            "batch": 7,
            "position": 0,
            "source": "orders",
            "source_kind": "sqs",
            "delivery_key": "m1",
            "path": None,
            "line": None,
            "sent_at": NOW,
            "received_at": NOW,
            "receive_count": 2,
            "group_id": "g",
            "sequence_number": "00000000000000000001",
            "attributes": [("trace", "t")],
            "run_id": "run1",
            "payload_encoding": "utf8",
            "payload": '{"a":1}',
        }
    ]


def test_the_rows_have_the_types_of_the_table() -> None:
    assert table(Delivery("m", b"", "r")).schema.equals(SCHEMA)


def test_a_body_that_is_not_utf8_is_kept_as_base64_and_its_neighbours_as_text() -> None:
    got = table(
        Delivery("a", b"ok", "r"), Delivery("b", b"\xff\xfe", "r"), Delivery("c", "é\0".encode(), "r")
    ).to_pylist()
    assert [(r["payload_encoding"], r["payload"]) for r in got] == [("utf8", "ok"), ("base64", "//4="), ("utf8", "é\0")]


def test_a_lone_surrogate_survives_as_bytes() -> None:
    given = delivery({"MessageId": "m", "ReceiptHandle": "r", "Body": "x\ud800"})
    assert given.body == b"x\xed\xa0\x80"
    assert table(given).to_pylist()[0]["payload_encoding"] == "base64"


def test_a_numbered_queue_is_ordered_by_group_and_number() -> None:
    given = [
        Delivery(f"{g}{n}", b"", "r", group_id=g, sequence_number=f"{n:020}")
        for g, n in [("b", 1), ("a", 10), ("a", 9)]
    ]
    assert [d.id for d in in_order(given)] == ["a9", "a10", "b1"]


def test_an_unnumbered_queue_keeps_the_order_received() -> None:
    given = [Delivery(name, b"", "r", group_id=group) for name, group in [("1", "z"), ("2", None), ("3", "a")]]
    assert [d.id for d in in_order(given)] == ["1", "2", "3"]
