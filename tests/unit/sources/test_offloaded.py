"""Bodies in S3: what is fetched, what is left there and why, and what ends the call; with a bucket in memory."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from krn.config import Offloaded, Sqs
from krn.errors import Unreachable
from krn.sources.delivery import Delivery
from krn.sources.offloaded import SIZES, Bodies
from krn.sources.pull import Impatient


class Bucket:
    """The client of one bucket, `payloads`; `refusal` is what it says to every question, `cut` what answers lack."""

    def __init__(self, objects: dict[str, bytes], refusal: str = "", status: int = 400, cut: int = 0) -> None:
        self.objects, self.refusal, self.status, self.cut = objects, refusal, status, cut
        self.asked: list[tuple[str, str]] = []
        self.read: list[io.BytesIO] = []

    def head_bucket(self, **_: str) -> None:
        self._refuse("HeadBucket")

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.asked.append((Bucket, Key))
        self._refuse("GetObject")
        if Key not in self.objects:
            raise refused("NoSuchKey", 404, "GetObject")
        body = self.objects[Key]
        self.read.append(io.BytesIO(body[: len(body) - self.cut]))
        return {"ContentLength": len(body), "Body": StreamingBody(self.read[-1], len(body))}

    def _refuse(self, what: str) -> None:
        if self.refusal:
            raise refused(self.refusal, self.status, what)


def refused(code: str, status: int, what: str) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, what)  # type: ignore[typeddict-item]


def message(key: str, bucket: str = "payloads", size: object = None, name: str = "ExtendedPayloadSize") -> Delivery:
    body = ["software.amazon.payloadoffloading.PayloadS3Pointer", {"s3BucketName": bucket, "s3Key": key}]
    return Delivery(key, json.dumps(body).encode(), "r", attributes=None if size is None else {name: str(size)})


def bodies(bucket: Bucket, **limits: Any) -> Bodies:
    queue = Sqs(name="orders", queue="q", threads=1)
    return Bodies(queue, Offloaded(**{"buckets": ("payloads",), **limits}), bucket)


def fetched(bucket: Bucket, *messages: Delivery, **limits: Any) -> list[tuple[bytes, Any]]:
    return [(d.body, d.attributes) for d in bodies(bucket, **limits).fetched(list(messages))]


@pytest.mark.parametrize("name", SIZES)
def test_a_body_takes_the_place_of_its_pointer_which_stays_beside_it(name: str) -> None:
    got = fetched(Bucket({"k": b"\xff{}"}), message("k", size=3, name=name))
    assert got == [(b"\xff{}", {name: "3", "krn:fetched": "s3://payloads/k"})]


def test_bodies_keep_the_order_of_their_messages() -> None:
    keys = [str(n) for n in range(10)]
    bucket = Bucket({key: key.encode() for key in keys})
    plain = Delivery("plain", b"{}", "r")
    got = bodies(bucket).fetched([*map(message, keys[:5]), plain, *map(message, keys[5:])])
    assert [d.body.decode() for d in got] == [*keys[:5], "{}", *keys[5:]]


def test_plain_bodies_ask_nothing_of_s3() -> None:
    bucket = Bucket({})
    plain = [
        Delivery("plain", b'{"s3BucketName":"payloads","s3Key":"k"}', "r", attributes={"ExtendedPayloadSize": "2"})
    ]
    assert bodies(bucket).fetched(plain) == plain
    assert bucket.asked == []


@pytest.mark.parametrize("other", ["secrets", "payloads-2", "PAYLOADS", "payloads/..", "arn:aws:s3:::payloads", ""])
def test_no_message_widens_the_buckets(other: str) -> None:
    bucket = Bucket({"k": b"{}"})
    given = message("k", other)
    assert bodies(bucket).fetched([given]) == [given]
    assert bucket.asked == []


@pytest.mark.parametrize("code", ["NoSuchKey", "InvalidObjectState", "InvalidRequest", "MethodNotAllowed"])
def test_an_object_that_is_gone_leaves_the_pointer_and_says_so(code: str) -> None:
    given = message("k", size=2)
    got = fetched(Bucket({}, code, 403), given)
    assert got == [(given.body, {"ExtendedPayloadSize": "2", "krn:unfetched": "payload_missing"})]


def test_no_byte_is_read_of_an_object_that_is_too_large() -> None:
    bucket, given = Bucket({"k": b"x" * 11}), message("k")
    assert fetched(bucket, given, max_bytes=10) == [(given.body, {"krn:unfetched": "payload_too_large"})]
    assert bucket.read[0].closed
    assert fetched(bucket, given, max_bytes=11)[0][0] == b"x" * 11


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("size", [3, "", "2.0", "two"])
def test_an_object_of_another_size_than_the_message_says_is_not_its_body(size: object, name: str) -> None:
    given = message("k", size=size, name=name)
    ((body, attributes),) = fetched(Bucket({"k": b"{}"}), given)
    assert (body, attributes["krn:unfetched"]) == (given.body, "payload_differs")


def test_an_object_that_is_itself_a_pointer_is_not_followed() -> None:
    inner = message("other").body
    bucket = Bucket({"k": inner, "other": b"{}"})
    assert fetched(bucket, message("k"))[0][0] == inner
    assert bucket.asked == [("payloads", "k")]


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "KMS.DisabledException"])
def test_what_a_person_must_mend_ends_the_call_and_the_messages_stay_in_the_queue(code: str) -> None:
    with pytest.raises(Unreachable, match=f"orders, bucket payloads refused GetObject: {code}"):
        fetched(Bucket({}, code, 403), message("k"))


def test_what_passes_by_itself_is_waited_for() -> None:
    with pytest.raises(Impatient, match="bucket payloads is busy"):
        fetched(Bucket({}, "SlowDown", 503), message("k"))


def test_an_object_cut_on_its_way_is_never_a_body() -> None:
    with pytest.raises(Impatient, match="bucket payloads does not answer"):
        fetched(Bucket({"k": b"{}"}, cut=1), message("k", size=2))


def test_a_bucket_that_may_not_be_listed_is_found_before_anything_is_received() -> None:
    with pytest.raises(Unreachable, match="bucket payloads refused HeadBucket: 403"):
        bodies(Bucket({}, "403", 403)).preflight()
