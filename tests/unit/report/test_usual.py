"""What is expected of a day by the days before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.report.usual import LEAST, WEEK, usual

counts = st.lists(st.integers(0, 10**9), min_size=LEAST + 1, max_size=60)


def test_a_few_days_make_nothing_unusual():
    assert usual([9, 9, 9, 9, 0]) is None
    assert usual([9, 9, 9, 9, 9, 0]) is not None


def test_the_median_and_its_spread_make_the_bounds():
    found = usual([80, 100, 100, 120, 140, 7])
    assert found is not None
    assert (found.least, found.middle) == (80, 100)
    assert (found.low, found.high) == pytest.approx((0, 100 + 4 * 1.4826 * 20))


def test_days_that_are_all_alike_still_leave_room_for_chance():
    found = usual([400] * 20 + [0])
    assert found is not None
    assert (found.low, found.high) == (400 - 4 * 40, 400 + 4 * 40)  # a tenth
    few = usual([25] * 20 + [0])
    assert few is not None
    assert (few.low, few.high) == (25 - 4 * 5, 25 + 4 * 5)  # the square root


def test_a_day_is_compared_with_its_own_weekday_once_four_are_known():
    week = [10, 50, 50, 50, 50, 50, 10]
    assert [usual((week * 5)[: 29 + day]).middle for day in range(3)] == [10, 50, 50]  # type: ignore[union-attr]
    assert usual([*week * 3, 10]).middle == 50  # type: ignore[union-attr]


@given(counts)
def test_the_median_lies_within_the_bounds_and_the_last_day_moves_neither(days):
    found = usual(days)
    assert found is not None
    assert 0 <= found.low <= found.middle <= found.high
    assert usual([*days[:-1], days[-1] + 1]) == found


@given(st.integers(1, 10**6), st.integers(LEAST, 8 * WEEK))
def test_what_is_as_ever_is_usual_and_twelve_times_as_much_is_not(n, days):
    found = usual([n] * days + [n])
    assert found is not None
    assert found.low <= n <= found.high < 12 * n or n == 0
