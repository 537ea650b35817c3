"""Shares, ratios and percentiles are what Python's exact numbers say, rounded half up, to the last digit."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from math import floor

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql.functions import array_sort, col

from krn.tables.exact import percentile, ratio, share
from krn.testing import rows

MONEY = st.decimals(0, Decimal("99999999999999.9999"), places=4)
UNIT = 3_600_000_000
MICROS = st.integers(0, 3 * UNIT) | st.integers(0, 10**16)
PERCENTS = (0, 1, 33, 50, 90, 95, 99, 100)
SMALL = st.decimals(0, 3, places=4)
SUM = st.decimals(-(10**20), 10**20, places=4)
MANY = {"min_size": 300, "max_size": 300}
ONCE = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
HALVES = [("0.0001", "1", "2"), ("0.0003", "1", "2"), ("1", "1", "3"), ("2", "1", "3"), ("0.0001", "0.4999", "1")]


def rounded(value):
    with localcontext(prec=80):
        found = value.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return found if abs(found) < 10**14 else None


def divided(numerator, denominator):
    with localcontext(prec=80):
        return numerator / denominator if denominator > 0 else None


def test_a_share_is_rounded_half_up(spark):
    @ONCE
    @given(st.lists(st.tuples(SMALL | MONEY, SMALL | MONEY, SMALL | MONEY), **MANY))
    def agree(cases):
        known = [tuple(map(Decimal, case)) for case in HALVES] + [(a, min(p, w), max(p, w)) for a, p, w in cases]
        frame = rows(
            spark,
            [{"a": a, "p": p, "w": w} for a, p, w in known],
            dict.fromkeys("apw", "decimal(18,4)"),
        )
        found = frame.select("a", "p", "w", share(col("a"), col("p"), col("w")).alias("share")).collect()
        assert [tuple(row) for row in found if row.share != expected_share(*row[:3])] == []

    agree()


def expected_share(amount, part, whole):
    with localcontext(prec=80):
        found = divided(amount * part, whole)
    return None if found is None else rounded(found)


def test_a_ratio_is_rounded_half_up_away_from_zero(spark):
    @ONCE
    @given(st.lists(st.tuples(SUM | SMALL | MONEY.map(lambda m: -m), SUM | SMALL), **MANY))
    def agree(cases):
        known = [("0.0001", "2"), ("-0.0001", "2"), ("-1", "3"), ("-2", "3"), ("5", "0"), ("5", "-1"), *cases]
        frame = rows(spark, [{"n": n, "d": d} for n, d in known], dict.fromkeys("nd", "decimal(38,4)"))
        found = frame.select("n", "d", ratio(col("n"), col("d")).alias("ratio")).collect()
        assert [tuple(row) for row in found if row.ratio != expected_ratio(*row[:2])] == []

    agree()


def expected_ratio(numerator, denominator):
    found = divided(numerator, denominator)
    return None if found is None else rounded(found)


def test_counts_have_a_ratio_too(spark):
    frame = rows(spark, [{"n": 2, "d": 3}], dict.fromkeys("nd", "bigint"))
    assert frame.select(ratio(col("n"), col("d"))).first()[0] == Decimal("0.6667")


def test_a_percentile_is_interpolated_divided_once_and_rounded_half_up(spark):
    @ONCE
    @given(st.lists(st.lists(MICROS, max_size=9), min_size=60, max_size=60))
    def agree(cases):
        known = [[], [UNIT], [0, 360_000], [0, 359_999], [317_418_000_000, 490_321_000_000], [0, 360_000, 1_080_000]]
        frame = rows(spark, [{"values": v} for v in (*known, *cases)], {"values": "array<bigint>"})
        sorted_ = frame.select(array_sort("values").alias("values"))
        found = sorted_.select(
            "values", *(percentile(col("values"), p, UNIT).alias(f"p{p}") for p in PERCENTS)
        ).collect()
        assert [row for row in found if list(row[1:]) != [expected_percentile(row[0], p) for p in PERCENTS]] == []

    agree()


def expected_percentile(values, percent):
    """As its definition says: on the straight line between the two neighbours of its place."""
    if not values:
        return None
    exact = sorted(map(Fraction, values))
    place = Fraction(percent, 100) * (len(exact) - 1)
    below = floor(place)
    above = min(below + 1, len(exact) - 1)
    units = (exact[below] + (place - below) * (exact[above] - exact[below])) * 10_000 / UNIT
    return Decimal(floor(units + Fraction(1, 2))).scaleb(-4)
