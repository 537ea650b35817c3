"""Exact arithmetic on decimals: shares and ratios rounded half up to 4 decimals, never through a float."""

from pyspark.sql import Column
from pyspark.sql import functions as F

_PLACES = 10_000


def share(amount: Column, part: Column, whole: Column) -> Column:
    """amount * part / whole as decimal(18,4), halves away from 0; all below 10^14, `part` and `whole` not below 0.

    Null where `whole` is 0.
    """
    product = _units(F.abs(amount), 18) * _units(part, 18)
    return _signed(amount, _from_units(_nearest(product, _units(whole, 18))))


def ratio(numerator: Column, denominator: Column) -> Column:
    """numerator / denominator as decimal(18,4); null where the denominator is not above 0, or beyond 14 digits."""
    scaled = F.abs(_units(numerator, 33)) * F.lit(_PLACES).cast("decimal(5,0)")
    rounded = _from_units(_nearest(scaled, _units(denominator, 33)))
    return _signed(numerator, rounded)


def percentile(values: Column, percent: int, unit: int) -> Column:
    """The percentile of a sorted array of whole numbers in units, linearly interpolated; null where empty.

    Of n values it lies at place (n - 1) * percent / 100, counted from 0, so between two neighbours. It is divided once
    and rounded once, halves away from 0: hours rounded first would come out 0.0001 off in one of six.
    """
    place = F.greatest(F.size(values) - 1, F.lit(0)) * percent
    part, below = place % 100, F.call_function("div", place, F.lit(100)).cast("int") + 1
    lower = F.try_element_at(values, below).cast("decimal(20,0)")
    upper = F.coalesce(F.try_element_at(values, below + 1).cast("decimal(20,0)"), lower)
    return ratio(lower * (100 - part) + upper * part, F.lit(100 * unit))


def _signed(like: Column, value: Column) -> Column:
    return F.when(like < 0, -value).otherwise(value)


def _units(value: Column, digits: int) -> Column:
    """The value in ten-thousandths, a whole number."""
    return (value.cast(f"decimal({digits + 4},4)") * F.lit(_PLACES).cast("decimal(5,0)")).cast(f"decimal({digits},0)")


def _nearest(dividend: Column, divisor: Column) -> Column:
    """The whole number nearest to the quotient of two whole numbers >= 0, halves up.

    `%` is exact where a decimal division would round to 6 places first, and a later rounding could then go wrong.
    """
    positive = F.when(divisor > 0, divisor)
    doubled, twice = dividend * 2 + positive, positive * 2
    return F.try_divide(doubled - doubled % twice, twice)


def _from_units(units: Column) -> Column:
    return (units.cast("decimal(30,0)") * F.lit("0.0001").cast("decimal(4,4)")).try_cast("decimal(18,4)")
