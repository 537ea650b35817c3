"""bronze.deliveries: every delivery as it came, numbered in bronze order."""

from datetime import UTC, datetime

from krn.sources.bronze import staged
from krn.sources.delivery import Delivery
from krn.tables.bronze.deliveries import TABLE

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def batch(number, *bodies):
    given = [Delivery(f"m{n}", body, "receipt") for n, body in enumerate(bodies)]
    return staged(given, "orders", "sqs", number, NOW, "run").to_pylist()


def test_sorted_row_ids_are_bronze_order():
    made = [*batch(10, b"c", b"d"), *batch(9, b"a", b"b")]
    assert [row["payload"] for row in sorted(made, key=lambda row: row["row_id"])] == ["a", "b", "c", "d"]


def test_a_row_id_names_its_batch_and_place():
    assert [(row["row_id"], row["batch"], row["position"]) for row in batch(7, b"a", b"b")] == [
        (7_000_000_000, 7, 0),
        (7_000_000_001, 7, 1),
    ]


def test_a_delivery_that_comes_twice_is_two_rows():
    assert [row["payload"] for row in batch(1, b"same", b"same")] == ["same", "same"]


def test_the_body_is_the_only_personal_column():
    assert [column.name for column in TABLE.columns if column.pii] == ["payload"]
