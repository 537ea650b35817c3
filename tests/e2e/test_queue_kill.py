"""The protocol of the queue under spark-submit, killed where it hurts: nothing is lost."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from deltalake import DeltaTable
from starting import QUICK

from krn.sources.embedded import KEYS, Embedded, embedded

HOME = Path(__file__).parents[2]
SUBMIT = ("bin/env", "spark-submit", "--properties-file", "conf/spark-defaults.conf", "jobs/ingest.py")
VISIBILITY_S = 6  # of a round of two seconds, as little as may be
KILLED = 128 + signal.SIGKILL


@pytest.fixture(scope="module")
def service() -> Iterator[Embedded]:
    with embedded() as running:
        yield running


def send(service: Embedded, url: str, n: int) -> set[str]:
    sent = set[str]()
    for at in range(0, n, 10):
        entries = [{"Id": str(i), "MessageBody": f'{{"n":{at + i}}}'} for i in range(10)]
        sent |= {m["MessageId"] for m in service.client.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]}
    return sent


def submit(config: Path, failpoint: str) -> int:
    keys = {"AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"], "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"]}
    armed = {"KRN_FAILPOINT": failpoint} if failpoint else {}
    ended = subprocess.run(
        [*SUBMIT, "--config", str(config)],
        cwd=HOME,
        env={**os.environ, **keys, **armed, **QUICK},
        capture_output=True,
        check=False,
        timeout=180,
    )
    return ended.returncode


def bronze(warehouse: Path) -> list[str]:
    """The keys in bronze."""
    table = DeltaTable(str(warehouse / "bronze" / "deliveries"))
    keys: list[str] = table.to_pyarrow_table(columns=["delivery_key"]).column(0).to_pylist()
    return keys


def left(service: Embedded, url: str) -> set[str]:
    """Ids that the queue still holds, seen or hidden."""
    from moto.sqs.models import sqs_backends

    queue = sqs_backends["123456789012"]["us-east-1"].queues[url.rpartition("/")[2]]
    return {message.id for message in queue._messages}


@pytest.mark.parametrize(
    ("threads", "killed"),
    [
        pytest.param(1, {"mid_ack:2": 50}, id="once"),
        # a process more, which dies before it has told the queue anything; the others go on while one is being killed
        pytest.param(4, {"post_commit": 50, "mid_ack:2": 100}, id="twice", marks=pytest.mark.slow),
    ],
)
def test_a_drain_that_is_killed_while_it_tells_the_queue_what_is_durable_ends_with_every_message_in_bronze(
    service: Embedded, tmp_path: Path, threads: int, killed: Mapping[str, int]
) -> None:
    """By place, how much is durable when it is killed there; test_ingest_rounds dies at the others, in process."""
    url = service.queue(tmp_path.name, max_receive_count=9)
    sent = send(service, url, 120)
    config = tmp_path / "krn.toml"
    config.write_text(
        f"""warehouse = "{tmp_path / "warehouse"}"
[[sources]]
name = "orders"
kind = "sqs"
queue_url = "{url}"
endpoint_url = "{service.endpoint_url}"
round_messages = 50
round_seconds = 2
visibility_s = {VISIBILITY_S}
threads = {threads}
"""
    )
    for failpoint, durable in killed.items():
        assert submit(config, failpoint) == KILLED
        assert len(bronze(tmp_path / "warehouse")) == durable
        assert sent - left(service, url) <= set(bronze(tmp_path / "warehouse"))
        time.sleep(VISIBILITY_S)
    told = len(sent - left(service, url))
    assert told == 20 if threads == 1 else 20 <= told <= 50
    assert submit(config, "") == 0
    assert set(bronze(tmp_path / "warehouse")) == sent
    assert left(service, url) == set()
