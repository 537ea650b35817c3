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


def test_the_key_changes_no_content_hash() -> None:
    assert len({found(key).content_hash for key in ("", "k", "k2")}) == 1


def test_a_personal_field_is_text() -> None:
    with pytest.raises(ValueError, match="a personal field is text"):
        Field("age", Kind.INT, "How old.", pii="P1")
