"""A body as anybody may see it: its structure and the names of its members, and of its values only their shape."""

import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from krn.contracts import CONTRACTS
from krn.contracts.check import ENVELOPE
from krn.contracts.contract import Field
from krn.harmless import harmless

LIMIT = 400  # characters shown of a body
_BIG = 1_000_000  # bytes; more are not parsed
_DEEP, _MEMBERS, _ITEMS, _VALUE = 6, 24, 2, 32  # levels, members of an object, items of a list, characters of a value

#: What stands between the letters and digits of a value; it tells a date from an amount, and no person.
_BETWEEN = frozenset(" -+.,:/_")
_STRUCTURE = frozenset('{}[]":,')
#: A name as programs give them. One of many digits or with a mark in it may be a number or an address.
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z_-]{0,30}[0-9]{0,2}")
_PART = re.compile(r'"([a-z_]{1,40})"(?=\s*:)|.', re.DOTALL)
_WORDS = {True: "true", False: "false", None: "null"}


class _Number(str):
    """A number as it is spelled."""


class _Object(tuple[tuple[str, Any], ...]):
    """The members of an object in their order, also those that repeat a name."""


def _names(fields: Sequence[Field]) -> set[str]:
    return {field.name for field in fields}.union(*(_names(field.of) for field in fields))


_DECLARED = {"specversion", "data"}.union(_names(ENVELOPE), *(_names(contract.fields) for contract in CONTRACTS))
_TYPES = frozenset(contract.type for contract in CONTRACTS)


def masked(payload: bytes) -> str:
    """A body in at most `LIMIT` harmless characters: letters are x, digits 9. Total: any bytes have a mask.

    Names of members stay where they are identifiers; in what is not JSON, where nobody can tell a name from a value,
    only those that a contract declares.
    """
    text = payload[:_BIG].decode(errors="replace")
    try:
        shown = _broken(text) if len(payload) > _BIG else masked_value(_parsed(text))
    except (ValueError, RecursionError):
        shown = _broken(text)
    return harmless(shown, LIMIT)


def masked_value(value: Any, depth: int = 0) -> str:
    """One value of a body, parsed with or without regard to the spelling of its numbers."""
    if isinstance(value, (_Object, dict)):
        return _object(value.items() if isinstance(value, dict) else value, depth)
    if isinstance(value, list):
        return _list(value, depth)
    if isinstance(value, bool) or value is None:
        return _WORDS[value]
    if isinstance(value, (_Number, int, float, Decimal)):
        return _number(str(value))
    return f'"{value}"' if value in _TYPES else f'"{_shape(value)}"'


def _parsed(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number, parse_constant=_Number)


def _object(members: Iterable[tuple[str, Any]], depth: int) -> str:
    pairs = list(members)
    if depth == _DEEP and pairs:
        return "{…}"
    shown = [f'"{_name(name)}": {masked_value(value, depth + 1)}' for name, value in pairs[:_MEMBERS]]
    return f"{{{', '.join(_with_rest(shown, len(pairs)))}}}"


def _list(items: Sequence[Any], depth: int) -> str:
    if depth == _DEEP and items:
        return "[…]"
    shown = [masked_value(item, depth + 1) for item in items[:_ITEMS]]
    return f"[{', '.join(_with_rest(shown, len(items)))}]"


def _with_rest(shown: list[str], n: int) -> list[str]:
    return [*shown, f"… {n - len(shown):,} more"] if n > len(shown) else shown


def _name(name: str) -> str:
    return name if name in _DECLARED or _IDENTIFIER.fullmatch(name) else f"…({len(name)})"


def _number(text: str) -> str:
    """A number that is no digit but 0 stays, since it tells a fault and nothing else; so does what is none."""
    is_plain = not text.strip("-0.") or text in ("NaN", "Infinity", "-Infinity", "inf", "nan")
    return text[:_VALUE] if is_plain else _shape(text)


def _shape(text: str) -> str:
    shape = "".join(_mark(c, _BETWEEN) for c in text[:_VALUE])
    return shape if len(text) <= _VALUE else f"{shape}…({len(text):,})"


def _mark(character: str, kept: frozenset[str]) -> str:
    if character in kept:
        return character
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return "9" if character.isnumeric() else "?"


def _broken(text: str) -> str:
    """What is not JSON, or only the beginning of it."""
    kept = _BETWEEN | _STRUCTURE
    parts = _PART.finditer(text[: LIMIT + 1])
    return "".join(part[0] if part[1] in _DECLARED else "".join(_mark(c, kept) for c in part[0]) for part in parts)
