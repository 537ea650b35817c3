"""Where a reason has its cause: the member by its path, with its value."""

import json
from typing import Any

import pytest

from krn.contracts.faulty import faulty
from krn.contracts.parse import parse
from krn.contracts.reasons import Reason

LINE = {"line_no": 1, "product_id": "p", "quantity": 1, "unit_price": "10"}
ORDER = {"order_id": "A", "currency": "EUR", "order_total": "10", "lines": [LINE]}
EVENT = {"specversion": "1.0", "id": "e", "type": "order.created", "source": "/shop", "time": "2026-01-01T00:00:00Z"}


def found(reason: Reason, data: Any = ORDER, **envelope: Any) -> list[tuple[str, Any]]:
    body = parse(json.dumps({**EVENT, "data": data, **envelope}).encode()).body
    assert body is not None
    return list(faulty(body, reason))


@pytest.mark.parametrize(
    ("reason", "data", "places"),
    [
        (Reason.MISSING_FIELD, ORDER | {"currency": None}, [("data.currency", None)]),
        (Reason.BAD_CURRENCY, ORDER | {"currency": "EURO"}, [("data.currency", "EURO")]),
        (Reason.MISSING_FIELD, None, [("data", None)]),
        (Reason.OUT_OF_RANGE, ORDER | {"lines": [LINE, LINE | {"quantity": 0}]}, [("data.lines[1].quantity", 0)]),
        (Reason.WRONG_TYPE, ORDER | {"lines": "none"}, [("data.lines", "none")]),
        (Reason.REPEATED_LINE_NO, ORDER | {"lines": []}, [("data.lines", [])]),
        (Reason.BLANK, ORDER, []),
    ],
)
def test_a_field_is_found_by_its_reason(reason, data, places):
    assert found(reason, data) == places


@pytest.mark.parametrize(
    ("reason", "member", "value"),
    [
        (Reason.BAD_TIME, "time", "yesterday"),
        (Reason.FUTURE_TIME, "time", "2199-01-01T00:00:00Z"),
        (Reason.UNKNOWN_TYPE, "type", "order.teleported"),
        (Reason.UNKNOWN_VERSION, "dataschema", "order:9"),
        (Reason.ID_CONFLICT, "id", "e2"),
    ],
)
def test_the_envelope_is_searched_too(reason, member, value):
    assert found(reason, **{member: value}) == [(member, value)]


def test_data_of_a_version_that_is_not_known_is_not_searched():
    assert found(Reason.BAD_CURRENCY, ORDER | {"currency": "EURO"}, dataschema="order:9") == []


def test_a_body_without_a_sign_of_an_event_has_no_places():
    assert list(faulty({"type": "sale", "data": {}}, Reason.MISSING_FIELD)) == []
