"""Where in a body a reason has its cause: the members, for a person who looks for it."""

from collections.abc import Iterator

from krn.contracts import CONTRACTS
from krn.contracts.check import ENVELOPE
from krn.contracts.contract import Body, Contract, Field
from krn.contracts.fields import field_faults
from krn.contracts.known import stated_version
from krn.contracts.reasons import Reason

Place = tuple[str, object]  # a path such as data.lines[0].quantity, and the value there

_CONTRACTS = {contract.type: contract for contract in CONTRACTS}
#: Reasons that no field finds by itself.
_MEMBERS = {
    Reason.UNKNOWN_TYPE: "type",
    Reason.UNKNOWN_VERSION: "dataschema",
    Reason.FUTURE_TIME: "time",
    Reason.ID_CONFLICT: "id",
}


def faulty(body: Body, reason: Reason) -> Iterator[Place]:
    """The members of an event that `reason` is about; of data only where it is of a known version.

    None in a body without a sign of an event: its source may have an envelope of its own.
    """
    contract = _contract(body)
    if "specversion" not in body and contract is None:
        return
    if reason in _MEMBERS:
        yield _MEMBERS[reason], body.get(_MEMBERS[reason])
    yield from _in_fields(ENVELOPE, body, reason, "")
    data = body.get("data")
    if data is None and reason is Reason.MISSING_FIELD:
        yield "data", None
    elif contract and isinstance(data, dict):
        yield from list(_in_fields(contract.fields, data, reason, "data.")) or _in_checks(contract, data, reason)


def _contract(body: Body) -> Contract | None:
    event_type = body.get("type")
    contract = _CONTRACTS.get(event_type) if isinstance(event_type, str) else None
    return contract if contract and contract.version == stated_version(body.get("dataschema")) else None


def _in_fields(fields: tuple[Field, ...], body: Body, reason: Reason, path: str) -> Iterator[Place]:
    for field in fields:
        value = body.get(field.name)
        if reason in set(field_faults(field, value)):
            inner = list(_in_items(field, value, reason, f"{path}{field.name}"))
            yield from inner or [(f"{path}{field.name}", value)]


def _in_items(field: Field, value: object, reason: Reason, path: str) -> Iterator[Place]:
    for place, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield from _in_fields(field.of, item, reason, f"{path}[{place}].")


def _in_checks(contract: Contract, data: Body, reason: Reason) -> Iterator[Place]:
    """What the contract's own checks read, since they tell no member from another."""
    names = dict.fromkeys(name for check in contract.checks if check.reason is reason for name in check.reads)
    return ((f"data.{name}", data.get(name)) for name in names)
