"""Transactions: a card number in clear goes no further than bronze, and a place is a number."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.checked import Checked
from krn.contracts.contract import Delivered
from krn.contracts.known import compiled
from krn.contracts.tokens import tokens

Verdict = Callable[[bytes], Checked]
TOLD = {"transaction_id": "T1", "card_id": "tok-1", "merchant_id": "M1", "amount": "21", "currency": "EUR"}
PAN = "4111111111111111"


def initiated(**data: Any) -> bytes:
    event = {"id": "e-1", "type": "transaction.initiated", "source": "/bank", "time": "2025-06-01T10:00:00Z"}
    return json.dumps(event | {"data": TOLD | data}).encode()


def test_a_card_number_becomes_no_key_of_the_delivery(verdict: Verdict) -> None:
    found = verdict(initiated(card_id=PAN, customer_id="C7"))
    assert found.reasons == ("pan_leak",)
    assert found.keys == {"transaction_id": "T1", "customer_id": "C7"} and found.data is None


def test_an_address_leaves_bronze_as_a_token(delivered: Delivered) -> None:
    found = check(initiated(ip="203.0.113.9"), delivered, compiled(CONTRACTS, tokens("a key")))
    assert "203.0.113.9" not in (found.data or "") and len(json.loads(found.data or "")["ip"]) == 32


@pytest.mark.parametrize(("told", "kept"), [("48.85661", 48.85661), ("48", 48.0), ("4.8e1", 48.0), ("-0.0", 0.0)])
def test_a_place_has_one_spelling(verdict: Verdict, told: str, kept: float) -> None:
    found = verdict(initiated(lat=0.125).replace(b"0.125", told.encode()))
    assert f'"lat":{kept!r}' in (found.data or str(found.reasons))


@pytest.mark.parametrize("told", ["90.1", "-91", "NaN", "1e999", '"48"', "true", "[]"])
def test_what_is_no_place_is_refused(verdict: Verdict, told: str) -> None:
    assert not verdict(initiated(lat=0.125).replace(b"0.125", told.encode())).ok
