"""Notifications of SNS: their event gets the verdict that it would get alone. The plain cases are in tests/events."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.checked import Checked
from krn.contracts.contract import Delivered
from krn.contracts.envelope import Envelope
from krn.contracts.known import compiled

CONTRACTS_READY = compiled(CONTRACTS)
DELIVERED = Delivered(datetime(2026, 1, 1, tzinfo=UTC))


def notification(message: Any, **more: Any) -> bytes:
    topic = {"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:shop"}
    return json.dumps({**topic, "Message": message, "Timestamp": "2025-06-01T10:00:00.000Z", **more}).encode()


def test_an_event_in_a_notification_is_the_same_event(
    order: Callable[..., bytes], verdict: Callable[[bytes], Checked]
) -> None:
    assert verdict(notification(order().decode())) == verdict(order())


def test_a_body_in_its_sources_own_envelope_may_come_in_a_notification(delivered: Delivered) -> None:
    till = Envelope(type="=order.cancelled", id="no", time="at", data={"order_id": "bill"})
    contracts = compiled(CONTRACTS, envelopes={delivered.source: till})
    sale = json.dumps({"no": 7, "bill": "A1", "at": "2025-06-01T10:00:00Z"})
    alone = check(sale.encode(), delivered, contracts)
    assert alone.ok
    assert check(notification(sale), delivered, contracts) == alone


def test_notifications_in_notifications_end_at_the_second(verdict: Callable[[bytes], Checked]) -> None:
    body = notification("{}").decode()
    for _ in range(8):
        body = notification(body).decode()
    assert verdict(body.encode()).reasons == ("nested_notification",)


@given(
    st.dictionaries(
        st.sampled_from(["Type", "TopicArn", "Message", "MessageId", "type"]),
        st.sampled_from(["Notification", "SubscriptionConfirmation", "arn:x", "{}", "\ud800", "[", None, 7, [], {}]),
    ),
)
def test_no_notification_makes_the_check_raise(body: dict[str, Any]) -> None:
    check(json.dumps(body).encode(), DELIVERED, CONTRACTS_READY)
