"""Hands deliveries over: landing files by day of arrival, and bodies for a queue."""

import gzip
import os
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from random import Random
from zlib import crc32

from krn.simulate.faults import Delivery


def split(deliveries: Iterable[Delivery], landing_share: float, seed: int) -> tuple[list[Delivery], list[Delivery]]:
    """Which deliveries go to the folder and which to the queue; copies of one event may part."""
    rng = Random(f"split {seed}")
    by_file: list[Delivery] = []
    by_queue: list[Delivery] = []
    for delivery in deliveries:
        goes_by_file = rng.random() < landing_share or delivery.by_file or delivery.is_flat
        (by_file if goes_by_file else by_queue).append(delivery)
    return by_file, by_queue


def land(folder: Path, deliveries: Iterable[Delivery], parts: int = 1) -> int:
    """Write deliveries, given in order of arrival, as dt=YYYY-MM-DD/part-NN.jsonl.gz; returns the number of lines."""
    n = 0
    for day, arrived in groupby(deliveries, key=lambda delivery: delivery.arrives_at.date()):
        files: dict[int, list[Delivery]] = defaultdict(list)
        for delivery in arrived:
            files[crc32(delivery.group.encode()) % parts].append(delivery)
        for part, lines in files.items():
            _write(folder / f"dt={day}" / f"part-{part:02d}.jsonl.gz", lines)
            n += len(lines)
    return n


def _write(path: Path, lines: list[Delivery]) -> None:
    """The same lines give the same bytes; the file's time is when its first line arrived, which dates flat bodies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = b"".join(line.body + b"\n" for line in lines)
    path.write_bytes(gzip.compress(body, compresslevel=1, mtime=0))
    at = lines[0].arrives_at.timestamp()
    os.utime(path, (at, at))
