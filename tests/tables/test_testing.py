"""The text tables of tests are read exactly, and a difference is shown as a table."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pyspark.sql import Row
from pyspark.sql.functions import col

from krn.contracts.orders import ORDER_CANCELLED
from krn.tables.silver import payments, refund_lines
from krn.testing import assert_rows, events, rows, transformed

AMOUNTS = {"order_id": "string", "amount": "decimal(18,4)"}


def test_a_cell_is_read_as_its_columns_type(spark):
    frame = rows(
        spark,
        """id | amount | n | on         | at               | is_ok | tags
           A  | 10.50  | 3 | 2026-01-05 | 2026-01-05 12:00 | true  | ["x", "y"]""",
        {
            "id": "string",
            "amount": "decimal(18,4)",
            "n": "bigint",
            "on": "date",
            "at": "timestamp",
            "is_ok": "boolean",
            "tags": "array<string>",
        },
    )
    [row] = frame.collect()
    assert row.at.astimezone(UTC) == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert row[:4] + row[5:] == ("A", Decimal("10.5000"), 3, date(2026, 1, 5), True, ["x", "y"])


def test_a_blank_cell_is_null_and_two_quotes_are_an_empty_text(spark):
    frame = rows(spark, """id | name\n A | \n B | "" """, {"id": "string", "name": "string"})
    assert frame.collect() == [Row(id="A", name=None), Row(id="B", name="")]


def test_a_time_with_an_offset_is_that_instant(spark):
    frame = rows(spark, "at\n2026-01-05T12:00:00+02:00", {"at": "timestamp"})
    assert_rows(frame, "at\n2026-01-05 10:00")


def test_objects_in_a_list_are_json_with_exact_amounts(spark):
    frame = rows(spark, """lines\n[{"n": 1, "price": 0.1}]""", {"lines": "array<struct<n:int,price:decimal(18,4)>>"})
    assert frame.first().lines == [Row(n=1, price=Decimal("0.1000"))]


def test_columns_of_a_table_that_are_not_named_are_null(spark):
    frame = rows(spark, "payment_id\np1", payments.TABLE)
    assert frame.schema.simpleString() == payments.TABLE.schema.simpleString()
    assert frame.where("amount IS NULL").count() == 1


def test_events_have_what_a_build_adds_to_the_fields(spark):
    frame = events(spark, ORDER_CANCELLED, "order_id\nA\nB")
    assert_rows(
        frame,
        """row_id | event_source | event_id | event_time       | order_id | lines
           1      | test         | e1       | 2026-01-05 12:01 | A        |
           2      | test         | e2       | 2026-01-05 12:02 | B        |""",
    )


def test_events_beyond_an_hour_go_on(spark):
    frame = events(spark, ORDER_CANCELLED, [{"order_id": f"{n}"} for n in range(60)])
    assert_rows(frame.where("row_id = 60"), "event_id | event_time\ne60 | 2026-01-05 13:00")


def test_amounts_of_38_digits_are_exact(spark):
    amount = "9999999999999999999999999999999999.9999"
    assert_rows(rows(spark, f"amount\n{amount}", {"amount": "decimal(38,4)"}), f"amount\n{amount}")


def test_rows_may_be_mappings(spark):
    frame = events(spark, ORDER_CANCELLED, [{"order_id": "A", "lines": [{"line_no": 1, "quantity": 2}]}])
    assert frame.first().lines == [Row(line_no=1, quantity=2)]


def test_inputs_that_are_not_given_are_empty(spark):
    assert_rows(transformed(spark, refund_lines.TABLE, timezone="UTC"), "refund_id | position")


def test_an_input_that_the_table_does_not_read_is_refused(spark):
    with pytest.raises(ValueError, match="orders"):
        transformed(spark, refund_lines.TABLE, orders=None, timezone="UTC")


@pytest.mark.parametrize("text", ["order_id | amount\nA", "order_id | amout\nA | 1", "order_id | amount\nA | 1.00001"])
def test_rows_that_the_schema_can_not_hold_are_refused(spark, text):
    with pytest.raises(ValueError, match=r"shorter|amout|decimals"):
        rows(spark, text, AMOUNTS)


def test_rows_are_compared_whatever_their_order(spark):
    assert_rows(rows(spark, "order_id\nA\nB", AMOUNTS), "order_id\nB\nA")


def test_rows_are_compared_in_order_when_asked(spark):
    with pytest.raises(AssertionError, match="another order"):
        assert_rows(rows(spark, "order_id\nA\nB", AMOUNTS), "order_id\nB\nA", in_order=True)


def test_each_row_counts_as_often_as_it_stands(spark):
    with pytest.raises(AssertionError, match=r"- A"):
        assert_rows(rows(spark, "order_id\nA\nB\nB", AMOUNTS), "order_id\nA\nA\nB")


def test_no_rows_are_expected_by_a_header_alone(spark):
    with pytest.raises(AssertionError, match=r"\+ A"):
        assert_rows(rows(spark, "order_id\nA", AMOUNTS), "order_id")


def test_a_ten_thousandth_is_a_difference(spark):
    with pytest.raises(AssertionError) as failed:
        assert_rows(rows(spark, "order_id | amount\nA | 10.5", AMOUNTS), "order_id | amount\nA | 10.5001")
    assert str(failed.value) == (
        "rows differ (- missing, + not expected):\n"
        "  order_id | amount\n"
        "- A        | 10.5001\n"
        "+ A        | 10.5000"
    )  # fmt: skip


def test_null_is_not_zero(spark):
    with pytest.raises(AssertionError):
        assert_rows(rows(spark, "order_id | amount\nA | ", AMOUNTS), "order_id | amount\nA | 0")


def test_a_column_of_another_type_is_a_difference(spark):
    frame = rows(spark, "order_id | amount\nA | 1", AMOUNTS).withColumn("amount", col("amount").cast("decimal(38,4)"))
    with pytest.raises(AssertionError, match=r"amount is decimal\(38,4\), not decimal\(18,4\)"):
        assert_rows(frame, "order_id | amount\nA | 1", AMOUNTS)


def test_a_column_that_is_not_there_is_a_difference(spark):
    with pytest.raises(AssertionError, match="no column amout"):
        assert_rows(rows(spark, "order_id\nA", AMOUNTS), "order_id | amout\nA | 1")
