"""One clock, one set of contracts and one good order for all tests of checking."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.checked import Checked
from krn.contracts.contract import Delivered
from krn.contracts.known import Contracts, compiled

RECEIVED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def delivered() -> Delivered:
    return Delivered(RECEIVED_AT, sent_at=datetime(2025, 12, 31, 23, tzinfo=UTC), source="orders", currency="EUR")


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    return compiled(CONTRACTS)


@pytest.fixture(scope="session")
def verdict(contracts: Contracts, delivered: Delivered) -> Callable[[bytes], Checked]:
    return lambda payload: check(payload, delivered, contracts)


@pytest.fixture(scope="session")
def order() -> Callable[..., bytes]:
    """An order's payload; keywords set fields of its data, `envelope` attributes of the event."""

    def payload(envelope: dict[str, Any] | None = None, **data: Any) -> bytes:
        line = {"line_no": 1, "product_id": "P1", "quantity": 2, "unit_price": "10.50"}
        body = {"order_id": "A1", "currency": "EUR", "order_total": "21.00", "lines": [line], "customer_id": "C7"}
        event = {"id": "e-1", "type": "order.created", "source": "/shop", "time": "2025-06-01T10:00:00Z"}
        return json.dumps(event | (envelope or {}) | {"data": body | data}).encode()

    return payload
