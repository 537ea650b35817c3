"""The client of Amazon's services, and what its errors mean for a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore import exceptions as lost
from botocore.config import Config as Settings
from botocore.exceptions import BotoCoreError, ClientError

from krn.config import Sqs
from krn.errors import Unreachable
from krn.sources.pull import Impatient

#: Answers that ask for patience, beside every 5xx.
BUSY = frozenset(
    (
        "OverLimit",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    )
)


def connect(config: Sqs) -> Any:
    """An SQS client."""
    return _client("sqs", config.region, config.endpoint_url, config.threads + 2)


def connect_s3(config: Sqs, endpoint_url: str | None, connections: int) -> Any:
    """An S3 client of the same role and region."""
    return _client("s3", config.region, endpoint_url, connections)


def connect_sns(region: str, endpoint_url: str | None) -> Any:
    """An SNS client of the same role."""
    return _client("sns", region, endpoint_url, 1)


def _client(service: str, region: str, endpoint_url: str | None, connections: int) -> Any:
    """Of 300 sends with 20 % failing answers three attempts gave up 4 times, ten never."""
    settings = Settings(
        retries={"mode": "standard", "total_max_attempts": 10},
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=connections,
    )
    try:
        return boto3.client(service, region_name=region, endpoint_url=endpoint_url, config=settings)
    except (BotoCoreError, ValueError) as wrong:
        raise Unreachable(f"There is no way to {service}: {wrong}.", "mend region or endpoint_url") from wrong


@contextmanager
def explained(queue: str) -> Iterator[None]:
    """The client's errors as ours: `Impatient` for what passes by itself, `Unreachable` for what a person must mend."""
    try:
        yield
    except ClientError as refused:
        if busy(refused):
            raise Impatient(f"Queue {queue} is busy ({code(refused)})") from refused
        state = f"Queue {queue} refused {refused.operation_name}: {code(refused)}."
        raise Unreachable(
            state, "check the queue's name, region and the role's permissions, then krn doctor"
        ) from refused
    except (lost.ConnectionError, lost.HTTPClientError, lost.IncompleteReadError, lost.FlexibleChecksumError) as gone:
        raise Impatient(f"Queue {queue} does not answer ({type(gone).__name__})") from gone
    except BotoCoreError as wrong:
        raise Unreachable(
            f"Queue {queue} cannot be asked: {wrong}.", "check credentials and region, then krn doctor"
        ) from wrong


def code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "")).rsplit("#", 1)[-1]


def busy(error: ClientError) -> bool:
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return status >= 500 or code(error).rsplit(".", 1)[-1] in BUSY


def denied(error: ClientError) -> bool:
    return "AccessDenied" in code(error) or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 403
