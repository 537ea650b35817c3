"""A masked body shows what a reviewer needs and nobody's values, whatever the bytes are."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.harmless import printable
from krn.masked import LIMIT, masked

PLANTED = ("Quixote", "quixote", "dulcinea@toboso.example", "4111111111111111", "+34 926 123", "Calle Ancha 7")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def of(body: object) -> str:
    return masked(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Ann Smith", '"Xxx Xxxxx"'),
        ("ann@x.org", '"xxx?x.xxx"'),
        (0.0, "0.0"),
        ("2026-11-24T06:00:00", '"9999-99-99X99:99:99"'),
        ("12,34", '"99,99"'),
        ("", '""'),
        ("  ", '"  "'),
        ("<b>\x1b[31m\u202e", '"?x???99x?"'),
        ("Ævar ٣", '"Xxxx 9"'),
        ("a" * 33, f'"{"x" * 32}…(33)"'),
        (-12.5, "-99.9"),
        (0, "0"),
        (4111111111111111, "9999999999999999"),
        (True, "true"),
        (None, "null"),
        (float("nan"), "NaN"),
    ],
)
def test_of_a_value_only_the_shape_is_shown(value, shown):
    assert of({"amount": value}) == f'{{"amount": {shown}}}'


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("order_id", "order_id"),
        ("orderId", "orderId"),
        ("line-2", "line-2"),
        ("ann@x.org", "…(9)"),
        ("Ann Smith", "…(9)"),
        ("card4111111111111111", "…(20)"),
        ("<script>", "…(8)"),
        ("", "…(0)"),
    ],
)
def test_a_name_stays_where_it_is_an_identifier(name, shown):
    assert of({name: 1}) == f'{{"{shown}": 9}}'


def test_a_known_type_is_shown_and_an_unknown_one_is_not():
    assert of({"type": "order.created"}) == '{"type": "order.created"}'
    assert of({"type": "ann.smith"}) == '{"type": "xxx.xxxxx"}'


def test_a_name_that_repeats_is_shown_twice():
    assert masked(b'{"id": "a", "id": "bb"}') == '{"id": "x", "id": "xx"}'


def test_in_what_is_not_json_only_declared_names_are_kept():
    assert (
        masked(b'{"order_id": "A7", "quixote": "Ann Smith", "curr')
        == '{"order_id": "X9", "xxxxxxx": "Xxx Xxxxx", "xxxx'
    )


def test_of_many_things_the_first_are_shown_and_the_rest_is_counted():
    assert of({"lines": [1, 2, 3, 4]}) == '{"lines": [9, 9, … 2 more]}'
    assert of([[[[[[[1]]]]]]]) == "[[[[[[[…]]]]]]]"


def test_zeros_are_no_card_number() -> None:
    assert masked(b'{"amount": 0.00000000000000}') == '{"amount": 0.00000000000000}'


@pytest.mark.parametrize("payload", [b"", b"\xff\xfe{\x00", b"[" * 100_000, b'{"a":' * 3000, b"9" * 2_000_000, b"null"])
def test_bytes_that_are_no_event_have_a_mask_too(payload):
    assert len(masked(payload)) <= LIMIT


@given(st.binary() | VALUES.map(lambda body: json.dumps(body).encode()))
def test_any_bytes_give_a_short_harmless_line(payload):
    shown = masked(payload)
    assert len(shown) <= LIMIT
    assert printable(shown) == shown
    assert not re.search("[<>&'@]", shown)


@given(st.lists(st.sampled_from(PLANTED) | VALUES), st.integers(0, 200), st.booleans())
def test_no_value_can_be_read_in_it(values, cut, is_whole):
    payload = json.dumps({"name": values, "data": {"note": values}}, ensure_ascii=False).encode("utf8", "replace")
    shown = masked(payload if is_whole else payload[:cut])
    assert not [planted for planted in PLANTED if planted in shown]
