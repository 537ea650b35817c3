"""Gaps in what a source counts come and go with the increments of silver.deliveries itself."""

import json

from world import content, deliver, event, same_as_in_full, step

from krn.tables.silver import sequence_gaps


def counted(number, event_type="order.cancelled", **envelope):
    body = json.loads(event(event_type, f"e{number}", f"2026-01-05T12:00:{number:02}Z", {"order_id": "A"}))
    return json.dumps({**body, "sequence": f"{number}", **envelope}).encode()


def test_a_late_event_splits_a_gap_and_closes_it_and_no_other_stream_is_made_again(store):
    tables = [sequence_gaps.TABLE]

    def found():
        return set(content(store, "silver.sequence_gaps", "partition_key", "first_missing", "last_missing"))

    deliver(store, counted(1), counted(5), *(counted(10 + n, partitionkey="p") for n in (0, 3)))
    step(store, "r1", tables)
    assert found() == {(None, 2, 4), ("p", 11, 12)}

    deliver(
        store,
        counted(3),
        counted(2, "order.teleported"),
        event("order.cancelled", "x", "2026-01-05T13:00:00Z", {"order_id": "A"}),
    )
    split = step(store, "r2", tables)["silver.sequence_gaps"]
    assert found() == {(None, 2, 2), (None, 4, 4), ("p", 11, 12)}
    assert split.rows == {"insert": 1, "update": 1, "delete": 0, "same": 0}

    deliver(store, counted(4))
    step(store, "r3", tables)
    assert found() == {(None, 2, 2), ("p", 11, 12)}
    assert same_as_in_full(store, tables) == []
