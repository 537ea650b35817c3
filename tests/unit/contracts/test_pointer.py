"""Which bodies point into S3, and to where; what a sender writes there must not lead anywhere else."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.contracts.check import check
from krn.contracts.contract import Delivered
from krn.contracts.known import Contracts
from krn.contracts.pointer import Pointer, is_pointer, pointer

NEW, OLD = "software.amazon.payloadoffloading.PayloadS3Pointer", "com.amazon.sqs.javamessaging.MessageS3Pointer"


def body(key: object = "a/0b-1", bucket: object = "shop", name: str = NEW) -> bytes:
    return json.dumps([name, {"s3BucketName": bucket, "s3Key": key}]).encode()


@pytest.mark.parametrize("name", [NEW, OLD])
def test_both_names_of_the_library_are_known(name: str) -> None:
    assert pointer(body(name=name)) == Pointer("shop", "a/0b-1")


@pytest.mark.parametrize(
    "key",
    ["", "../other/x", "a/../../b", "a/..", "./a", "a?versionId=1", "a#b", "a\\b", "a\nb", "é", "a" * 1_025, 7, None],
)
def test_a_key_that_could_lead_elsewhere_is_not_followed(key: object) -> None:
    assert pointer(body(key)) is None


@pytest.mark.parametrize("key", ["a..b", "...", "a/.b", "a" * 1_024])
def test_dots_within_a_name_lead_nowhere(key: str) -> None:
    assert pointer(body(key)) == Pointer("shop", key)


@pytest.mark.parametrize(
    "broken",
    [
        body()[:-3],
        body() + b"x",
        body(bucket=["shop"]),
        f'["{NEW}"]'.encode(),
        f'["{NEW}",7]'.encode(),
        f'["{NEW}",[]]'.encode(),
        f'["{NEW}",{{}},1]'.encode(),
    ],
)
def test_a_broken_pointer_means_to_be_one_and_names_no_place(broken: bytes) -> None:
    assert (is_pointer(broken), pointer(broken)) == (True, None)


@given(st.binary(max_size=40), st.integers(0, 100))
def test_no_bytes_make_it_raise(noise: bytes, at: int) -> None:
    pointer(body()[:at] + noise + body()[at:])


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("payload_missing", "payload_missing"),
        ("payload_too_large", "payload_too_large"),
        ("payload_differs", "payload_differs"),
        ("", "pointer_not_followed"),
        ("accepted", "pointer_not_followed"),
    ],
)
def test_what_ingest_found_out_is_why_a_pointer_is_set_aside(
    told: str, reason: str, delivered: Delivered, contracts: Contracts
) -> None:
    assert check(body(), replace(delivered, unfetched=told), contracts).reasons == (reason,)


def test_what_ingest_found_out_is_of_no_account_where_the_body_is_an_event(
    order: Callable[..., bytes], delivered: Delivered, contracts: Contracts
) -> None:
    assert check(order(), replace(delivered, unfetched="payload_missing"), contracts).ok
