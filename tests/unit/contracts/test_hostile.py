"""Payloads that no sample file can hold: bytes that are no text, and sizes."""

import json
from collections.abc import Callable

import pytest

from krn.contracts.checked import Checked

Verdict = Callable[[bytes], Checked]
Order = Callable[..., bytes]


def nested(levels: int) -> object:
    return json.loads("[" * levels + "]" * levels)


def test_bytes_that_are_not_utf_8_are_set_aside(verdict: Verdict, order: Order) -> None:
    assert verdict(order(channel="CAF").replace(b"CAF", b"caf\xe9")).reasons == ("encoding",)


def test_utf_16_is_set_aside(verdict: Verdict, order: Order) -> None:
    assert verdict(order().decode().encode("utf-16")).reasons == ("encoding",)


def test_an_overlong_spelling_of_a_character_is_set_aside(verdict: Verdict, order: Order) -> None:
    assert verdict(order(channel="web").replace(b"web", b"\xc0\xaf")).reasons == ("encoding",)


def test_254_levels_are_accepted(verdict: Verdict, order: Order) -> None:
    assert verdict(order(extra=nested(252))).ok  # two levels are the event and its data


def test_255_levels_are_too_deep(verdict: Verdict, order: Order) -> None:
    assert verdict(order(extra=nested(253))).reasons == ("too_deep",)


def test_254_levels_of_a_flat_body_are_accepted(verdict: Verdict) -> None:
    body = {"event_type": "Order Processed", "order_id": 1, "amount": 10, "extra": nested(253)}
    assert verdict(json.dumps(body).encode()).ok


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_a_hundred_thousand_levels_are_too_deep(opening: bytes, verdict: Verdict) -> None:
    assert verdict(opening * 100_000).reasons == ("too_deep",)


def test_brackets_inside_texts_are_no_levels(verdict: Verdict, order: Order) -> None:
    assert verdict(order(channel='\\"[{' * 1_000, extra=[[]] * 300, order_total=21.0)).ok


def test_a_key_of_20_000_characters_is_kept(verdict: Verdict, order: Order) -> None:
    assert verdict(order(**{"k" * 20_000: 1})).ok


def test_a_longer_key_is_out_of_range_as_spark_could_not_read_it(verdict: Verdict, order: Order) -> None:
    assert verdict(order(extra=[{"k" * 20_001: 1}])).reasons == ("out_of_range",)


def test_an_order_of_5_000_lines_is_accepted(verdict: Verdict, order: Order) -> None:
    line = {"product_id": "P1", "quantity": 1, "unit_price": "0.01"}
    assert verdict(order(lines=[{"line_no": n} | line for n in range(1, 5_001)])).ok


@pytest.mark.parametrize(
    "spelling", [b"0." + b"1" * 1_000_000, b"1e-99999999999999999999", b"1e-400", b"0e-9999", b"0e999999999999"]
)
def test_an_amount_spelled_at_absurd_length_is_a_matter_of_precision(
    spelling: bytes, verdict: Verdict, order: Order
) -> None:
    assert verdict(order(order_total="T").replace(b'"T"', spelling)).reasons == ("precision",)


def test_a_long_fraction_is_not_rounded_into_an_amount(verdict: Verdict, order: Order) -> None:
    payload = order(order_total="T").replace(b'"T"', b"21.0000000000000000000001")  # 21.0 to a double
    assert verdict(payload).reasons == ("precision",)


def test_a_long_fraction_is_not_rounded_into_a_quantity(verdict: Verdict, order: Order) -> None:
    payload = order().replace(b'"quantity": 2', b'"quantity": 2.0000000000000000000001')
    assert verdict(payload).reasons == ("wrong_type",)


def test_a_body_of_one_megabyte_of_spaces_is_empty(verdict: Verdict) -> None:
    assert verdict(b" " * 2**20).reasons == ("empty",)
