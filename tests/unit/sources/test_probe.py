"""What one look at a file finds, and what is decided about it."""

import errno
import gzip
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from krn.config import Landing
from krn.sources.landing import changed, decide, portions
from krn.sources.listing import File, listing
from krn.sources.plan import Decision, Plan, numbered, read, write
from krn.sources.probe import LINE, Probed, probe

SOUND = b'{"a":1}\n{"a":2}\n'


def put(root: Path, name: str, data: bytes) -> File:
    path = root / name
    path.write_bytes(data)
    found = path.stat()
    return File(name, found.st_size, found.st_mtime_ns)


def look(root: Path, name: str, data: bytes) -> tuple[int, str]:
    found = probe(root, put(root, name, data))
    assert found is not None
    return found.rows, found.reason


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (SOUND, 2),
        (b"", 0),
        (b"\xef\xbb\xbf", 0),
        (b'{"a":1}\n{"a":2}', 2),
        (b'{"a":1}\n\n{"a":2}\n', 3),
        (b'{"a":1}\r\n{"a":2}\r\n', 2),
        (b"not json\n", 1),
        ('{"a":"é"}\n'.encode("latin-1"), 1),
        (b'{"a":"\0"}\n{"a":1}\n', 2),
        ("\ufeff".encode() + SOUND, 2),
    ],
)
def test_a_sound_file_tells_how_many_deliveries_it_holds(tmp_path: Path, data: bytes, rows: int) -> None:
    assert look(tmp_path, "a.jsonl", data) == (rows, "")
    assert look(tmp_path, "a.jsonl.gz", gzip.compress(data)) == (rows, "")


def test_a_file_that_the_system_refuses_to_read_is_set_aside_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(tmp_path, "a.jsonl", SOUND)

    def refuse(path: Path, digest: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("krn.sources.probe.content", refuse)
    with capture_logs() as said:
        found = probe(tmp_path, file)
    assert found is not None
    assert (found.reason, [(s["event"], s["path"]) for s in said]) == ("unreadable", [("file_refused", "a.jsonl")])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1}\n{"a":', "half_written"),
        (b'{"a":1', "half_written"),
        ('{"a":1}\n'.encode("utf-16"), "utf16"),
        ('{"a":1}\n'.encode("utf-16-le"), "utf16"),
        (gzip.compress(os.urandom(4_000)), "binary"),
        (b"PK\x03\x04" + os.urandom(4_000), "binary"),
        (b"x" * (LINE + 1) + b"\n", "line_too_long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_loaded_whole_is_set_aside_with_its_reason(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    assert look(tmp_path, "a.jsonl", data) == (0, reason)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(SOUND * 99)[:-20], "truncated_gzip"),
        (b"", "truncated_gzip"),
        (SOUND, "bad_gzip"),
        (gzip.compress(b"x" * 2**20) * 600, "line_too_long"),
        (gzip.compress(b"\n" * 2**20) * 100, "packed_too_tight"),
    ],
    ids=["cut", "nothing yet", "plain text", "one line", "many lines"],
)
def test_a_gzip_file_that_lies_is_set_aside(tmp_path: Path, data: bytes, reason: str) -> None:
    assert look(tmp_path, "a.jsonl.gz", data) == (0, reason)


def test_a_line_at_the_limit_is_loaded(tmp_path: Path) -> None:
    assert look(tmp_path, "a.jsonl", b"x" * LINE + b"\n") == (1, "")


def test_a_file_that_changed_since_it_was_listed_is_left(tmp_path: Path) -> None:
    file = put(tmp_path, "a.jsonl", SOUND)
    put(tmp_path, "a.jsonl", SOUND * 2)
    assert probe(tmp_path, file) is None


def test_a_file_that_vanished_is_left(tmp_path: Path) -> None:
    assert probe(tmp_path, File("gone.jsonl", 1, 1)) is None


def decisions(root: Path, contents: dict[str, str] | None = None) -> dict[str, tuple[str, str | None]]:
    found = listing(root, 0, 0).files
    return {d.file.path: (d.status, d.reason) for d in decide(root, found, contents or {})}


def test_a_bad_file_does_not_stop_its_neighbours(tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", SOUND)
    put(tmp_path, "b.jsonl.gz", b"\x1f\x8b")
    put(tmp_path, "c.txt", SOUND)
    assert decisions(tmp_path) == {
        "a.jsonl": ("loaded", None),
        "b.jsonl.gz": ("set_aside", "truncated_gzip"),
        "c.txt": ("set_aside", "unknown_format"),
    }


def test_the_same_content_is_loaded_under_its_first_name_only(tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", SOUND)
    put(tmp_path, "b.jsonl", SOUND)
    assert decisions(tmp_path) == {
        "a.jsonl": ("loaded", None),
        "b.jsonl": ("duplicate_content", "same content as a.jsonl"),
    }


def test_content_that_an_earlier_run_loaded_is_not_loaded_again(tmp_path: Path) -> None:
    found = probe(tmp_path, put(tmp_path, "a.jsonl", SOUND))
    assert found is not None
    assert found.sha256 is not None
    assert decisions(tmp_path, {found.sha256: "old.jsonl"}) == {
        "a.jsonl": ("duplicate_content", "same content as old.jsonl")
    }


def test_empty_files_are_not_copies_of_each_other(tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", b"")
    put(tmp_path, "b.jsonl", b"")
    assert decisions(tmp_path) == {"a.jsonl": ("loaded", None), "b.jsonl": ("loaded", None)}


def test_portions_keep_the_order_and_the_limits() -> None:
    files = {File(name, size, 1): "" for name, size in [("a", 5), ("b", 5), ("c", 1), ("d", 99), ("e", 1)]}
    source = Landing(name="shop", path=Path("/landing"), max_files=2, max_bytes=10)
    assert [[f.path for f in portion] for portion in portions(files, source)] == [["a", "b"], ["c"], ["d"], ["e"]]


def decided(name: str, rows: int, status: str = "loaded") -> Decision:
    return Decision(File(name, 1, 1), status, None, f"sha-{name}", rows)


def test_rows_of_the_files_lie_one_after_another() -> None:
    plan = numbered([decided("a", 3), decided("b", 2, "set_aside"), decided("c", 0), decided("d", 4)])
    assert [(d.file.path, d.first) for d in plan] == [("a", 0), ("b", 3), ("c", 3), ("d", 3)]


def test_a_changed_file_leaves_no_gap_in_the_positions() -> None:
    plan = Plan("shop", "run1", 1, numbered([decided("a", 3), decided("b", 2), decided("c", 4)]))
    left = plan.without([plan.decisions[1]])
    assert [(d.file.path, d.status, d.first) for d in left.decisions] == [
        ("a", "loaded", 0),
        ("b", "changed_since_plan", 3),
        ("c", "loaded", 3),
    ]
    assert left.rows == 7


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = Plan("shop", "run1", 7, numbered([decided("a", 3), decided("b", 2, "set_aside")]))
    write(tmp_path / "plans" / "shop.json", plan)
    assert read(tmp_path / "plans" / "shop.json") == plan
    assert read(tmp_path / "plans" / "other.json") is None


def test_a_planned_file_with_other_content_is_found(tmp_path: Path) -> None:
    file = put(tmp_path, "a.jsonl", SOUND)
    found = probe(tmp_path, file)
    assert isinstance(found, Probed)
    plan = Plan("shop", "run1", 1, (Decision(file, "loaded", None, found.sha256, 2),))
    assert changed(tmp_path, plan) == []
    (tmp_path / "a.jsonl").write_bytes(SOUND.replace(b"1", b"3"))
    os.utime(tmp_path / "a.jsonl", ns=(file.mtime_ns, file.mtime_ns))
    assert changed(tmp_path, plan) == [plan.decisions[0]]
