"""What an accepted event is written as, and by what it is recognised."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from krn.contracts.check import check
from krn.contracts.checked import Checked
from krn.contracts.contract import Delivered
from krn.contracts.known import Contracts

Verdict = Callable[[bytes], Checked]
Order = Callable[..., bytes]
FLAT = b'{"event_type": "Order Processed", "order_id": 1, "customer_id": 101, "amount": 10}'


def data(checked: Checked) -> dict[str, Any]:
    assert checked.data is not None
    found: dict[str, Any] = json.loads(checked.data)
    return found


def test_keys_are_sorted_and_amounts_shortest(verdict: Verdict, order: Order) -> None:
    line = '{"line_no":1,"product_id":"P1","quantity":2,"unit_price":"10.5"}'
    expected = f'{{"currency":"EUR","customer_id":"C7","lines":[{line}],"order_id":"A1","order_total":"21"}}'
    assert verdict(order()).data == expected


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ('"10.10"', "10.1"),
        ("10.10", "10.1"),
        ("10", "10"),
        ("1e1", "10"),
        ('"0010"', "10"),
        ('"0.50"', "0.5"),
        ("100", "100"),
        ("0.0001", "0.0001"),
        ("-0.0", "0"),
        ('"-0"', "0"),
        ('"00.00"', "0"),
        ("99999999999999.9999", "99999999999999.9999"),  # a double would say 100000000000000.0
        ("12345678901234.5678", "12345678901234.5678"),
    ],
)
def test_an_amount_is_kept_exactly(sent: str, kept: str, verdict: Verdict, order: Order) -> None:
    assert data(verdict(order(order_total="T").replace(b'"T"', sent.encode())))["order_total"] == kept


def test_a_whole_number_of_units_is_kept_as_an_integer(verdict: Verdict, order: Order) -> None:
    assert verdict(order().replace(b'"quantity": 2,', b'"quantity": 2.0,')).data == verdict(order()).data


def test_nulls_of_declared_fields_go_and_others_stay(verdict: Verdict, order: Order) -> None:
    kept = data(verdict(order(country=None, gift=None)))
    assert "country" not in kept and kept["gift"] is None


def test_fields_no_contract_knows_are_kept(verdict: Verdict, order: Order) -> None:
    assert data(verdict(order(gift={"to": ["Bo", 1.5, True]})))["gift"] == {"to": ["Bo", 1.5, True]}


def test_spaces_and_case_of_ids_are_kept(verdict: Verdict, order: Order) -> None:
    assert verdict(order(order_id=" aB ")).keys == {"order_id": " aB ", "customer_id": "C7"}


def test_the_time_is_told_in_utc(verdict: Verdict, order: Order) -> None:
    checked = verdict(order({"time": "2025-06-01T12:00:00.5+02:00"}))
    assert checked.event_time == datetime(2025, 6, 1, 10, 0, 0, 500_000, tzinfo=UTC)


def test_source_and_id_are_one_identity_whatever_the_content(verdict: Verdict, order: Order) -> None:
    assert verdict(order()).id_hash == verdict(order(order_total="0")).id_hash


def test_source_and_id_can_not_be_shifted_into_each_other(verdict: Verdict, order: Order) -> None:
    assert verdict(order({"source": "ab", "id": "c"})).id_hash != verdict(order({"source": "a", "id": "bc"})).id_hash


def test_an_identity_fits_a_signed_64_bit_column(verdict: Verdict, order: Order) -> None:
    hashes = [verdict(order({"id": str(n)})).id_hash or 0 for n in range(50)]
    assert min(hashes) < 0 < max(hashes) and all(-(2**63) <= h < 2**63 for h in hashes)


@pytest.mark.parametrize(
    "envelope",
    [{"time": "2025-06-01T11:00:00+01:00"}, {"dataschema": "v1"}, {"subject": None}, {"traceparent": "x"}, {"id": "2"}],
)
def test_the_content_is_the_same_when(envelope: dict[str, Any], verdict: Verdict, order: Order) -> None:
    assert verdict(order(envelope)).content_hash == verdict(order()).content_hash


@pytest.mark.parametrize("envelope", [{"time": "2025-06-01T10:00:00.000001Z"}, {"subject": "A1"}])
def test_the_content_is_another_when(envelope: dict[str, Any], verdict: Verdict, order: Order) -> None:
    assert verdict(order(envelope)).content_hash != verdict(order()).content_hash


def test_the_content_is_another_when_an_unknown_field_is(verdict: Verdict, order: Order) -> None:
    assert verdict(order(gift=1)).content_hash != verdict(order(gift=2)).content_hash


def test_a_quarantined_event_says_what_it_can(verdict: Verdict, order: Order) -> None:
    told = verdict(order({"dataschema": "v1"}, currency="eur"))
    good = verdict(order())
    assert told == Checked(
        False,
        ("bad_currency",),
        {"order_id": "A1", "customer_id": "C7"},
        "order.created",
        1,
        "e-1",
        "/shop",
        good.event_time,
        "event",
        good.id_hash,
    )


def test_a_quarantined_event_without_an_id_has_no_identity(verdict: Verdict, order: Order) -> None:
    told = verdict(order({"id": " "}))
    assert (told.event_id, told.event_source, told.id_hash) == (None, "/shop", None)


@pytest.mark.parametrize(
    "person", ["ann@example.org", "Ann Smith", "+34926123", "4111111111111111", "4111-1111-1111-1111", "a\tb"]
)
def test_a_quarantined_event_does_not_say_who_was_put_into_its_ids_or_its_type(
    person: str, verdict: Verdict, order: Order
) -> None:
    found = verdict(order({"id": person, "type": person, "source": person}))
    assert (found.type, found.event_id, found.event_source, found.id_hash) == (None, None, None, None)
    assert verdict(order({"time": None}, order_id=person)).keys == {"customer_id": "C7"}


def test_a_flat_body_is_an_order_of_one_line(verdict: Verdict) -> None:
    line = {"line_no": 1, "product_id": "unknown", "quantity": 1, "unit_price": "10"}
    order = {"order_id": "1", "customer_id": "101", "currency": "EUR", "order_total": "10", "lines": [line]}
    assert data(verdict(FLAT)) == order


def test_a_flat_body_happened_when_it_was_sent(verdict: Verdict, delivered: Delivered) -> None:
    checked = verdict(FLAT)
    assert (checked.event_time, checked.time_source) == (delivered.sent_at, "delivery")


def test_a_flat_body_happened_when_it_came_if_nobody_knows_better(contracts: Contracts) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert check(FLAT, Delivered(now, currency="EUR", source="q"), contracts).event_time == now


def test_a_flat_body_sent_again_is_the_same_event(contracts: Contracts, delivered: Delivered) -> None:
    later = Delivered(delivered.received_at + timedelta(days=1), None, delivered.source, delivered.currency)
    first, second = check(FLAT, delivered, contracts), check(FLAT, later, contracts)
    assert (first.id_hash, first.content_hash) == (second.id_hash, second.content_hash)


def test_a_flat_body_of_another_queue_is_another_event(contracts: Contracts, delivered: Delivered) -> None:
    elsewhere = Delivered(delivered.received_at, None, "other", "EUR")
    assert check(FLAT, elsewhere, contracts).event_id != check(FLAT, delivered, contracts).event_id


def test_a_flat_body_needs_a_currency_from_the_config(contracts: Contracts, delivered: Delivered) -> None:
    assert check(FLAT, Delivered(delivered.received_at, source="q"), contracts).reasons == ("missing_field",)


def test_what_else_a_flat_body_says_is_kept(verdict: Verdict) -> None:
    assert data(verdict(FLAT[:-1] + b', "shelf": "B4"}'))["shelf"] == "B4"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("7", 7),
        (7, 7),
        ("000000000000000042", 42),
        ("0", 0),
        ("999999999999999999", 999_999_999_999_999_999),
        ("1000000000000000000", None),  # 19 digits: it may sort events, it does not count them
        (10**18, None),
        ("-1", None),
        (-1, None),
        ("0x1F", None),
        ("1.5", None),
        (1.5, None),
        ("", None),
        ("\N{SUPERSCRIPT TWO}", None),
        (True, None),
        (None, None),
        ([7], None),
    ],
)
def test_a_sequence_is_kept_where_it_counts(sent: object, kept: int | None, verdict: Verdict, order: Order) -> None:
    checked = verdict(order({"sequence": sent}))
    assert (checked.ok, checked.sequence) == (True, kept)


@pytest.mark.parametrize(("sent", "kept"), [("A1", "A1"), ("  ", None), ("x" * 201, None), (7, None)])
def test_a_partition_key_is_kept_where_it_is_text(
    sent: object, kept: str | None, verdict: Verdict, order: Order
) -> None:
    checked = verdict(order({"partitionkey": sent}))
    assert (checked.ok, checked.partition_key) == (True, kept)


@pytest.mark.parametrize("part", ["a@b.c", "x y", "", "  ", "x" * 201, 3, ["a"]])
def test_a_number_within_a_part_that_cannot_be_named_is_not_one_of_the_whole(
    part: object, verdict: Verdict, order: Order
) -> None:
    checked = verdict(order({"sequence": 7, "partitionkey": part}))
    assert (checked.ok, checked.sequence, checked.partition_key) == (True, None, None)


@pytest.mark.parametrize(("part", "kept"), [("A1", "A1"), (None, None)])
def test_a_number_is_kept_beside_its_part_or_where_there_is_none(
    part: object, kept: str | None, verdict: Verdict, order: Order
) -> None:
    checked = verdict(order({"sequence": 7, "partitionkey": part}))
    assert (checked.sequence, checked.partition_key) == (7, kept)


def test_a_re_send_with_another_number_is_the_same_event(verdict: Verdict, order: Order) -> None:
    assert verdict(order({"sequence": 1})).content_hash == verdict(order({"sequence": 2})).content_hash
