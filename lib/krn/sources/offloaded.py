"""Bodies that the SQS Extended Client Library left in S3: fetched before the commit, or their pointer kept and why."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from krn.config import Offloaded, Sqs
from krn.contracts.pointer import Pointer, pointer
from krn.contracts.reasons import Reason
from krn.sources.aws import code, connect_s3, explained
from krn.sources.delivery import Delivery
from krn.sources.pull import CALL_MESSAGES
from krn.tables.bronze.deliveries import FETCHED, UNFETCHED

#: Under which the library says how many bytes the body has; the second is the older name.
SIZES = ("ExtendedPayloadSize", "SQSLargePayloadSize")
#: What S3 says of one object, and will say again; any other refusal is about the bucket or the role.
GONE = frozenset({"InvalidObjectState", "InvalidRequest", "KeyTooLongError", "MethodNotAllowed", "NoSuchKey"})


class Bodies:
    """The bodies of one queue. Nothing in a message can widen the buckets, and no object is written or deleted."""

    def __init__(self, config: Sqs, limits: Offloaded, client: Any = None) -> None:
        self._name, self._limits = config.name, limits
        self._client = client or connect_s3(config, limits.endpoint_url, config.threads * CALL_MESSAGES)

    def preflight(self) -> None:
        """Every bucket is there and may be listed: else S3 answers AccessDenied for an object that is gone."""
        for bucket in self._limits.buckets:
            with explained(f"{self._name}, bucket {bucket}"):
                self._client.head_bucket(Bucket=bucket)

    def fetched(self, deliveries: list[Delivery]) -> list[Delivery]:
        """The deliveries with their bodies, in their order. Raises when S3 is out of reach: the messages come again."""
        places = [pointer(d.body) for d in deliveries]
        if not any(places):
            return deliveries
        with ThreadPoolExecutor(CALL_MESSAGES) as pool:
            return list(pool.map(self._whole, deliveries, places))

    def _whole(self, delivery: Delivery, place: Pointer | None) -> Delivery:
        if place is None or place.bucket not in self._limits.buckets:
            return delivery
        attributes = delivery.attributes or {}
        body = self._body(place, next((attributes[name] for name in SIZES if name in attributes), None))
        if isinstance(body, Reason):
            return _with(delivery, {UNFETCHED: body.word})
        return replace(_with(delivery, {FETCHED: f"s3://{place.bucket}/{place.key}"}), body=body)

    def _body(self, place: Pointer, size: str | None) -> bytes | Reason:
        """The object, if it is of the `size` that the message says; no byte is read of one that is too large."""
        with explained(f"{self._name}, bucket {place.bucket}"):
            try:
                found = self._client.get_object(Bucket=place.bucket, Key=place.key)
            except ClientError as refused:
                if code(refused) in GONE:
                    return Reason.PAYLOAD_MISSING
                raise
            with closing(found["Body"]) as stream:  # its own `with` would not notice an end that comes early
                if found["ContentLength"] > self._limits.max_bytes:
                    return Reason.PAYLOAD_TOO_LARGE
                if size is not None and size != str(found["ContentLength"]):
                    return Reason.PAYLOAD_DIFFERS
                return bytes(stream.read())


def _with(delivery: Delivery, more: Mapping[str, str]) -> Delivery:
    return replace(delivery, attributes={**(delivery.attributes or {}), **more})
