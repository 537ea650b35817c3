"""Strict JSON: the document of a payload with its numbers exact, and every reason to distrust it."""

import json
import math
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from krn.contracts.contract import Body
from krn.contracts.reasons import Reason

MAX_DEPTH = 254  # what orjson writes; Spark reads 1,000
MAX_NAME = 20_000  # characters of a key: Spark's reader gives up at 50,000 UTF-16 units, without a word

_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = " \t\r\n"
_TINY = Decimal("1E-400")  # stands for what is 0 to a double and not to us; more would only cost time


@dataclass(frozen=True)
class Parsed:
    """What a payload holds; a body may be worth reading in spite of the reasons."""

    body: Body | None
    reasons: frozenset[Reason]


@dataclass(frozen=True)
class _Seen:
    """What the parser's hooks noticed on their way through one document."""

    reasons: set[Reason] = field(default_factory=set)

    def object(self, pairs: list[tuple[str, Any]]) -> Body:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.reasons.add(Reason.DUPLICATE_KEY)
        return found

    def number(self, text: str) -> Decimal | float:
        if not math.isfinite(float(text)):
            self.reasons.add(Reason.NOT_FINITE)
            return math.inf
        try:
            found = Decimal(text)
        except InvalidOperation:  # an exponent of 19 digits
            return _TINY
        return found if -400 < found.adjusted() < 400 else _TINY

    def integer(self, text: str) -> int | Decimal | float:
        if len(text) <= 20 and -(2**63) <= (found := int(text)) < 2**64:
            return found
        return self.number(text)  # as orjson does


def parse(payload: bytes) -> Parsed:
    """The document of a payload: integers of 64 bits as int, other numbers as Decimal, not finite ones as infinity."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return _nothing(Reason.ENCODING)
    if not text.strip():
        return _nothing(Reason.EMPTY)
    if _depth(text) > MAX_DEPTH:
        return _nothing(Reason.TOO_DEEP)
    return _document(text.lstrip(_SPACE))


def _document(text: str) -> Parsed:
    seen = _Seen()
    try:
        value, end = _decoder(seen).raw_decode(text)
    except ValueError:
        return _nothing(Reason.NOT_JSON)
    if "\\u" in text and _SURROGATE.search(json.dumps(value, ensure_ascii=False, default=str)):
        return _nothing(Reason.ENCODING)
    if text[end:].strip(_SPACE):
        seen.reasons.add(Reason.TRAILING_DATA)
    if len(text) > MAX_NAME and has_a_long_name(value):
        seen.reasons.add(Reason.OUT_OF_RANGE)
    if not isinstance(value, dict):
        return Parsed(None, frozenset(seen.reasons | {Reason.NOT_AN_OBJECT}))
    return Parsed(value, frozenset(seen.reasons))


def has_a_long_name(value: object) -> bool:
    """Whether an object in `value` has a key that Spark could not read back."""
    if isinstance(value, dict):
        return any(len(name) > MAX_NAME or has_a_long_name(held) for name, held in value.items())
    return isinstance(value, list) and any(map(has_a_long_name, value))


def _decoder(seen: _Seen) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=seen.object,
        parse_float=seen.number,
        parse_int=seen.integer,
        parse_constant=seen.number,
    )


def _nothing(reason: Reason) -> Parsed:
    return Parsed(None, frozenset({reason}))


def _depth(text: str) -> int:
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return 0  # can't be too deep: the common case
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
