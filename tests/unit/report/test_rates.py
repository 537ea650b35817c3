"""A rate by day or week, and from when on it can still grow."""

from datetime import date, timedelta

from krn.report.rates import OPEN, rates

MONDAY = date(2026, 11, 2)


def test_a_bar_is_as_high_as_its_rate():
    drawn = rates({MONDAY: (1, 4), MONDAY + timedelta(2): (1, 2)}, "declined")
    assert [(b.x, b.height, b.part, b.says) for b in drawn.blocks] == [
        (0, 500, "declined", "Mon 2 Nov 2026: 25.0%, 1 of 4"),
        (20, 1000, "declined", "Wed 4 Nov 2026: 50.0%, 1 of 2"),
    ]
    assert [label.text for label in drawn.up] == ["0%", "10%", "20%", "30%", "40%", "50%"]
    assert drawn.parts == ("declined",)


def test_behind_what_may_still_grow_it_says_so_over_the_whole_height():
    days = {MONDAY: (1, 2), MONDAY + timedelta(1): (1, 2), MONDAY + timedelta(2): (0, 3)}
    drawn = rates(days, "fraud", MONDAY + timedelta(1))
    assert [(b.x, b.height, b.part) for b in drawn.blocks] == [
        (0, 1000, "fraud"),
        (10, 1000, OPEN),
        (10, 1000, "fraud"),
        (20, 1000, OPEN),
    ]
    assert drawn.blocks[-1].says == "Wed 4 Nov 2026: 0.0%, 0 of 3, may still grow"
    assert drawn.parts == ("fraud", OPEN)


def test_a_week_may_still_grow_while_one_of_its_days_may():
    days = {MONDAY + timedelta(n): (1, 2) for n in range(77)}
    sunday = MONDAY + timedelta(76)
    assert [b.x for b in rates(days, "fraud", sunday).blocks if b.part == OPEN] == [100]
    assert rates(days, "fraud", sunday + timedelta(1)).parts == ("fraud",)


def test_rates_of_nothing_can_be_drawn():
    assert rates({MONDAY: (0, 0)}, "fraud").blocks == ()
