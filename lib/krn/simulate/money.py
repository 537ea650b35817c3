"""Exact money: currencies' smallest units, and the one rounding that the definitions know."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
FOUR_PLACES = Decimal("0.0001")
MINOR_UNIT = {"GBP": Decimal("0.01"), "EUR": Decimal("0.01"), "JPY": Decimal(1)}


def half_up(value: Decimal, unit: Decimal = FOUR_PLACES) -> Decimal:
    return value.quantize(unit, ROUND_HALF_UP)


def ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """part / whole to four decimals; None where there is nothing to divide by."""
    return half_up(Decimal(part) / whole) if whole else None
