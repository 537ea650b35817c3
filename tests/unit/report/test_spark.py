"""A line in the height of text."""

from hypothesis import given
from hypothesis import strategies as st

from krn.report.spark import EDGE, HEIGHT, WIDTH, spark

TOP, BOTTOM = EDGE, HEIGHT - EDGE
numbers = st.floats(-(10**9), 10**9)


def test_a_line_goes_from_nothing_to_the_greatest_of_its_values_and_its_limit():
    drawn = spark([0, 5, 10], high=20)
    assert (drawn.line, drawn.end, drawn.limits) == ("3,21 60,16.5 117,12", (117, 12), (TOP,))
    assert not drawn.is_beyond


def test_the_last_value_beyond_the_limit_is_told():
    assert spark([0, 2], high=1).is_beyond
    assert spark([2, 0], low=1).is_beyond
    assert not spark([2, 1], low=1, high=1).is_beyond
    assert not spark([0, 2]).is_beyond


def test_a_level_line_is_two_points():
    assert spark([0.0] * 30).line == f"{EDGE},{BOTTOM} {WIDTH - EDGE},{BOTTOM}"


def test_a_single_value_is_a_dot():
    assert spark([7]).end == (EDGE, TOP)


@given(st.lists(numbers, min_size=1, max_size=40), st.none() | st.floats(-100, 100))
def test_every_point_lies_in_the_picture(values, limit):
    drawn = spark(values, limit, limit)
    points = [tuple(map(float, point.split(","))) for point in drawn.line.split()]
    assert all(0 <= x <= WIDTH and TOP - 0.1 <= y <= BOTTOM + 0.1 for x, y in points)
