"""The flat "Order Processed" body of a worker without an envelope, read as an order of one line."""

import hashlib
from typing import Any

import orjson

from krn.contracts.contract import Adapter, Body, Delivered


def _adapt(body: Body, delivered: Delivered) -> Body:
    sent_at = delivered.sent_at or delivered.received_at
    return {
        "id": _content_id(body, delivered.source),
        "type": "order.created",
        "source": delivered.source,
        "time": sent_at.isoformat(),
        "data": _data(body, delivered.currency),
    }


def _data(body: Body, currency: str | None) -> Body:
    amount = body.get("amount")
    told = {name: value for name, value in body.items() if name not in ("event_type", "amount")}
    return told | {
        "order_id": _as_id(body.get("order_id")),
        "customer_id": _as_id(body.get("customer_id")),
        "currency": currency,
        "order_total": amount,
        "lines": [{"line_no": 1, "product_id": "unknown", "quantity": 1, "unit_price": amount}],
    }


def _as_id(value: Any) -> Any:
    return str(value) if type(value) is int else value  # not isinstance: a bool is an int to Python


def _content_id(body: Body, source: str) -> str:
    text = orjson.dumps(source) + orjson.dumps(body, option=orjson.OPT_SORT_KEYS, default=float)
    return hashlib.sha256(text).hexdigest()[:32]


ORDER_PROCESSED = Adapter("Order Processed", _adapt, time_source="delivery")
