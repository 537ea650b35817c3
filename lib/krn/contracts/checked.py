"""The verdict on a delivery, with the identity and the canonical data of the event it holds."""

import hashlib
import re
from collections.abc import Collection
from datetime import datetime
from typing import Literal, NamedTuple

import orjson

from krn.contracts import canonical
from krn.contracts.contract import Body
from krn.contracts.fields import is_id
from krn.contracts.known import Reading
from krn.contracts.reasons import Reason

ENTITY_KEYS = (
    "order_id",
    "shipment_id",
    "payment_id",
    "refund_id",
    "transaction_id",
    "device_id",
    "customer_id",
    "product_id",
    "card_id",
)

#: A mark of an address or a phone number, a space as in a name, or as many digits as a card has.
_PERSONAL = re.compile(r"[@+\s]|(?:[0-9]-?){13}")
MOST_DIGITS = 18  # of a sequence: all such numbers fit 64 bits


class Checked(NamedTuple):  # not a frozen dataclass: those cost 1 us more to make
    """A verdict, and what could be read. `data` and `content_hash` are None unless `ok`.

    `version` is that of `data`, or as stated where there is none; `keys` holds the entity keys the event has;
    `sequence` is the source's own count of its events, within `partition_key` where it has parts that count alone;
    `id_hash` is 64 bit, signed; `content_hash` covers type, time (unless the delivery's), subject and
    data but personal fields, whose tokens change with their key.
    """

    ok: bool
    reasons: tuple[str, ...]
    keys: dict[str, str]
    type: str | None = None
    version: int | None = None
    event_id: str | None = None
    event_source: str | None = None
    event_time: datetime | None = None
    time_source: Literal["event", "delivery"] = "event"
    id_hash: int | None = None
    content_hash: str | None = None
    data: str | None = None
    sequence: int | None = None
    partition_key: str | None = None


def accepted(reading: Reading, time: datetime, data: Body) -> Checked:
    """The verdict on an event without a fault; `data` is canonical."""
    body, text = reading.body, canonical.text(data)
    personal = reading.known.contract.personal if reading.known else frozenset()
    told = canonical.text({k: v for k, v in data.items() if k not in personal}) if personal else text
    return Checked(
        True,
        (),
        _keys(reading, data),
        body["type"],
        reading.version,
        body["id"],
        body["source"],
        time,
        reading.time_source,
        _id_hash(body["source"], body["id"]),
        _content_hash(reading, time, told),
        text.decode(),
        *_counted(body),
    )


def quarantined(reading: Reading, time: datetime | None, reasons: Collection[Reason], data: Body) -> Checked:
    """The verdict on an event with faults, and what can still be said of it; `data` holds its sound fields.

    Where a producer has put a person into an id or a type, it is not said.
    """
    body = reading.body
    event_id, source = _usable(body.get("id")), _usable(body.get("source"))
    return Checked(
        False,
        words(reasons),
        {name: key for name, key in _keys(reading, data).items() if _usable(key)},
        _usable(body.get("type")),
        reading.version,
        event_id,
        source,
        time,
        reading.time_source,
        _id_hash(source, event_id) if source and event_id else None,
    )


def _counted(body: Body) -> tuple[int | None, str | None]:
    """The source's own number and the part that counts it; neither where a part is stated that can't be named here.

    Without its part a number would stand in the row of another stream.
    """
    stated = body.get("partitionkey")
    part = _usable(stated)
    return (_whole(body.get("sequence")) if stated is None or part else None), part


def _whole(value: object) -> int | None:
    """A number that counts; None for other texts, since CloudEvents lets a `sequence` only sort."""
    if isinstance(value, str) and len(value) <= MOST_DIGITS and value.isascii() and value.isdigit():
        return int(value)
    return value if type(value) is int and 0 <= value < 10**MOST_DIGITS else None  # not isinstance: a bool is an int


def _usable(value: object) -> str | None:
    return value if isinstance(value, str) and is_id(value) and not _PERSONAL.search(value) else None


def _keys(reading: Reading, data: Body) -> dict[str, str]:
    names = reading.known.contract.entity_keys if reading.known else ()
    return {name: data[name] for name in names if name in data}


def _id_hash(source: str, event_id: str) -> int:
    text = f"{len(source)}:{source}{event_id}"  # the length keeps ("a", "bc") and ("ab", "c") apart
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)


def _content_hash(reading: Reading, time: datetime, data: bytes) -> str:
    stated = time if reading.time_source == "event" else None
    told = orjson.dumps([reading.body["type"], stated, reading.body.get("subject")])
    return hashlib.blake2b(told + data, digest_size=16).hexdigest()


def words(reasons: Collection[Reason]) -> tuple[str, ...]:
    """The reasons as the tables hold them, in one order."""
    return tuple(reason.word for reason in Reason if reason in reasons)
