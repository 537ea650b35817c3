"""What is kept of a personal value: a keyed token, equal for equal values, that nobody without the key can undo."""

import hmac
from functools import partial

from krn.contracts.canonical import Token, withheld

_BYTES = 16  # of a token: no two values of a shop share one


def tokens(key: str) -> Token:
    """What makes tokens with `key`, by HMAC-SHA-256; without one, personal values are withheld."""
    return partial(_token, key.encode()) if key else withheld


def mark(key: str) -> str:
    """What tells one key from another without giving it away; empty for none."""
    return _token(key.encode(), "krn")[:8] if key else ""


def _token(key: bytes, personal: str) -> str:
    return hmac.digest(key, personal.strip().casefold().encode(), "sha256")[:_BYTES].hex()
