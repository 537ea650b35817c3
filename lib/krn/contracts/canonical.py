"""The one spelling of an event's data: sorted keys, exact amounts as text, UTC, no nulls in declared fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from krn.contracts.contract import Body, Field, Kind
from krn.contracts.instants import instant, spelled
from krn.contracts.money import shortest

Write = Callable[[Any], Any]


@dataclass(frozen=True)
class Writer:
    """How the fields of an object are respelled; built once for a contract, used on data that has no fault."""

    spell: tuple[tuple[str, Write], ...]
    declared: frozenset[str]

    def __call__(self, body: Body) -> Body:
        written = body.copy()
        for name, write in self.spell:
            value = written.get(name)
            if value is not None:
                written[name] = write(value)
        return _without_nulls(written, self.declared) if None in written.values() else written


def writer(fields: tuple[Field, ...]) -> Writer:
    """The writer of `fields`. Fields spelled one way only need no work, and what is not declared is kept as it stands."""
    spell = tuple((field.name, write) for field in fields if (write := _write(field)) is not None)
    return Writer(spell, frozenset(field.name for field in fields))


def _without_nulls(body: Body, declared: frozenset[str]) -> Body:
    return {name: value for name, value in body.items() if value is not None or name not in declared}


def text(body: Body) -> bytes:
    """Canonical data as JSON; undeclared numbers are doubles, as in most readers of JSON."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS, default=float)


def _write(field: Field) -> Write | None:
    if field.kind is Kind.LIST:
        return _each(writer(field.of))
    return _WRITES.get(field.kind)


def _each(write: Write) -> Write:
    return lambda items: [write(item) for item in items]


def _utc(value: str) -> str:
    moment = instant(value)
    return value if moment is None else spelled(moment)


_WRITES: Mapping[Kind, Write] = {Kind.MONEY: shortest, Kind.INT: int, Kind.INSTANT: _utc}
