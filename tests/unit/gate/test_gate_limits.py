"""Limits by hand: the median of runs of the same weekday, and 3.5 deviations about it."""

from datetime import date, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.gate.limits import HIGH, LEAST, LOW, ROW_COUNT, Limits, usual

MONDAY = date(2026, 6, 1)
NUMBERS = st.lists(st.integers(0, 10**12) | st.floats(0, 1e12), min_size=LEAST, max_size=60)
MEAN, SHARE = "expect_column_mean_to_be_between", "expect_column_share_in_set_to_be_between"
PRESENT = "expect_column_proportion_of_non_null_values_to_be_between"
UNIQUE = "expect_column_proportion_of_unique_values_to_be_between"
OF = st.sampled_from([MEAN, ROW_COUNT])
SHARES = st.lists(st.floats(0, 1), min_size=LEAST, max_size=60)


def mondays(*values: float) -> list[tuple[date, float]]:
    return [(MONDAY - timedelta(weeks=n + 1), value) for n, value in enumerate(values)]


def daily(*values: float) -> list[tuple[date, float]]:
    return [(MONDAY - timedelta(days=n + 1), value) for n, value in enumerate(values)]


def span(before: list[tuple[date, float]], of: str = MEAN) -> tuple[float | None, float | None]:
    limits = usual(of, "pending", before, MONDAY)
    return limits.low, limits.high


@pytest.mark.parametrize(
    ("values", "of", "low", "high"),
    [
        # median 1000, deviations 0 to 100 with median 50: 3.5 x 1.4826 x 50 = 259.455
        ((900, 920, 940, 960, 980, 1000, 1020, 1040, 1060, 1080, 1100), MEAN, 688, 1312),
        # all alike: 3.5 x 5 % of the median
        ((1000,) * 10, MEAN, 825, 1175),
        # a count of 400 varies by 20 by chance alone: 3.5 x 20, where 5 % are 20 as well
        ((400,) * 10, ROW_COUNT, 330, 470),
        ((25,) * 10, ROW_COUNT, 7, 43),  # 3.5 x 5
        ((25,) * 10, MEAN, 20, 30),  # 3.5 x 1.25, to the next whole number
        # two incidents in ten don't move the median, nor the spread
        ((1000,) * 8 + (0, 90_000), MEAN, 825, 1175),
        # nothing that can't be below nothing
        ((0,) * 10, ROW_COUNT, 0, 1),
        ((1, 2, 9, 1, 30, 2, 4, 8, 16, 5), ROW_COUNT, 0, 23),
        ((-3,) * 10, MEAN, -4, -2),
        # shares are no whole numbers
        ((0.2,) * 10, SHARE, 0.19, 0.21),
        ((0.0,) * 10, SHARE, 0, 0.01),
        ((1.0,) * 10, PRESENT, 0.99, 1),
        ((1,) * 10, PRESENT, 0.99, 1),
        ((1.0,) * 10, UNIQUE, 0.99, 1),
        # 3.5 x 1.4826 x 0.1 = 0.51891, but no share is above 1
        ((0.7, 0.8, 0.9) * 3 + (0.8,), PRESENT, 0.28109, 1),
        # a number that was always nothing
        ((0.0,) * 10, MEAN, 0, 1e-9),
    ],
)
def test_limits_are_the_median_and_what_it_may_be_missed_by(values, of, low, high):
    found = span(mondays(*values), of)
    assert found == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("n", range(LEAST))
def test_the_first_ten_runs_have_no_limits(n):
    limits = usual(MEAN, "pending", mondays(*range(n)), MONDAY)
    assert (limits.low, limits.high, limits.n) == (None, None, n)
    assert limits.why == f"no limits by fewer than 10 runs, and {n} so far"
    assert limits.allow(0)
    assert limits.allow(10**30)


def test_a_weekday_is_compared_with_itself():
    sundays = [(day - timedelta(days=1), 10) for day, _ in mondays(*[1000] * 5)]
    limits = usual(MEAN, "pending", mondays(*[1000] * 5) + sundays, MONDAY)
    assert (limits.low, limits.high, limits.n) == (825, 1175, 5)
    assert limits.why == "5 runs on Mondays found 1,000, give or take 175"


def test_a_weekday_is_that_of_other_weeks_however_often_it_ran_today():
    """An hourly schedule, and a day on which nothing came since midnight."""
    today = [(MONDAY, 0)] * 20
    four = [*mondays(*[1000] * 4) * 24, *today]
    assert usual(MEAN, "pending", four, MONDAY).why == "116 runs on any day found 1,000, give or take 1,000"
    five = usual(MEAN, "pending", [*mondays(*[1000] * 5) * 24, *today], MONDAY)
    assert (five.low, five.why) == (825, "120 runs on Mondays found 1,000, give or take 175")


def test_until_a_weekday_is_known_nothing_is_news_that_was_seen_on_any_day():
    """Ten days, one of them a Monday; the shop is shut on Sundays."""
    limits = usual(MEAN, "pending", daily(0, *[1000] * 9), MONDAY)
    assert (limits.low, limits.high, limits.n) == (0, 2000, 10)
    assert limits.why == "10 runs on any day found 1,000, give or take 1,000"


def test_only_what_is_asked_for_is_a_limit():
    limits = Limits("whole", 1, 9, 20, "why")
    assert limits.only([HIGH]) == Limits("whole", None, 9, 20, "why")
    assert limits.only([LOW, HIGH]) == limits
    assert [limits.only([LOW]).allow(value) for value in (0, 1, 99)] == [False, True, True]


@given(NUMBERS, OF)
def test_the_middle_run_is_usual_and_the_order_of_runs_is_nothing(values, of):
    runs = mondays(*values)
    limits = usual(of, "pending", runs, MONDAY)
    assert limits == usual(of, "pending", runs[::-1], MONDAY)
    assert 0 <= limits.low <= median(values) <= limits.high


@given(SHARES, st.sampled_from([SHARE, PRESENT, UNIQUE]))
def test_the_limits_of_a_share_are_shares(values, of):
    limits = usual(of, "pending", mondays(*values), MONDAY)
    assert 0 <= limits.low <= median(values) <= limits.high <= 1


@given(NUMBERS, OF, st.floats(0, 1e12))
def test_less_than_half_of_the_runs_cannot_make_just_anything_usual(values, of, wrong):
    """The limits stay within those of sound runs at their extremes, however wrong the others were."""
    n_wrong = (len(values) - 1) // 2
    limits = usual(of, "pending", mondays(*values, *[wrong] * n_wrong), MONDAY)
    reach = max(values) - min(values)
    most = max(values) + max(3.5 * max(1.4826 * reach, 0.05 * max(values), max(values) ** 0.5), 1) + 1
    assert limits.high <= most * (1 + 1e-9)


@given(st.lists(st.integers(950, 1050), min_size=LEAST, max_size=60))
def test_nothing_half_and_tenfold_are_news_where_runs_were_steady(values):
    limits = usual(ROW_COUNT, "pending", mondays(*values), MONDAY)
    assert [limits.allow(value) for value in (0, 500, 1000, 10_000)] == [False, False, True, False]
