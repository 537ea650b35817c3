"""Amounts as people read them: half up to the minor unit, thousands apart."""

from decimal import ROUND_HALF_UP, Decimal

_PLACES = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)


def exact(amount: Decimal, currency: str) -> str:
    """To the minor unit: 1,234.50."""
    unit = Decimal(1).scaleb(-_PLACES.get(currency, 2))
    return f"{amount.quantize(unit, ROUND_HALF_UP):,}"


def short(amount: Decimal) -> str:
    """For an axis: 12.5k, 3M."""
    for unit, size in (("bn", 10**9), ("M", 10**6), ("k", 10**3)):
        if abs(amount) >= size:
            return f"{(amount / size).normalize():f}{unit}"
    return f"{amount.normalize():f}"
