"""From the bytes of a delivery to a verdict: is it an event its contract knows, and if not, every reason why."""

from collections.abc import Collection
from datetime import datetime, timedelta

import orjson

from krn.contracts.checked import Checked, accepted, quarantined, words
from krn.contracts.contract import Body, Check, Delivered, Field, Kind
from krn.contracts.fields import faults
from krn.contracts.instants import instant
from krn.contracts.known import Contracts, Known, Reading, read
from krn.contracts.parse import MAX_NAME, has_a_long_name, parse
from krn.contracts.pointer import is_pointer
from krn.contracts.reasons import Reason
from krn.contracts.sns import event, is_of_sns

TOLERANCE = timedelta(minutes=5)  # how far a producer's clock may be ahead of ours

ENVELOPE = (
    Field("id", Kind.ID, "Unique within its source.", required=True),
    Field("type", Kind.TEXT, "What happened.", required=True),
    Field("source", Kind.ID, "Who says so.", required=True),
    Field("time", Kind.INSTANT, "When it happened.", required=True),
    Field("subject", Kind.TEXT, "What it happened to."),
    Field("dataschema", Kind.TEXT, "Ends in the version of the data; absent = 1."),
)
#: What ingest may have found out about a body in S3.
_UNFETCHED = {r.word: r for r in (Reason.PAYLOAD_MISSING, Reason.PAYLOAD_TOO_LARGE, Reason.PAYLOAD_DIFFERS)}


def check(payload: bytes, delivered: Delivered, contracts: Contracts, is_inside: bool = False) -> Checked:
    """The verdict on one delivery, or on what `is_inside` a notification. Pure and total: no bytes make it raise."""
    if delivered.source in contracts.envelopes:
        return _exactly(payload, delivered, contracts, is_inside)
    return _at_a_glance(payload, delivered, contracts) or _exactly(payload, delivered, contracts, is_inside)


def _at_a_glance(payload: bytes, delivered: Delivered, contracts: Contracts) -> Checked | None:
    """An acceptance that needs no second look, or None; most good events end here."""
    try:
        body = orjson.loads(payload)
        written = orjson.dumps(body)
    except (ValueError, TypeError):  # not JSON; too deep to write
        return None
    if not isinstance(body, dict) or _may_hide_a_key(payload, written, body):
        return None
    event_type = body.get("type")
    known = contracts.known.get(event_type) if isinstance(event_type, str) else None
    if known is None or not known.passes(body):
        return None
    return _shaped(Reading(body, known, known.contract.version), known, delivered)


def _may_hide_a_key(payload: bytes, written: bytes, body: Body) -> bool:
    """Whether `body`, written again as `written`, may lack a key of `payload`, or have one too long to keep.

    Every member and every colon in a string costs a colon, and none is written that was not read, unless one was
    escaped. So a key that was dropped for a later one of the same name always leaves fewer colons.
    """
    if payload.count(b":") != written.count(b":"):
        return True
    escaped = b"\\" in payload and b"\\u003" in payload
    return escaped or (len(payload) > MAX_NAME and has_a_long_name(body))


def _exactly(payload: bytes, delivered: Delivered, contracts: Contracts, is_inside: bool) -> Checked:
    """The verdict on a body read number by number and key by key, with every reason there is."""
    parsed = parse(payload)
    if is_pointer(payload):
        not_fetched = _UNFETCHED.get(delivered.unfetched, Reason.POINTER_NOT_FOLLOWED)
        return _nothing(parsed.reasons - {Reason.NOT_AN_OBJECT} | {not_fetched})
    if parsed.body is None:
        return _nothing(parsed.reasons)
    if is_of_sns(parsed.body):
        inner = Reason.NESTED_NOTIFICATION if is_inside else event(parsed.body)
        return _unwrapped(inner, parsed.reasons, delivered, contracts)
    reading = read(parsed.body, delivered, contracts)
    if not parsed.reasons and reading.known is not None and reading.known.passes_exact(reading.body):
        passed = _shaped(reading, reading.known, delivered)
        if passed is not None:
            return passed
    return _judged(reading, delivered, parsed.reasons)


def _unwrapped(
    inner: bytes | Reason, reasons: frozenset[Reason], delivered: Delivered, contracts: Contracts
) -> Checked:
    """The verdict on the event in a notification, the same as if it had come alone, if nothing is wrong around it."""
    if isinstance(inner, Reason):
        return _nothing(reasons | {inner})
    return _nothing(reasons) if reasons else check(inner, delivered, contracts, is_inside=True)


def _nothing(reasons: Collection[Reason]) -> Checked:
    """The verdict on what holds no event."""
    return Checked(False, words(reasons), keys={})


def _shaped(reading: Reading, known: Known, delivered: Delivered) -> Checked | None:
    """The acceptance of an event whose fields are sound, if its time and its contract's own checks are too."""
    time = instant(reading.body["time"])
    if time is None or time > delivered.received_at + TOLERANCE:
        return None
    data = known.write(reading.body["data"])
    if any(check.violated(data) for check in known.contract.checks):
        return None
    return accepted(reading, time, data)


def _judged(reading: Reading, delivered: Delivered, reasons: frozenset[Reason]) -> Checked:
    """The verdict with every reason, field by field."""
    time = _time(reading.body)
    found, data = _data_reasons(reading)
    reasons |= reading.reasons | found | _envelope_reasons(reading.body)
    if time is not None and time > delivered.received_at + TOLERANCE:
        reasons |= {Reason.FUTURE_TIME}
    if reasons or time is None:
        return quarantined(reading, time, reasons, data)
    return accepted(reading, time, data)


def _time(body: Body) -> datetime | None:
    stated = body.get("time")
    return instant(stated) if isinstance(stated, str) else None


def _envelope_reasons(body: Body) -> set[Reason]:
    data = body.get("data")
    of_data = {Reason.MISSING_FIELD} if data is None else {Reason.WRONG_TYPE} if not isinstance(data, dict) else set()
    return of_data.union(*faults(ENVELOPE, body).values())


def _data_reasons(reading: Reading) -> tuple[set[Reason], Body]:
    """Every reason in the data, and its sound fields as they will be written."""
    data = reading.body.get("data")
    if reading.known is None or not isinstance(data, dict):
        return set(), {}
    contract = reading.known.contract
    faulty = faults(contract.fields, data)
    written = reading.known.write({name: value for name, value in data.items() if name not in faulty})
    checks = [check for check in contract.checks if faulty.keys().isdisjoint(check.reads)]
    broken = [check for check in checks if check.violated(written)]
    reasons = {check.reason for check in broken}.union(*faulty.values())
    return reasons, _without(written, broken)


def _without(written: Body, broken: list[Check]) -> Body:
    """The fields in which no check found a fault: a card number in clear must not become an entity key."""
    faulty = {name for check in broken for name in check.reads}
    return {name: value for name, value in written.items() if name not in faulty} if faulty else written
