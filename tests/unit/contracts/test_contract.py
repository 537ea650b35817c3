"""A contract as data: its Spark schema, its fingerprint, and what the machinery makes of any contract."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from krn.contracts import CONTRACTS, ORDER_CREATED, orders, processed
from krn.contracts.check import check
from krn.contracts.checked import ENTITY_KEYS, Checked
from krn.contracts.contract import Adapter, Body, Check, Contract, Delivered, Field, Kind
from krn.contracts.known import compiled
from krn.contracts.reasons import Reason


def _older(body: Body, delivered: Delivered) -> Body:
    data = body.get("data")
    renamed = {"state": data.get("status"), "at": data.get("at")} if isinstance(data, dict) else data
    return body | {"data": renamed, "dataschema": "v2"}


def _is_lost(data: Body) -> bool:
    return data["state"] == LOST


LOST = "lost"
PARCEL = Contract(
    type="parcel.seen",
    version=2,
    key=("parcel_id",),
    doc="A parcel was seen.",
    fields=(
        Field("state", Kind.TEXT, "Where it is.", required=True, values=("here", "there", "lost")),
        Field("at", Kind.INSTANT, "When it was put there."),
        Field("charge", Kind.MONEY, "What it cost, or paid.", signed=True),
        Field("floor", Kind.INT, "Below ground is negative."),
    ),
    checks=(Check(Reason.NO_LINES, ("state",), _is_lost),),
    adapters=(Adapter(1, _older),),
)


def see(version: int | None = 2, **data: Any) -> Checked:
    event = {"id": "1", "type": "parcel.seen", "source": "s", "time": "2025-01-01T00:00:00Z", "data": data}
    body = event | ({"dataschema": f"v{version}"} if version else {})
    return check(json.dumps(body).encode(), Delivered(datetime(2026, 1, 1, tzinfo=UTC)), compiled((PARCEL,)))


def test_the_schema_is_exact_where_spark_would_guess() -> None:
    kinds = {f.name: f.dataType.simpleString() for f in ORDER_CREATED.schema}
    assert kinds["order_total"] == "decimal(18,4)"
    assert kinds["promised_delivery_date"] == "date"
    assert kinds["lines"].startswith("array<struct<line_no:int,product_id:string,quantity:int,unit_price:decimal(18,4)")


def test_an_instant_is_a_timestamp() -> None:
    assert PARCEL.schema["at"].dataType.simpleString() == "timestamp"


def test_contracts_can_be_keys() -> None:
    assert len({contract: contract.type for contract in CONTRACTS}) == len(CONTRACTS)


def test_every_entity_key_is_a_declared_id_and_a_column() -> None:
    for contract in CONTRACTS:
        ids = {field.name for field in contract.fields if field.kind is Kind.ID}
        assert set(contract.entity_keys) <= ids & set(ENTITY_KEYS)


@pytest.mark.parametrize(
    "changed",
    [
        replace(PARCEL, version=3),
        replace(PARCEL, key=()),
        replace(PARCEL, fields=PARCEL.fields[1:]),
        replace(PARCEL, fields=(replace(PARCEL.fields[0], required=False), *PARCEL.fields[1:])),
        replace(PARCEL, fields=(*PARCEL.fields[:3], replace(PARCEL.fields[3], minimum=0))),
        replace(PARCEL, checks=()),
        replace(PARCEL, checks=(replace(PARCEL.checks[0], violated=lambda data: False),)),
        replace(PARCEL, adapters=()),
    ],
)
def test_the_fingerprint_changes_with_the_rules(changed: Contract) -> None:
    assert changed.fingerprint != PARCEL.fingerprint


def test_the_fingerprint_sees_the_constants_a_check_names(monkeypatch: pytest.MonkeyPatch) -> None:
    before = replace(PARCEL).fingerprint
    monkeypatch.setitem(_is_lost.__globals__, "LOST", "gone")
    assert replace(PARCEL).fingerprint != before


def test_the_fingerprint_sees_the_limit_of_a_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    before = replace(ORDER_CREATED).fingerprint
    monkeypatch.setattr(orders, "AMOUNT_LIMIT", 10**13)
    assert replace(ORDER_CREATED).fingerprint != before


def test_the_fingerprint_sees_the_functions_an_adapter_names(monkeypatch: pytest.MonkeyPatch) -> None:
    before = replace(ORDER_CREATED).fingerprint
    monkeypatch.setattr(processed, "_as_id", _as_text)
    assert replace(ORDER_CREATED).fingerprint != before


def _as_text(value: Any) -> Any:
    return str(value)


def test_the_fingerprint_does_not_change_with_words_for_readers() -> None:
    fields = tuple(replace(field, doc="Other words.", unit="kg") for field in PARCEL.fields)
    assert replace(PARCEL, doc="Other words.", fields=fields).fingerprint == PARCEL.fingerprint


def test_a_value_outside_its_enumeration_is_not_allowed() -> None:
    assert see(state="elsewhere").reasons == ("not_allowed",)


def test_a_value_of_its_enumeration_is_accepted() -> None:
    assert see(state="here").ok


def test_a_signed_amount_may_be_below_zero() -> None:
    assert see(state="here", charge="-5.0500").data == '{"charge":"-5.05","state":"here"}'


def test_an_integer_without_a_minimum_may_be_below_zero() -> None:
    assert see(state="here", floor=-2).data == '{"floor":-2,"state":"here"}'


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2025-01-01T01:00:00+01:00", "2025-01-01T00:00:00Z"),
        ("2025-01-01T00:00:00.120Z", "2025-01-01T00:00:00.120000Z"),
        ("2025-01-01T00:00:00.000Z", "2025-01-01T00:00:00Z"),
    ],
)
def test_an_instant_is_written_in_utc(sent: str, kept: str) -> None:
    assert see(state="here", at=sent).data == f'{{"at":"{kept}","state":"here"}}'


def test_an_instant_without_an_offset_is_a_bad_time() -> None:
    assert see(state="here", at="2025-01-01T00:00:00").reasons == ("bad_time",)


def test_an_older_version_is_adapted_to_the_newest() -> None:
    checked = see(version=1, status="here")
    assert (checked.data, checked.version) == ('{"state":"here"}', 2)


def test_an_older_version_is_judged_by_the_newest_rules() -> None:
    assert see(version=1, status="elsewhere").reasons == ("not_allowed",)


def test_a_version_without_an_adapter_is_unknown() -> None:
    assert see(version=3, state="here").reasons == ("unknown_version",)


def test_an_absent_dataschema_is_version_1_and_not_the_newest() -> None:
    assert see(version=None, status="here").data == '{"state":"here"}'
    assert see(version=None, state="here").reasons == ("missing_field",)


def test_a_check_across_fields_names_its_reason() -> None:
    assert see(state="lost").reasons == ("no_lines",)


def test_a_check_across_fields_waits_until_its_fields_are_sound() -> None:
    assert see(state=None, floor=0.5).reasons == ("missing_field", "wrong_type")


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_a_word_and_a_sentence(reason: Reason) -> None:
    assert reason.word.isidentifier() and reason.sentence.endswith(".")
