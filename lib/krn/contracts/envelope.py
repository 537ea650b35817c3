"""A source's own envelope: where its plain bodies say type, id, time and data, so that they come in without code."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from krn.contracts.contract import Body, Contract, Delivered, Field, Kind

ROW = "#"  # the place of a list's object, from 1
EACH = "[]."  # between a list and a member of its objects
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")
_DECIMAL = re.compile(r"\s*[+-]?[0-9]{1,30}(\.[0-9]{1,30})?\s*")
_FLAGS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@dataclass(frozen=True)
class Envelope:
    """Each value is a path into the body (`order.id`), or a constant after `=` (`=EUR`).

    `data` maps a contract's field to a path; without it the whole body is the data. `lines[].sku` = `items[].code`
    makes one object of each of the body's `items`; `lines[].sku` = `code` makes a list of one.
    """

    type: str
    types: Mapping[str, str] = field(default_factory=dict)  # the body's word for a type -> the contract's
    id: str = ""  # empty: hashed
    hash: tuple[str, ...] = ()  # what an id is hashed from; empty = the whole body
    time: str = ""  # empty: when it was delivered
    timezone: str = "UTC"  # of times without an offset
    source: str = ""  # empty: the source's name in the configuration
    data: Mapping[str, str] = field(default_factory=dict)


def type_of(body: Body, envelope: Envelope) -> object:
    """The event type that the body is about, in the contracts' words."""
    found = _found(body, envelope.type)
    return envelope.types.get(found, found) if isinstance(found, str) else found


def enveloped(body: Body, envelope: Envelope, contract: Contract | None, delivered: Delivered) -> Body:
    """The body as an event of `contract`, or of the type it states where no contract is known.

    Never raises: what can't be read is left for the check to find fault with.
    """
    data = _data(body, envelope.data)
    event = {
        "id": _as_text(_found(body, envelope.id)) if envelope.id else _hashed(body, envelope, delivered),
        "type": contract.type if contract else type_of(body, envelope),
        "source": _as_text(_found(body, envelope.source)) if envelope.source else delivered.source,
        "time": _instant(_found(body, envelope.time), envelope.timezone) if envelope.time else _sent(delivered),
        "data": _typed(contract.fields, data) if contract else data,
    }
    newest = {"dataschema": f"/{contract.version}"} if contract and contract.version > 1 else {}
    return event | newest


def constant(path: str) -> str | None:
    """What stands after `=`; None of a path into the body."""
    return path[1:] if path.startswith("=") else None


def _found(body: object, path: str) -> Any:
    if (said := constant(path)) is not None:
        return said
    for name in path.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _hashed(body: Body, envelope: Envelope, delivered: Delivered) -> str:
    stated = [_found(body, path) for path in envelope.hash] if envelope.hash else body
    text = orjson.dumps(stated, option=orjson.OPT_SORT_KEYS, default=str)
    both = b"[%b,%b]" % (orjson.dumps(delivered.source), text)  # by hand: a list would be a level above the deepest
    return hashlib.blake2b(both, digest_size=16).hexdigest()


def _sent(delivered: Delivered) -> str:
    return (delivered.sent_at or delivered.received_at).isoformat()


def _instant(value: Any, timezone: str) -> Any:
    """An ISO time, with the source's offset where it has none."""
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(timezone))).isoformat()
    except (TypeError, ValueError, OverflowError):
        return value


def _data(body: Body, mapping: Mapping[str, str]) -> Body:
    if not mapping:
        return body
    plain = {name: _found(body, path) for name, path in mapping.items() if EACH not in name}
    lists = {name.partition(EACH)[0] for name in mapping if EACH in name}
    return plain | {name: list(_objects(body, name, mapping)) for name in lists}


def _objects(body: Body, name: str, mapping: Mapping[str, str]) -> Iterator[Body]:
    """The objects of one list: as many as the body's own list has that they are read from, else one."""
    paths = {target.partition(EACH)[2]: path for target, path in mapping.items() if target.startswith(name + EACH)}
    given = next((path.partition(EACH)[0] for path in paths.values() if EACH in path), None)
    items = _found(body, given) if given else [body]
    for at, item in enumerate(items if isinstance(items, list) else [], start=1):
        yield {
            name: at if path == ROW else _found(item, path.partition(EACH)[2]) if EACH in path else _plain(body, path)
            for name, path in paths.items()
        }


def _plain(body: Body, path: str) -> Any:
    """A value of the whole body; nothing nested, which would lie deeper in the event than JSON may."""
    found = _found(body, path)
    return None if isinstance(found, (dict, list)) else found


def _typed(fields: tuple[Field, ...], data: Body) -> Body:
    """Text as its field's kind, and numbers as ids where an id is due: CSV knows text alone, databases number rows."""
    kinds = {field.name: field for field in fields}
    return {name: _as(kinds[name], value) if name in kinds else value for name, value in data.items()}


def _as(field: Field, value: Any) -> Any:
    if field.kind is Kind.LIST and isinstance(value, list):
        return [_typed(field.of, item) if isinstance(item, dict) else item for item in value]
    if isinstance(value, str) and not value.strip():
        return None  # an empty cell says nothing
    if field.kind in (Kind.ID, Kind.TEXT):
        return _as_text(value)
    return _READ.get(field.kind, str.strip)(value) if isinstance(value, str) else value


_READ: Mapping[Kind, Callable[[str], Any]] = {
    Kind.FLAG: lambda text: _FLAGS.get(text.strip().lower(), text),
    Kind.INT: lambda text: int(text) if _WHOLE.fullmatch(text) else text,
    Kind.NUMBER: lambda text: Decimal(text.strip()) if _DECIMAL.fullmatch(text) else text,
}


def _as_text(value: Any) -> Any:
    return str(value) if type(value) is int else value  # not isinstance: a bool is an int to Python
