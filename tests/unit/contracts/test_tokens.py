"""What leaves bronze of a personal value: a token, or nothing."""

import json
from datetime import UTC, datetime

import pytest

from krn.contracts.check import check
from krn.contracts.contract import Delivered
from krn.contracts.known import compiled
from krn.contracts.masters import CUSTOMER_UPSERTED
from krn.contracts.tokens import tokens

NAME, EMAIL = "Ann Marlow", "ann@example.org"


def data(key: str, **changed: object) -> dict[str, str]:
    said = {"customer_id": "C7", "name": NAME, "email": EMAIL, "country": "France"} | changed
    body = {"id": "e", "source": "/s", "type": "customer.upserted", "time": "2025-06-01T10:00:00Z", "data": said}
    contracts = compiled((CUSTOMER_UPSERTED,), tokens(key))
    found = check(json.dumps(body).encode(), Delivered(datetime(2025, 6, 2, tzinfo=UTC)), contracts)
    assert found.data is not None
    return dict(json.loads(found.data))


def test_without_a_key_a_personal_value_is_left_out() -> None:
    assert data("") == {"customer_id": "C7", "country": "France"}


def test_with_a_key_it_is_a_token_of_32_digits_that_says_nothing_of_it() -> None:
    found = data("k")
    assert {len(found["name"]), len(found["email"])} == {32}
    assert not {NAME, EMAIL} & set(found.values())


def test_equal_values_have_equal_tokens_whatever_their_case_and_spaces() -> None:
    assert data("k", email=" Ann@Example.org ")["email"] == data("k")["email"]
    assert data("k", email="bob@example.org")["email"] != data("k")["email"]


@pytest.mark.parametrize("other", ["k2", "k" * 65, "K"])
def test_another_key_makes_other_tokens(other: str) -> None:
    assert data(other)["email"] != data("k")["email"]


def test_a_null_stays_absent() -> None:
    assert "name" not in data("k", name=None)
