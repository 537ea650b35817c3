"""Hours and percentiles, rounded once and half up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from krn.simulate.hours import lasting, percentile

START = datetime(2024, 6, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
VALUES = st.lists(st.timedeltas(timedelta(0), timedelta(days=400)), min_size=1, max_size=30)


def hours(took: timedelta) -> D | None:
    return percentile([took], 50)


def test_hours_are_rounded_half_up_to_four_decimals() -> None:
    # 0.18 s = 0.00005 h -> 0.0001; 0.179 s = 0.0000497... h -> 0; 5 h 20 min = 5.33333... h
    lengths = timedelta(milliseconds=180), timedelta(milliseconds=179), timedelta(hours=5, minutes=20)
    assert [hours(each) for each in lengths] == [D("0.0001"), D(0), D("5.3333")]


def test_nothing_lasts_without_both_instants_or_backwards() -> None:
    later = START + timedelta(seconds=1)
    assert (lasting(None, later), lasting(START, None), lasting(later, START)) == (None, None, None)
    assert lasting(START, START) == timedelta(0)


def test_an_hour_lost_to_summer_time_is_no_hour() -> None:
    before, after = "2024-03-31T01:30:00+01:00", "2024-03-31T03:30:00+02:00"
    assert lasting(datetime.fromisoformat(before), datetime.fromisoformat(after)) == HOUR


def test_a_percentile_lies_between_the_two_nearest_ranks() -> None:
    # ranks 0 to 3: p50 at 1.5 -> 2.5; p90 at 2.7 -> 3 + 0.7 * 7 = 7.9; p95 at 2.85 -> 8.95
    values = [10 * HOUR, HOUR, 3 * HOUR, 2 * HOUR]
    assert [percentile(values, percent) for percent in (50, 90, 95)] == [D("2.5"), D("7.9"), D("8.95")]


def test_a_percentile_is_rounded_half_up() -> None:
    # between 0 and 0.36 s: 0.18 s = 0.00005 h -> 0.0001
    assert percentile([timedelta(0), timedelta(milliseconds=360)], 50) == D("0.0001")


def test_a_percentile_is_rounded_once() -> None:
    # 317418 + 0.95 * 172903 s = 133.79884... h; of hours rounded first, 136.2003 and 88.1717, it were 133.7989
    lengths = timedelta(seconds=490321), timedelta(seconds=317418)
    assert percentile(lengths, 95) == D("133.7988")


def test_what_is_missing_has_no_part_in_a_percentile() -> None:
    assert percentile([None, 4 * HOUR, None], 95) == D(4)
    assert percentile([None], 50) is None


@given(VALUES, st.integers(0, 100))
def test_a_percentile_is_within_its_values_and_knows_no_order(values: list[timedelta], percent: int) -> None:
    found, (least, greatest) = percentile(values, percent), (hours(min(values)), hours(max(values)))
    assert found is not None and least is not None and greatest is not None
    assert least <= found <= greatest
    assert found == percentile(reversed(values), percent)


@given(VALUES)
def test_the_ends_of_the_percentiles_are_the_least_and_the_greatest(values: list[timedelta]) -> None:
    assert (percentile(values, 0), percentile(values, 100)) == (hours(min(values)), hours(max(values)))
