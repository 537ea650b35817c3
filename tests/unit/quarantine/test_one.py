"""One delivery that was set aside, told without naming a person."""

import json
from datetime import timedelta

import pytest
from set_aside import AT, delivered

from krn.contracts.reasons import Reason
from krn.errors import UsageError
from krn.quarantine.one import one

BODY = {"specversion": "1.0", "id": "e1", "type": "order.shipped", "source": "/s", "time": "2026-01-01T00:00:00Z"}
BODY |= {"data": {"shipment_id": "Ann Smith", "order_id": " "}}
ROW = {"row_id": 7, "type": "order.shipped", "path": "a.jsonl", "line": 3, "payload": json.dumps(BODY)}


def test_a_delivery_says_where_it_came_from_and_why_it_was_set_aside(tmp_path):
    root = delivered(tmp_path, {**ROW, "run_id": "r1", "delivery_key": "k", "sent_at": AT - timedelta(minutes=1)})
    (found,) = one(root, 7).to_pylist()
    assert found == {
        "row_id": 7,
        "source": "shop",
        "source_kind": "landing",
        "path": "a.jsonl",
        "line": 3,
        "delivery_key": "k",
        "run_id": "r1",
        "sent_at": AT - timedelta(minutes=1),
        "received_at": AT,
        "type": "order.shipped",
        "verdict": "quarantined",
        "reasons": f"blank: {Reason.BLANK.sentence}",
        "faulty": 'blank: data.order_id: " "',
        "duplicate_of": None,
        "repairs": None,
        "resolution": None,
        "body": found["body"],
    }
    assert found["body"].endswith('"data": {"shipment_id": "Xxx Xxxxx", "order_id": " "}}')


def test_the_body_is_as_it_came_only_when_that_is_asked_for(tmp_path):
    root = delivered(tmp_path, ROW)
    assert "Ann" not in str(one(root, 7).to_pylist())
    assert json.loads(one(root, 7, reveal=True)["body"][0].as_py()) == BODY


def test_a_body_that_is_no_text_is_shown_with_marks(tmp_path):
    root = delivered(tmp_path, {**ROW, "payload": "/w==", "payload_encoding": "base64", "reasons": ["encoding"]})
    assert one(root, 7, reveal=True)["body"].to_pylist() == ["\ufffd"]


def test_a_fix_names_the_row_that_it_repairs(tmp_path):
    root = delivered(tmp_path, {**ROW, "source_kind": "fix", "attributes": [("krn:repairs", "5")]})
    assert one(root, 7)["repairs"].to_pylist() == [5]


def test_what_a_person_wrote_is_harmless(tmp_path):
    root = delivered(tmp_path, {**ROW, "resolution": "dropped by ann at noon: \x1b[31mask ann@example.com"})
    assert one(root, 7)["resolution"].to_pylist() == ["dropped by ann at noon: \ufffd[31mask (e-mail)"]


@pytest.mark.parametrize("row_id", [8, -1])
def test_a_row_that_is_not_there_is_a_mistake(tmp_path, row_id):
    with pytest.raises(UsageError, match=f"No delivery with a verdict has row_id {row_id}"):
        one(delivered(tmp_path, ROW), row_id)


def test_before_the_first_verdict_there_is_no_delivery_to_show(tmp_path):
    with pytest.raises(UsageError, match="No delivery"):
        one(tmp_path, 7)
