"""Counts that add up, drawn one on the other, a bar a day or a week."""

from datetime import date, timedelta

import pytest

from krn.report.stacks import by_week, stacks

MONDAY = date(2026, 11, 2)


def test_parts_stand_on_one_another():
    one, other = stacks({MONDAY: (3, 1)}, "new", "old").blocks
    assert (one.y + one.height, other.y + other.height) == (1000, one.y)
    assert (one.height, other.height) == (750, 250)


def test_a_part_of_nothing_is_not_drawn():
    assert [(b.x, b.part) for b in stacks({MONDAY: (0, 1), MONDAY + timedelta(2): (2, 0)}, "new", "old").blocks] == [
        (0, "old"),
        (20, "new"),
    ]


def test_a_long_time_is_shown_by_week():
    days = {MONDAY + timedelta(n): (1, 2) for n in range(71)}
    drawn = stacks(days, "new", "old")
    assert (drawn.per, drawn.width) == ("week", 110)
    assert drawn.blocks[0].says == "Mon 2 Nov 2026: 7 new, 14 old"
    assert [label.text for label in drawn.across] == ["Dec 2026", "Jan 2027"]
    assert stacks(dict(list(days.items())[:70]), "new", "old").per == "day"


def test_a_week_begins_on_its_monday():
    sunday = MONDAY - timedelta(1)
    assert by_week({sunday: (1,), MONDAY: (2,), MONDAY + timedelta(6): (3,)}) == {
        MONDAY - timedelta(7): (1,),
        MONDAY: (5,),
    }


@pytest.mark.parametrize("count", [0, 1, 2, 10**9])
def test_only_whole_counts_are_on_the_axis(count):
    up = stacks({MONDAY: (count,)}, "new").up
    assert {label.text.replace(",", "").isdigit() for label in up} == {True}
    assert len({label.text for label in up}) == len(up)


def test_the_ends_of_a_short_time_are_said():
    short = stacks({MONDAY: (1,), MONDAY + timedelta(3): (1,)}, "new").across
    assert [(label.at, label.text, label.is_end) for label in short] == [
        (0, "2 Nov 2026", False),
        (100, "5 Nov 2026", True),
    ]


def test_names_of_months_do_not_stand_on_one_another():
    weeks = {date(2024, 2, 26) + timedelta(7 * n): (1,) for n in range(35)}
    assert [label.text for label in stacks(weeks, "new").across] == [
        "Mar 2024",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
    ]
