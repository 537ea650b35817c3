"""What must hold for every payload, sought by hypothesis."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.contracts.check import check
from krn.contracts.checked import Checked
from krn.contracts.contract import Body, Delivered
from krn.contracts.known import Contracts

Verdict = Callable[[bytes], Checked]
Order = Callable[..., bytes]

texts = st.text(max_size=12) | st.sampled_from(
    ["", " ", "EUR", "12.50", "2025-06-01T10:00:00Z", "order.created", "\x1c"]
)
numbers = st.integers() | st.floats() | st.sampled_from([0, 1, 1.5, -0.0, 2**31, 1e14, 2**64, 10**30])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
PATHS: tuple[tuple[str | int, ...], ...] = (
    *((name,) for name in ("id", "type", "source", "time", "subject", "dataschema", "data", "event_type")),
    *(("data", name) for name in ("order_id", "currency", "order_total", "lines", "tax_total", "country", "extra")),
    ("data", "promised_delivery_date"),
    ("data", "lines", 0),
    *(("data", "lines", 0, name) for name in ("line_no", "product_id", "quantity", "unit_price", "discount")),
)
amounts = st.decimals(min_value=0, max_value=Decimal("9999999.9999"), places=4)


def changed(body: Any, path: tuple[str | int, ...], value: object) -> Any:
    copy = body.copy()
    if path:
        copy[path[0]] = changed(copy[path[0]], path[1:], value) if path[1:] else value
    return copy


@st.composite
def mutated(draw: st.DrawFn, start: Body) -> bytes:
    body = changed(start, draw(st.sampled_from(PATHS)), draw(values))
    payload = bytearray(json.dumps(body).encode())
    for _ in range(draw(st.integers(0, 2))):
        payload[draw(st.integers(0, len(payload) - 1))] = draw(st.integers(0, 255))
    return bytes(payload[: draw(st.sampled_from([None, None, None, -1, 40]))])


@pytest.fixture(scope="session")
def suspicious(contracts: Contracts, delivered: Delivered) -> Verdict:
    """The verdict when no filter lets anything pass, so that every body is judged field by field."""
    wary = {
        t: replace(k, passes=lambda body: False, passes_exact=lambda body: False) for t, k in contracts.known.items()
    }
    foreign = {word: (wary[k.contract.type], adapter) for word, (k, adapter) in contracts.foreign.items()}
    return lambda payload: check(payload, delivered, replace(contracts, known=wary, foreign=foreign))


@given(st.binary())
def test_no_bytes_make_it_raise(verdict: Verdict, payload: bytes) -> None:
    assert verdict(payload).reasons


@given(values)
def test_no_document_makes_it_raise(verdict: Verdict, document: object) -> None:
    assert verdict(json.dumps(document).encode()).reasons


@given(st.dictionaries(st.sampled_from(["order_id", "customer_id", "amount", "currency", "lines", "id"]), values))
def test_no_flat_body_makes_it_raise(verdict: Verdict, body: Body) -> None:
    checked = verdict(json.dumps({"event_type": "Order Processed"} | body).encode())
    assert checked.ok == (not checked.reasons)


@given(st.data())
def test_the_filters_and_the_rules_agree(
    verdict: Verdict, suspicious: Verdict, order: Order, data: st.DataObject
) -> None:
    payload = data.draw(mutated(json.loads(order())))
    assert verdict(payload) == suspicious(payload)


@given(
    values | st.floats(-200, 200) | st.decimals(-91, 91, allow_nan=False),
    st.sampled_from(["lat", "lon", "ip", "card_id"]),
)
def test_the_filters_and_the_rules_agree_on_a_transaction(
    verdict: Verdict, suspicious: Verdict, value: object, field: str
) -> None:
    data = {"transaction_id": "T1", "card_id": "tok", "merchant_id": "M1", "amount": "21", "currency": "EUR"}
    event = {"id": "e-1", "type": "transaction.initiated", "source": "/bank", "time": "2025-06-01T10:00:00Z"}
    payload = json.dumps(event | {"data": data | {field: value}}, default=float).encode()
    assert verdict(payload) == suspicious(payload)


@given(st.data())
def test_what_is_accepted_can_be_read_by_any_reader(verdict: Verdict, order: Order, data: st.DataObject) -> None:
    payload = data.draw(mutated(json.loads(order())))
    checked = verdict(payload)
    if checked.ok:
        assert checked.data is not None and isinstance(orjson.loads(payload), dict)
        assert json.loads(checked.data) == orjson.loads(checked.data)


@given(values, amounts)
def test_canonical_data_is_its_own_canonical_data(
    verdict: Verdict, order: Order, extra: object, total: Decimal
) -> None:
    once = verdict(order(extra=extra, order_total=str(total)))
    if once.ok:
        again = verdict(order(**json.loads(once.data or "")))
        assert (again.data, again.content_hash) == (once.data, once.content_hash)


@given(amounts, st.randoms(use_true_random=False))
def test_order_of_keys_and_spelling_of_numbers_are_no_content(
    verdict: Verdict, order: Order, total: Decimal, random: Any
) -> None:
    event = json.loads(order(order_total="TOTAL"))
    shuffled = {name: event[name] for name in random.sample(sorted(event), len(event))}
    shuffled["data"] = {name: event["data"][name] for name in random.sample(sorted(event["data"]), len(event["data"]))}
    text = verdict(json.dumps(event).replace("TOTAL", str(total)).encode())
    number = verdict(json.dumps(shuffled).replace('"TOTAL"', str(total)).encode())
    exponent = verdict(json.dumps(shuffled).replace('"TOTAL"', f"{total.scaleb(3)}e-3").encode())
    assert text.ok and text.content_hash == number.content_hash == exponent.content_hash


@given(st.lists(st.tuples(st.sampled_from("abc:"), values), max_size=6))
def test_a_key_is_repeated_exactly_when_it_is_set_aside_for_it(
    verdict: Verdict, order: Order, members: list[tuple[str, object]]
) -> None:
    inner = ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in members)
    checked = verdict(order(extra="MEMBERS").replace(b'"MEMBERS"', b"{" + inner.encode() + b"}"))
    assert ("duplicate_key" in checked.reasons) == (len(dict(members)) < len(members)) or "encoding" in checked.reasons
