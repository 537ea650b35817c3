"""What SQS says on the wire, in our words."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from krn.sources.delivery import Delivery
from krn.sources.pull import Impatient

#: What the queue says of where a message came from; no sender can write a name with a colon.
ORIGIN = {"DeadLetterQueueSourceArn": "sqs:DeadLetterQueueSourceArn"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def delivery(message: Mapping[str, Any]) -> Delivery:
    """A message of the wire as a delivery. Raises Impatient when the body is not the one that the queue holds."""
    system = message.get("Attributes", {})
    sequence = system.get("SequenceNumber")
    body = message["Body"].encode("utf-8", "surrogatepass")  # a lone surrogate is not UTF-8: kept, as base64
    md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
    if message.get("MD5OfBody", md5) != md5:
        raise Impatient(f"Message {message['MessageId']} was damaged on its way")
    return Delivery(
        id=message["MessageId"],
        body=body,
        receipt=message["ReceiptHandle"],
        sent_at=EPOCH + timedelta(milliseconds=int(system["SentTimestamp"])) if "SentTimestamp" in system else None,
        receive_count=int(system.get("ApproximateReceiveCount", 1)),
        group_id=system.get("MessageGroupId"),
        sequence_number=sequence.zfill(20) if sequence else None,
        attributes=_attributes(message) or None,
    )


def _attributes(message: Mapping[str, Any]) -> dict[str, str]:
    sent = {name: _text(value) for name, value in message.get("MessageAttributes", {}).items()}
    system = message.get("Attributes", {})
    return sent | {ours: system[name] for name, ours in ORIGIN.items() if name in system}


def _text(value: Mapping[str, Any]) -> str:
    if "BinaryValue" in value:
        return base64.b64encode(value["BinaryValue"]).decode("ascii")
    return str(value.get("StringValue", ""))


def warnings(attributes: Mapping[str, str], has_dead_letters: bool = False) -> Iterator[str]:
    """Settings under which a queue may lose messages before anyone looks; one of dead letters needs no further one."""
    redrive = orjson.loads(attributes.get("RedrivePolicy") or "{}")
    if not redrive.get("deadLetterTargetArn") and not has_dead_letters:
        yield "no dead-letter queue: a message that is never acknowledged is lost when its retention ends"
    if 0 < int(redrive.get("maxReceiveCount", 0)) < 5:
        yield "maxReceiveCount is below 5: a few crashed runs push good messages into the dead-letter queue"
    if int(attributes.get("MessageRetentionPeriod", 0)) < 4 * 86_400:
        yield "retention is below 4 days: a long weekend without runs loses messages"
