"""Plain bodies of a source with its own envelope: what they become, and that no body makes the check raise."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.checked import Checked
from krn.contracts.contract import Delivered
from krn.contracts.envelope import Envelope
from krn.contracts.known import compiled

DELIVERED = Delivered(datetime(2026, 1, 6, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC), source="till")
PAYMENT = Envelope(
    type="=payment.received",
    id="no",
    time="paid",
    timezone="Europe/Berlin",
    data={"payment_id": "no", "order_id": "bill.no", "amount": "sum", "currency": "=EUR", "method": "how"},
)
PAID = {"no": 17, "paid": "2026-01-05 09:30:00", "bill": {"no": 4}, "sum": "10.50", "how": "cash"}
ORDER = Envelope(
    type="=order.created",
    hash=("no",),
    data={
        "order_id": "no",
        "currency": "=EUR",
        "order_total": "total",
        "lines[].line_no": "#",
        "lines[].product_id": "items[].code",
        "lines[].quantity": "items[].n",
        "lines[].unit_price": "items[].price",
    },
)
SOLD = {"no": 4, "total": "7", "items": [{"code": "a", "n": "2", "price": "3"}, {"code": 8, "n": 1, "price": "1"}]}


def judged(body: Any, envelope: Envelope) -> Checked:
    return check(json.dumps(body).encode(), DELIVERED, compiled(CONTRACTS, envelopes={"till": envelope}))


def data(found: Checked) -> Any:
    assert found.reasons == ()
    return json.loads(found.data or "")


def test_a_plain_body_is_an_event_of_the_type_that_the_configuration_names() -> None:
    found = judged(PAID, PAYMENT)
    assert (found.type, found.event_id, found.event_source) == ("payment.received", "17", "till")
    assert data(found) == {"payment_id": "17", "order_id": "4", "amount": "10.5", "currency": "EUR", "method": "cash"}


def test_a_time_without_an_offset_is_one_of_the_sources_time_zone() -> None:
    assert judged(PAID, PAYMENT).event_time == datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "hour"),
    [("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"), ("2026-03-29 02:30:00", "2026-03-29T01:30:00Z")],
    ids=["comes twice: the first", "is left out: an hour on"],
)
def test_a_local_time_beside_the_change_of_summer_time_is_taken_as_the_how_to_says(local: str, hour: str) -> None:
    delivered = Delivered(datetime(2026, 11, 1, tzinfo=UTC), source="till")
    contracts = compiled(CONTRACTS, envelopes={"till": PAYMENT})
    found = check(json.dumps(PAID | {"paid": local}).encode(), delivered, contracts)
    assert found.event_time == datetime.fromisoformat(hour)


def test_ids_keep_the_blanks_around_them() -> None:
    found = judged(PAID | {"no": " 17 ", "bill": {"no": " 4"}}, PAYMENT)
    assert (found.event_id, data(found)["payment_id"], data(found)["order_id"]) == (" 17 ", " 17 ", " 4")


def test_a_row_for_each_line_is_an_order_of_one_line_each() -> None:
    """Nothing puts them together: the how-to says to do so before."""
    flat = {"no": 4, "total": "8"}
    paths = {name: path.removeprefix("items[].") for name, path in ORDER.data.items()}
    rows = [flat | {"code": "a", "n": "1", "price": "2"}, flat | {"code": "b", "n": "2", "price": "3"}]
    found = [judged(row, Envelope(type="=order.created", id="no", data=paths)) for row in rows]
    assert [[line["product_id"] for line in data(order)["lines"]] for order in found] == [["a"], ["b"]]
    assert {order.event_id for order in found} == {"4"}


def test_a_list_of_objects_becomes_the_lines() -> None:
    assert data(judged(SOLD, ORDER))["lines"] == [
        {"line_no": 1, "product_id": "a", "quantity": 2, "unit_price": "3"},
        {"line_no": 2, "product_id": "8", "quantity": 1, "unit_price": "1"},
    ]


def test_a_flat_body_becomes_one_line() -> None:
    paths = {f"lines[].{name}": path for name, path in [("line_no", "#"), ("product_id", "code"), ("quantity", "n")]}
    flat = Envelope(type="=order.cancelled", data={"order_id": "no", **paths})
    assert data(judged({"no": 4, "code": "a", "n": "2"}, flat))["lines"] == [
        {"line_no": 1, "product_id": "a", "quantity": 2}
    ]


def test_a_body_without_a_time_happened_when_it_was_delivered() -> None:
    found = judged(SOLD, ORDER)
    assert (found.event_time, found.time_source) == (DELIVERED.sent_at, "delivery")


def test_an_id_that_nobody_gives_is_hashed_from_what_the_configuration_names() -> None:
    same, other = judged(SOLD | {"total": "7.0"}, ORDER), judged(SOLD | {"no": 5}, ORDER)
    assert judged(SOLD, ORDER).event_id == same.event_id != other.event_id


def test_the_sources_words_for_types_are_translated() -> None:
    envelope = Envelope(type="kind", types={"pay": "payment.received"}, data=PAYMENT.data)
    assert judged(PAID | {"kind": "pay"}, envelope).type == "payment.received"
    assert judged(PAID | {"kind": "other"}, envelope).reasons == ("unknown_type",)


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ({"sum": "ten"}, ("bad_number",)),
        ({"sum": " "}, ("missing_field",)),
        ({"paid": "yesterday"}, ("bad_time",)),
        ({"bill": 3}, ("missing_field",)),
        ({"no": None}, ("missing_field",)),
    ],
)
def test_what_cannot_be_read_is_quarantined_as_in_any_event(said: Mapping[str, Any], reasons: tuple[str, ...]) -> None:
    assert judged(PAID | said, PAYMENT).reasons == reasons


def test_the_cells_of_a_csv_file_are_typed_by_the_contract() -> None:
    envelope = Envelope(type="=product.upserted", id="id", time="at", data={"product_id": "id", "active": "on"})
    cells = {"id": "7", "at": "2026-01-05T09:30:00Z", "on": "No"}
    assert data(judged(cells, envelope)) == {"product_id": "7", "active": False}


@pytest.mark.parametrize("text", ["+-5", "--5", "5-", "٣", "1" * 400, "5.0", ""])
def test_text_that_is_no_whole_number_is_no_whole_number(text: str) -> None:
    paths = {"order_id": "no", "lines[].line_no": "#", "lines[].quantity": "n"}
    found = judged({"no": "A", "n": text}, Envelope(type="=order.cancelled", data=paths))
    assert found.reasons == (("wrong_type",) if text else ("missing_field",))


def test_what_is_nested_deep_makes_no_line() -> None:
    paths = {"order_id": "no", "lines[].line_no": "#", "lines[].quantity": "n", "lines[].note": "deep"}
    body = b'{"no": "A", "n": 1, "deep": ' + b"[" * 252 + b"]" * 252 + b"}"
    envelope = Envelope(type="=order.cancelled", data=paths)
    assert check(body, DELIVERED, compiled(CONTRACTS, envelopes={"till": envelope})).ok


def _deep(levels: int, innermost: bytes) -> bytes:
    """A body of so many levels, itself one of them."""
    return b'{"no": "A", "deep": ' + b"[" * (levels - 1) + innermost + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize("is_notified", [False, True])
@pytest.mark.parametrize("hashed", [(), ("deep",), ("no", "deep")])
@pytest.mark.parametrize("innermost", [b"1", b"1.5"])
@pytest.mark.parametrize("levels", range(250, 257))
def test_a_body_as_deep_as_json_may_be_has_a_hashed_id(
    levels: int, innermost: bytes, hashed: tuple[str, ...], is_notified: bool
) -> None:
    body = _deep(levels, innermost)
    if is_notified:
        notified = {"Type": "Notification", "TopicArn": "arn:aws:sns:eu:1:t", "Message": body.decode()}
        body = json.dumps(notified).encode()
    envelope = Envelope(type="=order.cancelled", hash=hashed, data={"order_id": "no"})
    whole = Envelope(type="=order.cancelled", hash=hashed)
    assert _verdict(body, envelope) == ((True, ()) if levels <= 254 else (False, ("too_deep",)))
    assert _verdict(body, whole) == (False, ("missing_field",) if levels <= 254 else ("too_deep",))


def _verdict(body: bytes, envelope: Envelope) -> tuple[bool, tuple[str, ...]]:
    found = check(body, DELIVERED, compiled(CONTRACTS, envelopes={"till": envelope}))
    return found.ok, found.reasons


def test_a_hashed_id_stays_what_it_was() -> None:
    assert judged(SOLD, ORDER).event_id == "b260caae3b4afa897b887dd643172044"
    whole = Envelope(type="=order.cancelled", data={"order_id": "no"})
    assert judged({"no": "A", "b": [1.5]}, whole).event_id == "0d2ef37c2bd0932d11b6b4eb64336dfe"


NAMES = st.sampled_from(["no", "paid", "bill", "sum", "items"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text("+-0123456789 ", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
    max_leaves=12,
)


@given(JSON, st.sampled_from([PAYMENT, ORDER]))
def test_no_body_makes_the_check_raise(body: Any, envelope: Envelope) -> None:
    assert judged(body, envelope).ok in (True, False)
