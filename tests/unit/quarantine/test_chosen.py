"""Which rows a person means."""

from datetime import UTC, datetime, timedelta

import pytest
from set_aside import AT, delivered

from krn.errors import UsageError
from krn.quarantine import summary
from krn.quarantine.chosen import Chosen

ROWS = (
    {"row_id": 1, "source": "web", "type": "order.created", "reasons": ["blank"]},
    {"row_id": 2, "source": "shop", "type": "order.created", "reasons": ["bad_time", "blank"]},
    {"row_id": 3, "source": "shop", "type": None, "reasons": ["not_json"], "received_at": AT + timedelta(days=1)},
    {"row_id": 4, "source": "shop", "type": "order.created", "verdict": "accepted", "reasons": []},
    {"row_id": 5, "source": "till", "type": 'order-created: "new" %', "reasons": ["unknown_type"]},
)


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        (Chosen(), {1, 2, 3, 5}),
        (Chosen(source="shop"), {2, 3}),
        (Chosen(type="order.created"), {1, 2}),
        (Chosen(type='order-created: "new" %'), {5}),
        (Chosen(reason="blank"), {1, 2}),
        (Chosen(since=AT + timedelta(seconds=1)), {3}),
        (Chosen(since=AT), {1, 2, 3, 5}),
        (Chosen(row_ids=(2, 4)), {2}),
        (Chosen(source="shop", reason="blank"), {2}),
    ],
)
def test_rows_match_all_that_is_told(tmp_path, chosen, rows):
    found = summary(delivered(tmp_path, *ROWS), chosen).to_pylist()
    assert {row["example_row_id"] for row in found} == rows


def test_the_instant_is_told_in_utc():
    east = datetime(2026, 1, 1, 1, 30, 0, 5, tzinfo=UTC).astimezone()
    assert Chosen(since=east).sql.endswith("received_at >= TIMESTAMP '2026-01-01T01:30:00.000005Z'")


@pytest.mark.parametrize(
    "told",
    [
        {"source": "x' OR '1' = '1"},
        {"type": "a'b"},
        {"type": "a\\"},
        {"type": "a\nb"},
        {"type": "a" * 201},
        {"source": ""},
        {"reason": "bored"},
    ],
)
def test_what_names_nothing_is_refused_before_any_query(told):
    with pytest.raises(UsageError):
        Chosen(**told)


def test_only_a_choice_without_a_word_is_every_row():
    assert Chosen().is_every_row
    assert not Chosen(row_ids=(1,)).is_every_row
