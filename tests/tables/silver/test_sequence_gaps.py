"""silver.sequence_gaps: numbers that a source counted and that never came."""

from krn.tables.silver import deliveries
from krn.tables.silver.sequence_gaps import TABLE
from krn.testing import assert_rows, rows, transformed


def gaps(spark, told):
    same = {"verdict": "accepted", "event_source": "/shop", "event_time": "2026-01-05 12:00"}
    return transformed(spark, TABLE, told=rows(spark, [{**same, **row} for row in told], deliveries.TABLE))


def numbered(*numbers, **same):
    return [{"event_id": f"e{n}", "sequence": n, "event_time": f"2026-01-05 12:{n:02}", **same} for n in numbers]


def test_what_is_missing_between_two_numbers_is_one_row_with_the_events_around_it(spark):
    found = gaps(spark, numbered(9, 3, 4, 10, 6))
    assert_rows(
        found,
        """first_missing | last_missing | n_missing | before_event_id | before_event_at  | after_event_id
           5             | 5            | 1         | e4              | 2026-01-05 12:04 | e6
           7             | 8            | 2         | e6              | 2026-01-05 12:06 | e9""",
    )


def test_each_source_and_each_of_its_parts_counts_alone(spark):
    told = [
        *numbered(1, 3, partition_key="a"),
        *numbered(2, 3, partition_key="b"),
        *numbered(5, 8),
        *numbered(6, 7, event_source="/other"),
    ]
    assert_rows(
        gaps(spark, told),
        """stream         | event_source | partition_key | first_missing | last_missing
           ["/shop","a"]  | /shop        | a             | 2             | 2
           ["/shop",null] | /shop        |               | 6             | 7""",
    )


def test_only_what_is_accepted_and_counted_closes_a_gap(spark):
    told = [
        *numbered(1, 4),
        *numbered(2, verdict="quarantined"),
        {**numbered(3)[0], "sequence": None},
    ]
    assert_rows(gaps(spark, told), "first_missing | last_missing | n_missing\n2 | 3 | 2")


def test_of_two_events_with_one_number_the_first_is_named(spark):
    told = [
        {"event_id": "e1-first", "sequence": 1, "event_time": "2026-01-05 11:00"},
        {"event_id": "e1", "sequence": 1},
        {"event_id": "e3", "sequence": 3, "event_time": "2026-01-05 13:00"},
        {"event_id": "e3-first", "sequence": 3},
    ]
    assert_rows(gaps(spark, told), "before_event_id | after_event_id\ne1-first | e3-first")
