"""The one spelling of an event's data: sorted keys, exact amounts as text, UTC, no nulls in declared fields."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from krn.contracts.contract import Body, Field, Kind
from krn.contracts.instants import instant, spelled
from krn.contracts.money import shortest
from krn.contracts.personal import anonymous, impersonal

Write = Callable[[Any], Any]
Token = Callable[[str], str | None]  # None for a blank value, or without a key


def withheld(_personal: str) -> None:
    """The token of a personal field where there is no key to make one with."""


def writer(fields: tuple[Field, ...], token: Token) -> Callable[[Body], Body]:
    """What respells an object of `fields`, sound as they must be; what they don't declare is kept as it stands.

    Of personal fields (P1) only what `token` makes of them is written; None leaves them out. Other texts are written
    without the addresses in them; of what is not declared, members that hold a person are left out.
    """
    respelled = tuple((field.name, write) for field in fields if (write := _write(field, token)) is not None)
    declared = frozenset(field.name for field in fields)

    def written(body: Body) -> Body:
        copy = body.copy() if body.keys() <= declared else impersonal(body, declared)
        for name, write in respelled:
            value = copy.get(name)
            if value is not None:
                copy[name] = write(value)
        return _without_nulls(copy, declared) if None in copy.values() else copy

    return written


def _without_nulls(body: Body, declared: frozenset[str]) -> Body:
    return {name: value for name, value in body.items() if value is not None or name not in declared}


def text(body: Body) -> bytes:
    """Canonical data as JSON; undeclared numbers are doubles, as in most readers of JSON."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS, default=float)


def _write(field: Field, token: Token) -> Write | None:
    if field.pii == "P1":
        return token
    if field.kind is Kind.LIST:
        return _each(writer(field.of, token))
    return None if field.values else _WRITES.get(field.kind)


def _each(write: Write) -> Write:
    return lambda items: [write(item) for item in items]


def _utc(value: str) -> str:
    moment = instant(value)
    return value if moment is None else spelled(moment)


def _double(value: Any) -> float:
    return float(value) + 0.0  # -0.0 + 0.0 is 0.0


_WRITES: Mapping[Kind, Write] = {
    Kind.MONEY: shortest,
    Kind.INT: int,
    Kind.NUMBER: _double,
    Kind.INSTANT: _utc,
    Kind.TEXT: anonymous,
}
