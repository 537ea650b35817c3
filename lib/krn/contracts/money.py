"""Amounts: read exactly from a JSON string or number, and written by their shortest decimal text."""

import math
import re
from collections.abc import Iterator
from decimal import Decimal

from krn.contracts.reasons import Reason

_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SMALLEST = Decimal("0.0001")


def amount_faults(value: object, signed: bool) -> Iterator[Reason]:
    """What keeps `value` from being an amount in DECIMAL(18,4)."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) is None:
        yield Reason.BAD_NUMBER if _is_finite(value) else Reason.NOT_FINITE
    elif isinstance(value, float):  # a strict parse leaves floats only for what is not finite
        yield Reason.NOT_FINITE
    elif isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        yield Reason.WRONG_TYPE
    else:
        yield from _size_faults(Decimal(value), signed)


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return True  # no number at all


def _size_faults(amount: Decimal, signed: bool) -> Iterator[Reason]:
    if amount < 0 and not signed:
        yield Reason.OUT_OF_RANGE
    if amount and (not -5 < amount.adjusted() < 14 or amount % _SMALLEST):
        yield Reason.PRECISION


def shortest(value: str | int | Decimal) -> str:
    """A sound amount without exponent, leading zeros, trailing zeros or a negative zero."""
    if isinstance(value, Decimal):
        value = format(value, "f")
    text = str(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _led(text) if text[0] in "-0" else text


def _led(text: str) -> str:
    digits = text.lstrip("-0")
    whole = digits if digits[:1].isdigit() else f"0{digits}"
    return f"-{whole}" if text[0] == "-" and digits else whole
