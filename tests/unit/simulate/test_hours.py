"""Hours and percentiles, rounded once and half up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from krn.simulate.hours import hours, percentile

START = datetime(2024, 6, 3, tzinfo=UTC)
VALUES = st.lists(st.decimals(0, 10_000, places=4), min_size=1, max_size=30)


def test_hours_are_rounded_half_up_to_four_decimals() -> None:
    # 0.18 s = 0.00005 h -> 0.0001; 0.179 s = 0.0000497... h -> 0; 5 h 20 min = 5.33333... h
    lasting = [timedelta(milliseconds=180), timedelta(milliseconds=179), timedelta(hours=5, minutes=20)]
    assert [hours(START, START + each) for each in lasting] == [D("0.0001"), D(0), D("5.3333")]


def test_there_are_no_hours_without_both_instants_or_backwards() -> None:
    later = START + timedelta(seconds=1)
    assert (hours(None, later), hours(START, None), hours(later, START)) == (None, None, None)
    assert hours(START, START) == 0


def test_an_hour_lost_to_summer_time_is_no_hour() -> None:
    before, after = "2024-03-31T01:30:00+01:00", "2024-03-31T03:30:00+02:00"
    assert hours(datetime.fromisoformat(before), datetime.fromisoformat(after)) == 1


def test_a_percentile_lies_between_the_two_nearest_ranks() -> None:
    # ranks 0 to 3: p50 at 1.5 -> 2.5; p90 at 2.7 -> 3 + 0.7 * 7 = 7.9; p95 at 2.85 -> 8.95
    values = [D(10), D(1), D(3), D(2)]
    assert [percentile(values, percent) for percent in (50, 90, 95)] == [D("2.5"), D("7.9"), D("8.95")]


def test_a_percentile_is_rounded_half_up() -> None:
    # between 0.0001 and 0.0002: 0.00015 -> 0.0002
    assert percentile([D("0.0001"), D("0.0002")], 50) == D("0.0002")


def test_what_is_missing_has_no_part_in_a_percentile() -> None:
    assert percentile([None, D(4), None], 95) == D(4)
    assert percentile([None], 50) is None


@given(VALUES, st.integers(0, 100))
def test_a_percentile_is_within_its_values_and_knows_no_order(values: list[D], percent: int) -> None:
    found = percentile(values, percent)
    assert found is not None and min(values) <= found <= max(values)
    assert found == percentile(reversed(values), percent)


@given(VALUES)
def test_the_ends_of_the_percentiles_are_the_least_and_the_greatest(values: list[D]) -> None:
    assert (percentile(values, 0), percentile(values, 100)) == (min(values), max(values))
