"""What a contract is: the versioned schema of an event type, as plain Python data."""

import hashlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal

from krn.contracts.reasons import Reason

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructType

Body = dict[str, Any]


class Kind(Enum):
    """What a field holds; the kind decides its JSON spellings, its canonical text and its Spark type."""

    ID = "id"  # non-blank text of at most 200 characters, case kept
    TEXT = "text"
    MONEY = "money"  # exact decimal, at most 14 digits before the point and 4 after
    CURRENCY = "currency"  # ISO 4217 code
    INT = "int"  # 32 bit
    NUMBER = "number"  # a finite double; a measure, never money
    DATE = "date"
    INSTANT = "instant"  # RFC 3339 with offset
    FLAG = "flag"  # true or false
    LIST = "list"  # of objects


@dataclass(frozen=True)
class Field:
    """One field of an event's data. Money below zero needs `signed`; `values` closes a text to an enumeration."""

    name: str
    kind: Kind
    doc: str
    required: bool = False
    pii: Literal["", "P1", "P2"] = ""  # P1 direct: only its token leaves bronze; P2 linkable
    of: tuple["Field", ...] = ()  # the fields of a list's objects
    values: tuple[str, ...] = ()
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    signed: bool = False

    def __post_init__(self) -> None:
        if self.pii == "P1" and self.kind is not Kind.TEXT:
            raise ValueError(f"{self.name}: a personal field is text, since a token of it is")


@dataclass(frozen=True)
class Delivered:
    """What is known of a delivery besides its payload; an adapter may need it where a body is silent."""

    received_at: datetime  # UTC
    sent_at: datetime | None = None  # UTC, the broker's send time or the file's
    source: str = ""  # the queue or folder of the config
    currency: str | None = None  # what the config says of bodies without one
    unfetched: str = ""  # why ingest did not fetch a body from S3: the word of a reason


@dataclass(frozen=True)
class Check:
    """A rule across fields. It sees canonical data, and only when the fields it reads have no fault."""

    reason: Reason
    reads: tuple[str, ...]
    violated: Callable[[Body], bool]


@dataclass(frozen=True)
class Adapter:
    """Turns a whole body of an older version, or of a foreign `event_type`, into this contract's newest.

    It runs before any check, so it takes whatever a sender wrote and must not raise: what it can't read it passes on.
    """

    of: int | str
    adapt: Callable[[Body, Delivered], Body]
    time_source: Literal["event", "delivery"] = "event"


@dataclass(frozen=True)
class Contract:
    """The events of one type: `key` names the business fact, `entity_keys` are lifted into columns of every row."""

    type: str
    version: int
    key: tuple[str, ...]
    doc: str
    fields: tuple[Field, ...]
    entity_keys: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    adapters: tuple[Adapter, ...] = ()

    @cached_property
    def schema(self) -> "StructType":
        """The Spark type of `data`: `from_json` of canonical data into it is exact."""
        return _struct(self.fields)

    @cached_property
    def personal(self) -> frozenset[str]:
        """The fields that name a person directly: what is kept of them depends on a key."""
        return frozenset(f.name for f in self.fields if f.pii == "P1")

    @cached_property
    def fingerprint(self) -> str:
        """Changes with whatever could change the typed rows; not with words meant for readers."""
        stated = (self.type, self.version, self.key, self.entity_keys, [_typed(f) for f in self.fields])
        rules = [(c.reason.word, c.reads, *_sources(c.violated)) for c in self.checks]
        adapters = [(a.of, a.time_source, *_sources(a.adapt)) for a in self.adapters]
        return hashlib.sha256(repr((stated, rules, adapters)).encode()).hexdigest()[:16]


def _struct(fields: tuple[Field, ...]) -> "StructType":
    from pyspark.sql.types import StructField, StructType  # here, so that checking a body needs no Spark import

    return StructType([StructField(f.name, _spark_type(f)) for f in fields])


def _spark_type(field: Field) -> "DataType":
    from pyspark.sql.types import (
        ArrayType,
        BooleanType,
        DateType,
        DecimalType,
        DoubleType,
        IntegerType,
        StringType,
        TimestampType,
    )

    if field.kind is Kind.LIST:
        return ArrayType(_struct(field.of))
    plain: dict[Kind, DataType] = {
        Kind.MONEY: DecimalType(18, 4),
        Kind.INT: IntegerType(),
        Kind.NUMBER: DoubleType(),
        Kind.DATE: DateType(),
        Kind.INSTANT: TimestampType(),
        Kind.FLAG: BooleanType(),
    }
    return plain.get(field.kind, StringType())


def _typed(field: Field) -> tuple[object, ...]:
    rules = (field.required, field.pii, field.values, field.minimum, field.maximum, field.signed)
    return (field.name, field.kind.value, *rules, [_typed(f) for f in field.of])


def _sources(function: Callable[..., object], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The text of a function, and of the functions and constants of its own module that it names."""
    yield inspect.getsource(function)
    if not isinstance(function, FunctionType):
        return
    seen = seen | {function.__name__}
    for name in sorted({*function.__code__.co_names} - seen):
        named = function.__globals__.get(name)
        if isinstance(named, FunctionType):
            yield from _sources(named, seen)
        elif isinstance(named, (int, str, tuple, frozenset)):
            yield f"{name}={sorted(named) if isinstance(named, frozenset) else named!r}"
