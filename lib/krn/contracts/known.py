"""Contracts made ready to check with, and the choice of the one that a body is about."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from krn.contracts.canonical import Token, withheld, writer
from krn.contracts.contract import Adapter, Body, Contract, Delivered
from krn.contracts.envelope import Envelope, enveloped, type_of
from krn.contracts.reasons import Reason
from krn.contracts.shape import shape

_TIMES: Mapping[bool, Literal["event", "delivery"]] = {True: "event", False: "delivery"}
_VERSION = re.compile(r"(?:^|[/:v])([0-9]{1,9})\Z")


@dataclass(frozen=True)
class Known:
    """A contract with its filters, of bodies read with doubles and of bodies read exactly, and its writer."""

    contract: Contract
    passes: Callable[[Body], bool]
    passes_exact: Callable[[Body], bool]
    write: Callable[[Body], Body]


@dataclass(frozen=True)
class Contracts:
    """Every type that can be checked, and the adapters by older version and by foreign `event_type`."""

    known: Mapping[str, Known]
    older: Mapping[tuple[str, int], Adapter]
    foreign: Mapping[str, tuple[Known, Adapter]]
    envelopes: Mapping[str, Envelope] = field(default_factory=dict)  # by the name of their source


class Reading(NamedTuple):
    """A body as an event of the contract it is about, if there is one."""

    body: Body
    known: Known | None
    version: int | None
    time_source: Literal["event", "delivery"] = "event"
    reasons: frozenset[Reason] = frozenset()


def compiled(
    contracts: Iterable[Contract], token: Token = withheld, envelopes: Mapping[str, Envelope] | None = None
) -> Contracts:
    """The contracts, ready; make it once a process (some milliseconds). `token` is what is kept of personal fields."""
    known = {c.type: _known(c, token) for c in contracts}
    adapters = [(k, a) for k in known.values() for a in k.contract.adapters]
    return Contracts(
        known,
        older={(k.contract.type, a.of): a for k, a in adapters if isinstance(a.of, int)},
        foreign={a.of: (k, a) for k, a in adapters if isinstance(a.of, str)},
        envelopes=envelopes or {},
    )


def _known(contract: Contract, token: Token) -> Known:
    passes, passes_exact = shape(contract, exact=False), shape(contract, exact=True)
    return Known(contract, passes.is_valid, passes_exact.is_valid, writer(contract.fields, token))


def read(body: Body, delivered: Delivered, contracts: Contracts) -> Reading:
    """Which contract `body` is about; adapted to it where it is of an older version or has a foreign shape."""
    if (own := contracts.envelopes.get(delivered.source)) is not None:
        return _unwrapped(body, own, delivered, contracts)
    foreign = body.get("event_type") if body.get("type") is None else None
    if not isinstance(foreign, str):
        return _read_event(body, delivered, contracts)
    if foreign in contracts.foreign:
        return _adapted(body, delivered, *contracts.foreign[foreign])
    return Reading(body | {"type": foreign}, None, None, reasons=frozenset({Reason.UNKNOWN_TYPE}))


def _unwrapped(body: Body, own: Envelope, delivered: Delivered, contracts: Contracts) -> Reading:
    """A body in its source's own envelope, as an event of the contract it is about."""
    event_type = type_of(body, own)
    known = contracts.known.get(event_type) if isinstance(event_type, str) else None
    event, at = enveloped(body, own, known.contract if known else None, delivered), _TIMES[bool(own.time)]
    if known is None:
        return Reading(event, None, None, at, frozenset({Reason.UNKNOWN_TYPE}))
    return Reading(event, known, known.contract.version, at)


def _read_event(body: Body, delivered: Delivered, contracts: Contracts) -> Reading:
    event_type, version = body.get("type"), stated_version(body.get("dataschema"))
    if not isinstance(event_type, str) or not event_type.strip():
        return Reading(body, None, version)  # the envelope's own fault
    known = contracts.known.get(event_type)
    if known is None:
        return Reading(body, None, version, reasons=frozenset({Reason.UNKNOWN_TYPE}))
    if version == known.contract.version:
        return Reading(body, known, version)
    if version is None or (event_type, version) not in contracts.older:
        return Reading(body, None, version, reasons=frozenset({Reason.UNKNOWN_VERSION}))
    return _adapted(body, delivered, known, contracts.older[event_type, version])


def _adapted(body: Body, delivered: Delivered, known: Known, adapter: Adapter) -> Reading:
    return Reading(adapter.adapt(body, delivered), known, known.contract.version, adapter.time_source)


def stated_version(dataschema: object) -> int | None:
    """The version at the end of a `dataschema`: 1 where there is none, None where it can't be read."""
    if dataschema is None:
        return 1
    ending = _VERSION.search(dataschema) if isinstance(dataschema, str) else None
    return int(ending[1]) if ending else None
