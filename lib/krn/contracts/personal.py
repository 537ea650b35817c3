"""What tells of a person where no contract says so: members that none declares, and words in declared texts."""

import re
from typing import Any

from krn.contracts.contract import Body
from krn.harmless import HIDDEN_ADDRESS, HIDDEN_CARD, card_numbers

#: Names in words joined by `_`: email, customer_name, phone_no, ip_address.
_NAMES = re.compile(
    r"mail|phone|mobile|street|address|birth|surname|iban|cardholder|card_?(number|no|nr)(_|$)|^card$"
    r"|(first|last|full|customer|user)_?name|names?[_0-9]*$|(^|_)(tel|fax|pan|dob|ip|ip_?v[46])(_|$)"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")  # from the last character before the @: linear in any text
_WORD = re.compile(r"\S+")
_LONG = 13  # digits of the shortest card number
_FIRST = frozenset("23456")  # digits of a card's number; milliseconds of a clock begin with 1


def impersonal(body: Body, declared: frozenset[str] = frozenset()) -> Body:
    """The body without the members that hold a person, at any depth; those in `declared` stay as they are."""
    return {
        name: value if name in declared else _nobody(value)
        for name, value in body.items()
        if name in declared or not (_is_named_after_one(name) or _tells_of_one(value))
    }


def anonymous(text: str) -> str:
    """A declared text without the e-mail addresses in it, and without the card numbers among its words.

    A text that is a number and nothing else may name an article or a parcel, and stays.
    """
    if "@" in text:
        text = _WORD.sub(lambda word: HIDDEN_ADDRESS if _ADDRESS.search(word[0]) else word[0], text)
    if sum(map(str.isdigit, text)) < _LONG or not any(map(str.isalpha, text)):
        return text
    for first, end in reversed(list(card_numbers(text))):
        if text[first] in _FIRST:
            text = f"{text[:first]}{HIDDEN_CARD}{text[end:]}"
    return text


def _nobody(value: Any) -> Any:
    if isinstance(value, dict):
        return impersonal(value)
    return [_nobody(item) for item in value if not _tells_of_one(item)] if isinstance(value, list) else value


def _is_named_after_one(name: str) -> bool:
    words = _NO_LETTER.sub("_", _HUMP.sub("_", name).lower())
    return _NAMES.search(words) is not None or _tells_of_one(name)


def _tells_of_one(value: object) -> bool:
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str):
        return False
    return _ADDRESS.search(value) is not None or any(value[first] in _FIRST for first, _ in card_numbers(value))
