"""What is kept of a personal value: a keyed token, equal for equal values, that nobody without the key can undo."""

import hashlib
from functools import partial

from krn.contracts.canonical import Token
from krn.contracts.known import withheld

MAX_KEY = 64  # bytes that BLAKE2b takes; a longer key is hashed first


def tokens(key: str) -> Token:
    """What makes tokens with `key`; without one, personal values are withheld."""
    if not key:
        return withheld
    secret = key.encode()
    return partial(_token, secret if len(secret) <= MAX_KEY else hashlib.blake2b(secret).digest())


def _token(key: bytes, personal: str) -> str:
    return hashlib.blake2b(personal.strip().casefold().encode(), key=key, digest_size=16, person=b"krn P1").hexdigest()
