"""A queue service inside the process, for the demo and the tests: moto's server on loopback, made fit for threads."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import orjson

REGION = "us-east-1"
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": REGION}


@dataclass(frozen=True)
class Embedded:
    """A running service; `client` speaks to it and to nothing else, with keys that open nothing."""

    endpoint_url: str
    client: Any

    def queue(self, name: str, max_receive_count: int = 5) -> str:
        """Make a queue with its dead-letter queue, FIFO when the name says so; returns its URL."""
        fifo = name.endswith(".fifo")
        kind = {"FifoQueue": "true"} if fifo else {}
        dead = f"{name.removesuffix('.fifo')}_dead{'.fifo' if fifo else ''}"
        dead_url = self.client.create_queue(QueueName=dead, Attributes=kind)["QueueUrl"]
        arn = self.client.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = orjson.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": max_receive_count}).decode()
        return str(self.client.create_queue(QueueName=name, Attributes={**kind, "RedrivePolicy": redrive})["QueueUrl"])


@contextmanager
def embedded() -> Iterator[Embedded]:
    """The service on a free port of 127.0.0.1, for as long as the block runs."""
    from moto.server import ThreadedMotoServer  # a second of import that only the demo and the tests pay

    from krn.sources import mended

    mended.mend()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for every request otherwise
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    try:
        yield Embedded(endpoint, boto3.client("sqs", endpoint_url=endpoint, **KEYS))
    finally:
        server.stop()
