"""Messages of the wire as deliveries."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from krn.sources.message import delivery, warnings
from krn.sources.pull import Impatient


def message(**more: Any) -> dict[str, Any]:
    return {"MessageId": "m", "ReceiptHandle": "r", "Body": "é", **more}


def test_what_the_queue_says_of_a_message_is_kept() -> None:
    system = {
        "SentTimestamp": "1767312000123",
        "ApproximateReceiveCount": "3",
        "MessageGroupId": "g",
        "SequenceNumber": "18849496460467696128",
        "SenderId": "AIDA",
    }
    got = delivery(message(Attributes=system))
    assert (got.sent_at, got.receive_count) == (datetime(2026, 1, 2, 0, 0, 0, 123_000, tzinfo=UTC), 3)
    assert (got.group_id, got.sequence_number, got.attributes) == ("g", "18849496460467696128", None)


def test_a_message_of_a_dead_letter_queue_says_where_it_died() -> None:
    arn = "arn:aws:sqs:eu-west-1:123456789012:shop"
    sent = {"trace": {"StringValue": "t"}, "DeadLetterQueueSourceArn": {"StringValue": "a lie"}}
    got = delivery(message(MessageAttributes=sent, Attributes={"DeadLetterQueueSourceArn": arn}))
    assert got.attributes == {
        "trace": "t",
        "DeadLetterQueueSourceArn": "a lie",
        "sqs:DeadLetterQueueSourceArn": arn,
    }


def test_a_body_damaged_on_its_way_is_not_taken() -> None:
    md5 = hashlib.md5("é".encode(), usedforsecurity=False).hexdigest()
    assert delivery(message(MD5OfBody=md5)).body == "é".encode()
    with pytest.raises(Impatient, match="Message m was damaged on its way"):
        delivery(message(MD5OfBody=md5, Body="e"))


def test_a_queue_of_dead_letters_needs_none_of_its_own() -> None:
    fortnight = {"MessageRetentionPeriod": "1209600"}
    assert list(warnings(fortnight, has_dead_letters=True)) == []
    assert len(list(warnings(fortnight))) == 1
