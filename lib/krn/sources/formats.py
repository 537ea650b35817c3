"""The bodies of a file, by its format: lines of JSON as they lie there, records of CSV and rows of Parquet as JSON."""

import base64
import csv
import hashlib
import io
import math
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from krn.sources.stream import PIECE, Damaged, blocks, content, lines

#: Text under another name is somebody's notes.
NAMES = re.compile(r"\.((jsonl|ndjson|json|csv)(\.gz)?|parquet)$")
_CSV = re.compile(r"\.csv(\.gz)?$")
ROWS = 5_000  # that are turned into bodies at a time
CELL = 16 * 2**20  # characters


def is_lines(path: Path) -> bool:
    """Whether the file holds one body a line, so that it needs no reader of its own."""
    return path.suffix != ".parquet" and _CSV.search(path.name) is None


def bodies(path: Path, digest: "hashlib._Hash") -> Iterator[pa.Array]:
    """The bodies as binary arrays, while `digest` is fed with the bytes as they lie there. Raises Damaged."""
    if is_lines(path):
        yield from map(lines, blocks(content(path, digest)))
        return
    found = _rows(path, digest) if path.suffix == ".parquet" else _records(content(path, digest))
    while some := list(islice(found, ROWS)):
        yield pa.array(some, pa.binary())


def _body(row: dict[str, Any] | list[str]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_PASSTHROUGH_DATETIME, default=_spelled)


def _records(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The records of RFC 4180 text under the names of its first; empty lines are none.

    One that is not as long as the first is a list, which the check refuses: nobody knows which cell is whose. A last
    record without a line end may be cut within a cell, which no reader could tell, as it can of JSON.
    """
    csv.field_size_limit(CELL)
    stream = _Stream(pieces)
    try:
        records = csv.reader(io.TextIOWrapper(io.BufferedReader(stream), "utf-8", newline=""), strict=True)
        header = next(records, [])
        _names_each_once(header)
        for cells in records:
            if cells:
                yield _body(dict(zip(header, cells, strict=True)) if len(cells) == len(header) else cells)
    except UnicodeDecodeError:
        raise Damaged("encoding") from None
    except csv.Error:
        raise Damaged("bad_csv") from None
    if stream.last not in b"\r\n":
        raise Damaged("half_written")


def _names_each_once(header: list[str]) -> None:
    if len(set(header)) != len(header) or not all(header):
        raise Damaged("bad_header")


def _rows(path: Path, digest: "hashlib._Hash") -> Iterator[bytes]:
    """The rows, if all of them can be told: Parquet holds times and texts that neither Python nor JSON has."""
    with path.open("rb") as file:
        while data := file.read(PIECE):
            digest.update(data)
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            _names_each_once(file.schema_arrow.names)
            for batch in file.iter_batches(ROWS):
                yield from map(_body, map(_told, batch.to_pylist()))
    except (pa.ArrowException, OverflowError, ValueError, KeyError):  # KeyError: of an unknown time zone
        raise Damaged("bad_parquet") from None
    except OSError as wrong:
        if wrong.errno is not None:
            raise  # the system's; what Arrow can't decode has no number
        raise Damaged("bad_parquet") from None


def _told(value: Any) -> Any:
    """The value with numbers that are not finite as text, since JSON would say null: an amount is then at fault."""
    if isinstance(value, dict):
        return {name: _told(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_told(held) for held in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _spelled(value: object) -> str:
    """What JSON has no type for, as contracts read it: exact amounts and ISO times; bytes in base64."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")  # str of a small one has an exponent
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


class _Stream(io.RawIOBase):
    """Pieces of bytes as a file that is read once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._held = iter(pieces), b""
        self.last = b""  # byte that was read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = piece
        taken = self._held[: len(buffer)]
        buffer[: len(taken)], self._held, self.last = taken, self._held[len(taken) :], taken[-1:]
        return len(taken)
