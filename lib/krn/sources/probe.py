"""One look at a whole file before it is planned: is it sound, what is its hash, how many deliveries does it hold."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson
import structlog

from krn.sources import formats
from krn.sources.formats import is_lines
from krn.sources.listing import File
from krn.sources.stream import Damaged, content

LINE = 16 * 2**20
CONTENT = 5 * 2**30
LINES = 100_000_000
#: Packed tighter than this is a bomb; JSON lines reach about 30. Below SMALL, repetition harms nobody.
RATIO = 200
SMALL = 16 * 2**20
SAMPLE = 64 * 2**10
#: The system refused it: the next run looks again, for what was wrong may not have been the file.
UNREADABLE = "unreadable"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: Characters that JSON text cannot hold raw; beside \t, \n and \r.
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r"))


@dataclass(frozen=True, slots=True)
class Probed:
    """What the look found. `reason` is empty for a sound file, the rest is empty for another."""

    sha256: str | None
    rows: int
    unpacked: int
    reason: str


def probe(root: Path, file: File) -> Probed | None:
    """Read `file` to its end; None when it changed or vanished meanwhile: the next run will see what it became."""
    path, digest = root / file.path, hashlib.sha256()
    try:
        rows, unpacked = _measured(path, digest, file.size)
        found = Probed(digest.hexdigest(), rows, unpacked, "")
    except Damaged as damaged:
        found = Probed(None, 0, 0, str(damaged))
    except FileNotFoundError:
        return None
    except OSError as refused:
        structlog.get_logger().warning("file_refused", path=file.path, why=str(refused))
        found = Probed(None, 0, 0, UNREADABLE)
    return found if untouched(path, file) else None


def untouched(path: Path, file: File) -> bool:
    """Whether the version that was listed is the one that lies there now."""
    try:
        found = os.stat(path, follow_symlinks=False)
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (file.size, file.mtime_ns)


def sha256(path: Path) -> str | None:
    """The hash of a file as it lies there now; None when it is gone."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _measured(path: Path, digest: "hashlib._Hash", size: int) -> tuple[int, int]:
    if is_lines(path):
        return _measure(content(path, digest), size)
    rows = unpacked = 0
    for bodies in formats.bodies(path, digest):
        rows, unpacked = rows + len(bodies), unpacked + bodies.nbytes
        _is_bounded(rows, unpacked, 0, size)
    return rows, unpacked


def _measure(pieces: Iterable[bytes], size: int) -> tuple[int, int]:
    """Lines and bytes of the content. Raises Damaged with the reason for setting the file aside."""
    rows = unpacked = 0
    tail = bytearray()  # what follows the last line end so far
    for piece in pieces:
        if not unpacked:
            _is_text(piece[:SAMPLE])
        rows, unpacked = rows + piece.count(b"\n"), unpacked + len(piece)
        _is_bounded(rows, unpacked, len(tail) + (piece.find(b"\n") if b"\n" in piece else len(piece)), size)
        _, newline, rest = piece.rpartition(b"\n")
        if newline:
            tail.clear()
        tail += rest
    if tail and not _is_complete(bytes(tail)):
        raise Damaged("half_written")
    return rows + bool(tail), unpacked


def _is_bounded(rows: int, unpacked: int, line: int, size: int) -> None:
    if line > LINE:
        raise Damaged("line_too_long")
    if unpacked > SMALL and unpacked > RATIO * size:
        raise Damaged("packed_too_tight")
    if unpacked > CONTENT or rows > LINES:
        raise Damaged("too_large")


def _is_text(sample: bytes) -> None:
    """Single broken lines are the check's business; a file that is no text at all is ours."""
    if sample.startswith(_UTF16) or sample.count(0) > len(sample) * 0.3:
        raise Damaged("utf16")
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    if controls >= 16 and controls > len(sample) * 0.02:
        raise Damaged("binary")


def _is_complete(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
