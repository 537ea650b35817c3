"""The pointer that the SQS Extended Client Library sends in place of a body that it left in S3."""

import re
from typing import NamedTuple

import orjson

_POINTER = re.compile(
    rb'\s*\[\s*"(?:software\.amazon\.payloadoffloading\.PayloadS3Pointer|com\.amazon\.sqs\.javamessaging\.MessageS3Pointer)"'
)
#: The characters that the library takes, and no step up: a key is part of a URL.
_KEY = re.compile(r"(?!.*(?:^|/)\.\.?(?:/|$))[0-9A-Za-z!_.*'()/-]{1,1024}")


class Pointer(NamedTuple):
    """Where in S3 a body lies."""

    bucket: str
    key: str


def is_pointer(payload: bytes) -> bool:
    """Whether a body means to be a pointer; it may still be broken."""
    return _POINTER.match(payload) is not None


def pointer(payload: bytes) -> Pointer | None:
    """Where the body lies that a sender left in S3, or None where `payload` names no place that may be asked for."""
    if not is_pointer(payload):
        return None
    try:
        _, place = orjson.loads(payload)
        bucket, key = place["s3BucketName"], place["s3Key"]
    except (ValueError, TypeError, KeyError):
        return None
    is_sound = isinstance(bucket, str) and isinstance(key, str) and _KEY.fullmatch(key)
    return Pointer(bucket, key) if is_sound else None
