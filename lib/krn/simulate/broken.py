"""Ways in which a copy of an event is broken, each with the reasons that a check may give for it."""

from collections.abc import Callable
from random import Random

import orjson

from krn.simulate.body import Fields
from krn.simulate.events import Event

Break = Callable[[Random, Event], bytes | None]

REQUIRED = {
    "order.created": ("order_id", "currency", "order_total"),
    "order.cancelled": ("order_id",),
    "order.refunded": ("refund_id", "amount", "currency"),
    "payment.received": ("payment_id", "order_id", "amount", "currency", "method"),
    "payment.failed": ("payment_id", "order_id", "amount", "currency", "method"),
    "order.shipped": ("shipment_id", "order_id"),
    "shipment.tracked": ("shipment_id", "status"),
    "order.delivered": ("shipment_id", "order_id"),
    "customer.upserted": ("customer_id",),
    "product.upserted": ("product_id",),
    "transaction.initiated": ("transaction_id", "card_id", "merchant_id", "amount", "currency"),
    "transaction.approved": ("transaction_id", "amount", "currency"),
    "transaction.declined": ("transaction_id", "amount", "currency"),
    "transaction.labelled": ("transaction_id", "label"),
}
AMOUNT = {
    "order.created": "order_total",
    "order.refunded": "amount",
    "payment.received": "amount",
    "payment.failed": "amount",
    "order.shipped": "cost",
    "product.upserted": "list_price",
    "transaction.initiated": "amount",
    "transaction.approved": "amount",
    "transaction.declined": "amount",
}
NO_CURRENCY = ("XXQ", "EURO", "", "  ")


def _truncated(rng: Random, event: Event) -> bytes:
    """Between two characters: within one it would be another fault."""
    return event.body[: rng.randrange(1, len(event.body))].decode(errors="ignore").encode()


def _array(rng: Random, event: Event) -> bytes:
    return b"[" + event.body + b"]"


def _not_utf8(rng: Random, event: Event) -> bytes:
    at = event.body.index(b'":') if event.is_flat else event.body.index(event.type.encode())
    return event.body[:at] + rng.choice((b"\xff", b"\xc3\x28", b"\xe9")) + event.body[at:]


def _missing(rng: Random, event: Event) -> bytes:
    """A field of the envelope or of the data is gone, or null."""
    body, data = _parts(event)
    in_envelope = not event.is_flat and rng.random() < 0.5
    fields = body if in_envelope else data
    name = rng.choice(("id", "source", "type", "time") if in_envelope else _required(event))
    if rng.random() < 0.5:
        del fields[name]
    else:
        fields[name] = None
    return orjson.dumps(body)


def _null_key(rng: Random, event: Event) -> bytes:
    return _with_data(event, event.key or "order_id", rng.choice((None, "", "   ")))


def _bad_amount(rng: Random, event: Event) -> bytes | None:
    name = _amount(event)
    if name is None:
        return None
    bad = rng.choice((b'"12,34"', b'"abc"', b'"NaN"', b'"-5.00"', b'"1.23456"', b'"123456789012345.00"', b"1e400"))
    return _with_data(event, name, "@").replace(b'"@"', bad)


def _bad_currency(rng: Random, event: Event) -> bytes | None:
    if event.is_flat or event.type not in AMOUNT:
        return None
    is_required = "currency" in REQUIRED[event.type]
    return _with_data(event, "currency", rng.choice((*NO_CURRENCY, None) if is_required else NO_CURRENCY))


def _bad_time(rng: Random, event: Event) -> bytes | None:
    bad = (
        "2025-13-45T10:00:00Z",
        "2025-03-01T10:00:00",
        "yesterday",
        "2190-01-01T00:00:00Z",
        "1925-03-01T10:00:00Z",
        "",
    )
    return None if event.is_flat else _with_envelope(event, "time", rng.choice(bad))


def _unknown_type(rng: Random, event: Event) -> bytes | None:
    return None if event.is_flat else _with_envelope(event, "type", rng.choice(("order.teleported", "")))


def _unknown_version(rng: Random, event: Event) -> bytes | None:
    return None if event.is_flat else _with_envelope(event, "dataschema", f"urn:krn:{event.type}:99")


def _pan_leak(rng: Random, event: Event) -> bytes:
    """A number that could be a card's, of a series that no issuer has."""
    digits = "99" + "".join(rng.choices("0123456789", k=rng.randint(10, 16)))
    return _with_data(event, "card_id", digits + _check_digit(digits))


def _check_digit(digits: str) -> str:
    """By Luhn: every other digit from the last one on counts twice."""
    doubled = (2 * int(digit) for digit in digits[::-2])
    total = sum(number // 10 + number % 10 for number in doubled) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


BREAKS: dict[str, tuple[Break, frozenset[str]]] = {
    "truncated": (_truncated, frozenset({"not_json"})),
    "array": (_array, frozenset({"not_an_object"})),
    "not_utf8": (_not_utf8, frozenset({"encoding"})),
    "missing": (_missing, frozenset({"missing_field"})),
    "null_key": (_null_key, frozenset({"missing_field", "blank"})),
    "bad_amount": (_bad_amount, frozenset({"bad_number", "not_finite", "out_of_range", "precision"})),
    "bad_currency": (_bad_currency, frozenset({"bad_currency", "missing_field", "blank"})),
    "bad_time": (_bad_time, frozenset({"bad_time", "future_time", "missing_field", "blank"})),
    "unknown_type": (_unknown_type, frozenset({"unknown_type", "blank"})),
    "unknown_version": (_unknown_version, frozenset({"unknown_version"})),
}
OF_CARDS = BREAKS | {"pan_leak": (_pan_leak, frozenset({"pan_leak"}))}


def breaks(event_type: str) -> dict[str, tuple[Break, frozenset[str]]]:
    """By kind: how a copy of such an event breaks, and the reasons it then owes."""
    return OF_CARDS if event_type.startswith("transaction.") else BREAKS


def _amount(event: Event) -> str | None:
    return "amount" if event.is_flat else AMOUNT.get(event.type)


def _required(event: Event) -> tuple[str, ...]:
    return ("order_id", "amount") if event.is_flat else REQUIRED[event.type]


def _parts(event: Event) -> tuple[Fields, Fields]:
    body: Fields = orjson.loads(event.body)
    data = body if event.is_flat else body["data"]
    assert isinstance(data, dict)
    return body, data


def _with_data(event: Event, name: str, value: object) -> bytes:
    body, data = _parts(event)
    data[name] = value
    return orjson.dumps(body)


def _with_envelope(event: Event, name: str, value: object) -> bytes:
    return orjson.dumps({**orjson.loads(event.body), name: value})
