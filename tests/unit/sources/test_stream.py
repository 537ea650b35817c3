"""Content, blocks and lines of a file."""

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.sources import stream
from krn.sources.stream import Damaged, blocks, content, lines


def read(path: Path) -> bytes:
    return b"".join(content(path, hashlib.sha256()))


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\nb", [b"a", b"b"]),
        (b"a\r\nb\r\n", [b"a", b"b"]),
        (b"a\n\n\nb\n", [b"a", b"", b"", b"b"]),
        (b"\n", [b""]),
        (b"", [b""]),
        (b"a\rb\x0bc\x0cd\xc2\x85e\xe2\x80\xa8f\n", [b"a\rb\x0bc\x0cd\xc2\x85e\xe2\x80\xa8f"]),
        (b"a\r\r\n", [b"a\r"]),
        (b"\xff\n", [b"\xff"]),
    ],
)
def test_only_a_line_feed_ends_a_line(block: bytes, expected: list[bytes]) -> None:
    assert lines(block).to_pylist() == expected


@given(st.binary(max_size=200).map(lambda b: b.replace(b"\r", b"")))
def test_lines_agree_with_splitting(block: bytes) -> None:
    expected = block.split(b"\n")
    assert lines(block).to_pylist() == (expected[:-1] if block.endswith(b"\n") else expected)


@given(st.lists(st.binary(max_size=9)), st.integers(1, 20))
def test_blocks_join_to_the_content_and_end_at_line_ends(pieces: list[bytes], size: int) -> None:
    got = list(blocks(pieces, size))
    assert b"".join(got) == b"".join(pieces)
    assert all(block.endswith(b"\n") for block in got[:-1])


def test_a_byte_order_mark_belongs_to_the_file(tmp_path: Path) -> None:
    assert read(put(tmp_path, "a.jsonl", b"\xef\xbb\xbf{}\n")) == b"{}\n"


def test_all_members_of_a_gzip_file_are_read(tmp_path: Path) -> None:
    data = gzip.compress(b"a\n") + gzip.compress(b"") + gzip.compress(b"b\n")
    assert read(put(tmp_path, "a.jsonl.gz", data)) == b"a\nb\n"


def test_a_large_gzip_file_is_read_to_its_end(tmp_path: Path) -> None:
    data = b"".join(b'{"n":%d}\n' % n for n in range(400_000))
    assert len(data) > 4 * stream.PIECE
    assert read(put(tmp_path, "a.jsonl.gz", gzip.compress(data, 1))) == data


@pytest.mark.parametrize("cut", [0, 1, 9, 12, -9, -1])
def test_a_gzip_file_cut_anywhere_is_truncated(tmp_path: Path, cut: int) -> None:
    with pytest.raises(Damaged, match="truncated_gzip"):
        read(put(tmp_path, "a.jsonl.gz", gzip.compress(b'{"a":1}\n' * 50)[:cut]))


@pytest.mark.parametrize(
    "data",
    [b'{"a":1}\n', gzip.compress(b"a\n") + b"garbage", gzip.compress(b"a\n")[:-8] + b"\0\0\0\0\x02\0\0\0"],
    ids=["not gzip", "trailing garbage", "wrong checksum"],
)
def test_what_is_not_sound_gzip_is_damaged(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Damaged, match="bad_gzip"):
        read(put(tmp_path, "a.jsonl.gz", data))


def test_the_digest_is_of_the_bytes_as_they_lie_there(tmp_path: Path) -> None:
    path, digest = put(tmp_path, "a.jsonl.gz", gzip.compress(b"a\n")), hashlib.sha256()
    list(content(path, digest))
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()
