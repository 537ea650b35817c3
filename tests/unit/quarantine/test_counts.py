"""What was set aside, in counts, with an example of each that names no person."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from krn.contracts.reasons import Reason
from krn.errors import Unreadable
from krn.quarantine import SCHEMA, sentence, summary

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
COLUMNS = {
    "row_id": pa.int64(),
    "batch": pa.int64(),
    "source": pa.string(),
    "verdict": pa.string(),
    "reasons": pa.list_(pa.string()),
    "resolution": pa.string(),
    "type": pa.string(),
    "received_at": pa.timestamp("us", "UTC"),
}


def row(row_id: int, *reasons: str, **values: Any) -> dict[str, Any]:
    given = {"row_id": row_id, "batch": 1, "source": "shop", "verdict": "quarantined", "type": "order.created"}
    return {
        **given,
        "reasons": list(reasons),
        "resolution": None,
        "received_at": AT + timedelta(minutes=row_id),
        **values,
    }


def summed(root: Path, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    path = root / "silver" / "deliveries"
    path.mkdir(parents=True)
    write_deltalake(str(path), pa.Table.from_pylist(list(rows), pa.schema(COLUMNS)))
    return summary(root).to_pylist()


def test_a_kind_is_a_source_a_type_and_a_reason_with_its_first_row_as_example(tmp_path):
    (found,) = summed(tmp_path, row(8, "blank", batch=2), row(7, "blank"), row(9, "blank", batch=2))
    assert found == {
        "source": "shop",
        "type": "order.created",
        "reason": "blank",
        "rows": 3,
        "sentence": Reason.BLANK.sentence,
        "oldest": AT + timedelta(minutes=7),
        "newest": AT + timedelta(minutes=9),
        "example_row_id": 7,
        "example_batch": 1,
        "faulty": None,  # there is no bronze here
        "example": None,
    }


BRONZE = {"row_id": pa.int64(), "payload_encoding": pa.string(), "payload": pa.string()}
EVENT = {"specversion": "1.0", "id": "e1", "type": "order.shipped", "source": "/shop", "time": "2026-01-01T00:00:00Z"}


def put_into_bronze(root: Path, *bodies: tuple[int, str, str]) -> None:
    path = root / "bronze" / "deliveries"
    path.mkdir(parents=True)
    rows = [dict(zip(BRONZE, body, strict=True)) for body in bodies]
    write_deltalake(str(path), pa.Table.from_pylist(rows, pa.schema(BRONZE)))


def test_an_example_is_the_masked_body_and_names_what_is_at_fault(tmp_path):
    body = json.dumps(EVENT | {"data": {"shipment_id": "Ann Smith", "order_id": None, "currency": "eur"}})
    put_into_bronze(tmp_path, (7, "utf8", body), (8, "utf8", "never read"))
    missing, currency = summed(tmp_path, row(7, "missing_field", "bad_currency"), row(8, "missing_field"))
    assert missing["faulty"] == "data.order_id: absent"
    assert currency["faulty"] == 'data.currency: "xxx"'
    assert missing["example"] == currency["example"]
    assert missing["example"].endswith('"data": {"shipment_id": "Xxx Xxxxx", "order_id": null, "currency": "xxx"}}')


def test_an_example_that_is_not_text_is_masked_too(tmp_path):
    put_into_bronze(tmp_path, (7, "base64", b64encode(b'{"id":"\xff"}').decode()))
    assert [(r["faulty"], r["example"]) for r in summed(tmp_path, row(7, "encoding"))] == [("", '{"id": "?"}')]


def test_a_delivery_with_two_reasons_counts_in_both(tmp_path):
    assert {r["reason"]: r["rows"] for r in summed(tmp_path, row(1, "blank", "bad_time"), row(2, "blank"))} == {
        "blank": 2,
        "bad_time": 1,
    }


def test_the_most_frequent_kind_comes_first(tmp_path):
    found = summed(tmp_path, row(1, "bad_time"), row(2, "blank", source="web"), row(3, "blank", source="web"))
    assert [(r["source"], r["rows"]) for r in found] == [("web", 2), ("shop", 1)]


def test_only_open_quarantine_is_counted(tmp_path):
    rows = [
        row(1, "blank"),
        row(2, "blank", resolution="accepted"),
        row(3, verdict="accepted"),
        row(4, verdict="duplicate"),
    ]
    assert [r["rows"] for r in summed(tmp_path, *rows)] == [1]


@pytest.mark.parametrize(
    "text",
    [
        "ann.smith@example.com",
        "<script>",
        "\x1b[31m",
        "order.created\n",
        "card.4111111111111111",
        "4111111111111111",
        "x" * 61,
        "",
    ],
)
def test_a_type_that_does_not_look_like_one_is_not_shown(tmp_path, text):
    assert [r["type"] for r in summed(tmp_path, row(1, "unknown_type", type=text))] == ["(not shown)"]


def test_types_that_are_not_shown_are_one_kind(tmp_path):
    assert [
        r["rows"] for r in summed(tmp_path, row(1, "unknown_type", type="<a>"), row(2, "unknown_type", type="<b>"))
    ] == [2]


def test_a_type_that_could_not_be_read_is_none(tmp_path):
    assert [r["type"] for r in summed(tmp_path, row(1, "not_json", type=None))] == ["(none)"]


def test_an_unknown_type_that_looks_like_one_is_shown(tmp_path):
    assert [r["type"] for r in summed(tmp_path, row(1, "unknown_type", type="order.teleported"))] == [
        "order.teleported"
    ]


def test_before_the_first_verdict_nothing_is_set_aside(tmp_path):
    assert summary(tmp_path) == SCHEMA.empty_table()


def test_every_reason_has_its_sentence():
    assert [sentence(reason.word) for reason in Reason] == [reason.sentence for reason in Reason]


def test_a_damaged_file_is_named(tmp_path):
    summed(tmp_path, row(1, "blank"))
    next((tmp_path / "silver" / "deliveries").glob("*.parquet")).unlink()
    with pytest.raises(Unreadable, match=r"silver\.deliveries cannot be read: .*\.parquet"):
        summary(tmp_path)


def test_by_day_the_kinds_of_each_day_stand_together(tmp_path):
    late = AT + timedelta(days=1)
    rows = [row(1, "blank"), row(2, "bad_time", received_at=late), row(3, "blank", received_at=late)]
    summed(tmp_path, *rows, row(4, "blank", received_at=late))
    found = [(r["day"].day, r["reason"], r["rows"]) for r in summary(tmp_path, by_day=True).to_pylist()]
    assert found == [(24, "blank", 1), (25, "blank", 2), (25, "bad_time", 1)]
