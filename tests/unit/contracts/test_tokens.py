"""What leaves bronze of a personal value: a token, or nothing."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from krn.contracts.check import check
from krn.contracts.checked import Checked
from krn.contracts.contract import Delivered, Field, Kind
from krn.contracts.known import compiled
from krn.contracts.masters import CUSTOMER_UPSERTED
from krn.contracts.personal import anonymous
from krn.contracts.tokens import tokens

NAME, EMAIL = "Ann Marlow", "ann@example.org"


def found(key: str, **changed: object) -> Checked:
    said = {"customer_id": "C7", "name": NAME, "email": EMAIL, "country": "France"} | changed
    body = {"id": "e", "source": "/s", "type": "customer.upserted", "time": "2025-06-01T10:00:00Z", "data": said}
    contracts = compiled((CUSTOMER_UPSERTED,), tokens(key))
    return check(json.dumps(body).encode(), Delivered(datetime(2025, 6, 2, tzinfo=UTC)), contracts)


def data(key: str, **changed: object) -> dict[str, Any]:
    return dict(json.loads(found(key, **changed).data or ""))


def test_without_a_key_a_personal_value_is_left_out() -> None:
    assert data("") == {"customer_id": "C7", "country": "France"}


def test_with_a_key_it_is_a_token_of_32_digits_that_says_nothing_of_it() -> None:
    made = data("k")
    assert {len(made["name"]), len(made["email"])} == {32}
    assert not {NAME, EMAIL} & set(made.values())


def test_equal_values_have_equal_tokens_whatever_their_case_and_spaces() -> None:
    assert data("k", email=" Ann@Example.org ")["email"] == data("k")["email"]
    assert data("k", email="bob@example.org")["email"] != data("k")["email"]


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:DB8:0::1", "2001:db8::1", True),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", " 2001:db8::1 ", True),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("2001:db8::1", "2001:db8::2", False),
        ("203.0.113.9", "203.0.113.09", False),
        ("Ann", "ANN", True),
    ],
)
def test_an_internet_address_has_one_token_however_it_is_spelled(one: str, other: str, are_one: bool) -> None:
    token = tokens("k")
    assert (token(one) == token(other)) is are_one


@pytest.mark.parametrize("other", ["k2", "k" * 65, "K"])
def test_another_key_makes_other_tokens(other: str) -> None:
    assert data(other)["email"] != data("k")["email"]


def test_a_null_stays_absent() -> None:
    assert "name" not in data("k", name=None)


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0"])
def test_a_blank_has_no_token_that_all_blanks_would_share(blank: str) -> None:
    assert data("k", name=blank, email=blank) == {"customer_id": "C7", "country": "France"}


def test_what_is_not_declared_and_names_a_person_is_left_out_at_any_depth() -> None:
    extra = {
        "phone": "1",
        "Email": "2",
        "contact": {"e-mail": "3", "since": "2020"},
        "all": [{"full_name": "4", "n": 1}],
    }
    assert data("k", **extra).keys() == {"customer_id", "name", "email", "country", "contact", "all"}
    assert (data("k", **extra)["contact"], data("k", **extra)["all"]) == ({"since": "2020"}, [{"n": 1}])


@pytest.mark.parametrize(
    "member",
    [
        "mail",
        "e_mail",
        "eMail",
        "recipient_name",
        "contactName",
        "cardholder_name",
        "given_name",
        "family_name",
        "surname",
        "tel",
        "tel_no",
        "telNo",
        "fax",
        "client_ip",
        "clientIP",
        "ip",
        "ipAddress",
        "pan",
        "card",
        "card_no",
        "cardNumber",
        "iban",
        "date_of_birth",
        "birthday",
        "dob",
        "name",
        "name2",
        "Full-Name",
        "shipping_address",
    ],
)
def test_what_producers_call_a_person_is_left_out(member: str) -> None:
    assert data("k", inner={member: "x", "kept": 1})["inner"] == {"kept": 1}


@pytest.mark.parametrize("member", ["hotel", "company", "cardinality", "shipped", "discard", "renamed_at", "note"])
def test_what_only_sounds_alike_is_kept(member: str) -> None:
    assert data("k", **{member: "x"})[member] == "x"


PERSONAL = [
    "ann@example.org",
    "write to <ann@example.org>!",
    "4012888888881881",
    "4012 8888-8888 1881",
    4012888888881881,
]


IN_TEXT = ["card 4012888888881881, thanks", "4012 8888 8888 1881 12/27", "4012.8888.8888.1881", "4012  8888 88881881"]


@pytest.mark.parametrize("value", [*PERSONAL, *IN_TEXT])
def test_an_address_or_a_card_number_is_left_out_whatever_its_name(value: object) -> None:
    extra = {"note": value, "inner": {"a": [value, "b", [value]], "c": 1}, "of": [{"d": value}]}
    found = data("k", **extra)
    assert {name: found.get(name) for name in extra} == {"note": None, "inner": {"a": ["b", []], "c": 1}, "of": [{}]}


@pytest.mark.parametrize(
    "value",
    ["4012888888881882", "1735689600000", 1735689600000, "a @ b.c", "@shop.de", "40128888888818810000", 1.5, True],
)
def test_a_value_that_is_neither_is_kept(value: object) -> None:
    assert data("k", note=value)["note"] == value


def test_a_member_that_is_named_after_a_person_is_left_out() -> None:
    assert data("k", inner={"ann@example.org": 1, "4012888888881881": 2, "b": 3})["inner"] == {"b": 3}


def test_a_declared_field_is_never_left_out() -> None:
    assert data("k", country="ann@example.org", customer_id="4012888888881881") | {"name": 0, "email": 0} == {
        "customer_id": "4012888888881881",
        "name": 0,
        "email": 0,
        "country": "(e-mail)",
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("card 4012 8888 8888 1881 of jo@shop.example", "card (card number) of (e-mail)"),
        ("jo@shop.example", "(e-mail)"),
        ("by <jo@shop.example>,  twice:\tmailto:jo@shop.example", "by (e-mail)  twice:\t(e-mail)"),
        ("4012888888881881 and 4012-8888-8888-1881", "(card number) and (card number)"),
        ("4012888888881881", "4012888888881881"),
        ("5 @ 2.50", "5 @ 2.50"),
        ("jo@shop", "jo@shop"),
        ("set of 12, 4012888888881882", "set of 12, 4012888888881882"),
        ("TRACK 1012888888881887", "TRACK 1012888888881887"),
        ("", ""),
    ],
)
def test_a_declared_text_is_written_without_addresses_and_card_numbers(text: str, kept: str) -> None:
    assert anonymous(text) == kept
    assert anonymous(kept) == kept


@pytest.mark.parametrize("text", ["a@b" * 300_000, "@" * 900_000, "a@b.c " + "a" * 900_000, "7x" * 400_000])
def test_a_long_declared_text_takes_no_time(text: str) -> None:
    assert len(anonymous(text)) <= len(text) + 9


def test_a_long_text_without_an_address_takes_no_time() -> None:
    assert data("k", note="a@" * 200_000)["note"]


def test_the_key_changes_no_content_hash() -> None:
    assert len({found(key).content_hash for key in ("", "k", "k2")}) == 1


def test_a_personal_field_is_text() -> None:
    with pytest.raises(ValueError, match="a personal field is text"):
        Field("age", Kind.INT, "How old.", pii="P1")
