"""A job under spark-submit that is told to stop finishes what it holds."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from starting import QUICK

from krn import journal
from krn.sources.embedded import KEYS, embedded

HOME = Path(__file__).parents[2]
SUBMIT = ("bin/env", "spark-submit", "--properties-file", "conf/spark-defaults.conf", "jobs/ingest.py", "--config")


def test_a_job_that_is_told_to_stop_finishes_commit_and_ack_and_ends_with_143(tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"], "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"]}
    log = tmp_path / "warehouse" / "bronze" / "deliveries" / "_delta_log"
    with embedded() as service:
        url = service.queue("stop")
        for at in range(0, 400, 10):
            entries = [{"Id": str(i), "MessageBody": f'{{"n":{at + i}}}'} for i in range(10)]
            service.client.send_message_batch(QueueUrl=url, Entries=entries)
        (tmp_path / "krn.toml").write_text(
            f"""warehouse = "{tmp_path / "warehouse"}"
[[sources]]
name = "orders"
kind = "sqs"
queue_url = "{url}"
endpoint_url = "{service.endpoint_url}"
round_messages = 20
threads = 1
"""
        )
        command = [*SUBMIT, str(tmp_path / "krn.toml")]
        with subprocess.Popen(
            command, cwd=HOME, env={**os.environ, **keys, **QUICK}, stderr=subprocess.PIPE, text=True
        ) as job:
            _until((log / f"{1:020}.json").exists)
            job.send_signal(signal.SIGTERM)
            _, said = job.communicate(timeout=60)
        left = {m.id for m in _left(url)}
    durable = DeltaTable(str(log.parent)).to_pyarrow_table(columns=["delivery_key"]).column(0).to_pylist()
    assert job.returncode == 128 + signal.SIGTERM, said
    assert 40 <= len(durable) == len(set(durable)) < 400
    assert (left & set(durable), len(left) + len(durable)) == (set(), 400)
    assert [r["exit_code"] for r in journal.runs(tmp_path / "warehouse")] == [143]


def _until(happened: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def _left(url: str) -> list[Any]:
    from moto.sqs.models import sqs_backends

    return list(sqs_backends["123456789012"]["us-east-1"].queues[url.rpartition("/")[2]]._messages)
