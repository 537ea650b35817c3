"""Hands deliveries over: landing files by day of arrival, and bodies for a queue."""

import gzip
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from zlib import crc32

from krn.simulate.faults import Delivery


def ways(deliveries: Iterable[Delivery], landing_share: float, seed: int) -> Iterator[tuple[Delivery, bool]]:
    """Each with whether it goes to the folder, not to the queue; copies of one event may part."""
    rng = Random(f"split {seed}")
    for delivery in deliveries:
        yield delivery, rng.random() < landing_share or delivery.by_file or delivery.is_flat


class Landing:
    """Takes deliveries in order of arrival, and writes each day's when it is over."""

    def __init__(self, folder: Path, parts: int = 1) -> None:
        self._folder = folder
        self._parts = parts
        self.lines = 0
        self._day: date | None = None
        self._files: dict[int, list[Delivery]] = defaultdict(list)

    def add(self, delivery: Delivery) -> None:
        if delivery.arrives_at.date() != self._day:
            self.close()
            self._day = delivery.arrives_at.date()
        self.lines += 1
        self._files[crc32(delivery.group.encode()) % self._parts].append(delivery)

    def close(self) -> None:
        for part, lines in self._files.items():
            _write(self._folder / f"dt={self._day}" / f"part-{part:02d}.jsonl.gz", lines)
        self._files.clear()


def land(folder: Path, deliveries: Iterable[Delivery], parts: int = 1) -> int:
    """Write deliveries, given in order of arrival, as dt=YYYY-MM-DD/part-NN.jsonl.gz; returns the number of lines."""
    landing = Landing(folder, parts)
    for delivery in deliveries:
        landing.add(delivery)
    landing.close()
    return landing.lines


def _write(path: Path, lines: list[Delivery]) -> None:
    """The same lines give the same bytes; the file's time is when its first line arrived, which dates flat bodies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = b"".join(line.body + b"\n" for line in lines)
    path.write_bytes(gzip.compress(body, compresslevel=1, mtime=0))
    at = lines[0].arrives_at.timestamp()
    os.utime(path, (at, at))
