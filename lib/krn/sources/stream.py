"""The content of a file piece by piece, and its lines as Arrow; nothing but `\\n` ends a line."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

PIECE = 2**20
BLOCK = 8 * 2**20
BOM = b"\xef\xbb\xbf"


class Damaged(Exception):
    """The file cannot be read to its end; its argument is the reason."""


def content(path: Path, digest: "hashlib._Hash") -> Iterator[bytes]:
    """The unpacked content, while `digest` is fed with the bytes as they lie there. Raises Damaged."""
    with path.open("rb") as file:
        packed = _read(file, digest)
        pieces = _gunzip(packed) if path.suffix == ".gz" else packed
        yield next(pieces, b"").removeprefix(BOM)  # it belongs to the file, not to the first line
        yield from pieces


def _read(file: BinaryIO, digest: "hashlib._Hash") -> Iterator[bytes]:
    while data := file.read(PIECE):
        digest.update(data)
        yield data


def _gunzip(packed: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack all members, at most one piece at a time so that a bomb cannot fill the memory."""
    member = zlib.decompressobj(31)
    try:
        for left in packed:
            data = left
            while data:
                if member.eof:
                    member = zlib.decompressobj(31)
                piece = member.decompress(data, PIECE)
                data = member.unused_data if member.eof else member.unconsumed_tail
                if piece:
                    yield piece
    except zlib.error as wrong:
        raise Damaged("bad_gzip") from wrong
    if not member.eof:
        raise Damaged("truncated_gzip")


def blocks(pieces: Iterable[bytes], about: int = BLOCK) -> Iterator[bytes]:
    """Whole lines, `about` so many bytes at a time; only the last block may end without a line end."""
    held, size = [], 0  # type: list[bytes], int
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= about:
            block = b"".join(held)
            cut = block.rfind(b"\n") + 1
            if cut:
                yield block[:cut]
            held, size = [block[cut:]], len(block) - cut
    if rest := b"".join(held):
        yield rest


def lines(block: bytes) -> pa.Array:
    """The lines of a block as binary, without `\\n` or `\\r\\n`: whole-array steps, no Python per line."""
    block = block.replace(b"\r\n", b"\n")
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    text = block.translate(None, b"\n")
    offsets = np.concatenate(([0], ends - np.arange(len(ends)), [len(text)])).astype(np.int32)
    if block.endswith(b"\n"):
        offsets = offsets[:-1]
    return pa.Array.from_buffers(pa.binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(text)])
