"""What is kept of a personal value: a keyed token, equal for equal values, that nobody without the key can undo."""

import hmac
from functools import partial
from ipaddress import ip_address

from krn.contracts.canonical import Token, withheld

_BYTES = 16  # of a token: no two values of a shop share one


def tokens(key: str) -> Token:
    """What makes tokens with `key`, by HMAC-SHA-256; without one, personal values are withheld."""
    return partial(_token, key.encode()) if key else withheld


def mark(key: str) -> str:
    """What tells one key from another without giving it away; empty for none."""
    return _digest(key.encode(), "krn")[:8] if key else ""


def _token(key: bytes, personal: str) -> str | None:
    """None for a blank value: else all who say nothing would be one person."""
    said = personal.strip().casefold()
    return _digest(key, _address(said) or said) if said else None


def _address(said: str) -> str | None:
    """The one spelling of what is an address on the internet; no name and no e-mail address is one."""
    try:
        address = ip_address(said)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def _digest(key: bytes, said: str) -> str:
    return hmac.digest(key, said.encode(), "sha256")[:_BYTES].hex()
