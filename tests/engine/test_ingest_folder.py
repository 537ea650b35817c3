"""A landing folder into bronze: each version of a file once and whole, whatever dies on the way."""

import base64
import gzip
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from krn.config import Landing
from krn.errors import Unreadable
from krn.failpoints import arm, disarm
from krn.ingest import ingest_folder
from krn.sources import reading
from krn.sources.ingested import Ingested
from krn.store import Store
from krn.tables.bronze.deliveries import BATCH_ROWS

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
POINTS = ("planned", "pre_commit", "post_commit", "loaded", "marked")


class Crash(Exception):
    """The process died here."""


class Folder:
    """A landing folder and the runs over it."""

    def __init__(self, store: Store, root: Path) -> None:
        self.store, self.root, self.runs = store, root, 0
        root.mkdir()

    def put(self, name: str, data: bytes, mtime: int = 1_700_000_000) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (mtime, mtime))

    def ingest(self, stop: Callable[[], bool] = lambda: False, **limits: Any) -> Ingested:
        self.runs += 1
        source = Landing(name="shop", path=self.root, **{"settle_s": 0, **limits})
        return ingest_folder(source, self.store, f"run{self.runs}", lambda: NOW, stop)

    def bronze(self, *columns: str) -> list[tuple[Any, ...]]:
        if not self.store.exists("bronze.deliveries"):
            return []
        return [tuple(r) for r in self.store.read("bronze.deliveries").orderBy("row_id").selectExpr(*columns).collect()]

    def ledger(self) -> list[tuple[Any, ...]]:
        rows = (
            self.store.read("ops.files")
            .orderBy("recorded_at", "run_id", "path")
            .select("path", "status", "reason", "rows")
            .collect()
        )
        return [tuple(r) for r in rows]

    def versions(self) -> tuple[int | None, int | None]:
        return self.store.head("bronze.deliveries"), self.store.head("ops.files")


@pytest.fixture
def folder(store: Store, tmp_path: Path) -> Folder:
    return Folder(store, tmp_path / "landing")


def crash() -> None:
    raise Crash


def lines(*bodies: str) -> bytes:
    return "".join(f"{body}\n" for body in bodies).encode()


def test_files_become_rows_by_path_and_line(folder: Folder) -> None:
    folder.put("b.jsonl", lines("b1", "", "b3"))
    folder.put("a/x.jsonl.gz", gzip.compress(lines("x1", "x2")))
    assert folder.ingest().rows == 5
    assert folder.bronze("row_id", "position", "path", "line", "payload") == [
        (BATCH_ROWS + 0, 0, "a/x.jsonl.gz", 1, "x1"),
        (BATCH_ROWS + 1, 1, "a/x.jsonl.gz", 2, "x2"),
        (BATCH_ROWS + 2, 2, "b.jsonl", 1, "b1"),
        (BATCH_ROWS + 3, 3, "b.jsonl", 2, ""),
        (BATCH_ROWS + 4, 4, "b.jsonl", 3, "b3"),
    ]


def test_a_file_that_cannot_be_read_is_told_once_and_loaded_once_it_can(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, digest: object) -> bytes:
        raise PermissionError("Permission denied")

    folder.put("a.jsonl", lines("a1"))
    with monkeypatch.context() as patched:
        patched.setattr("krn.sources.probe.content", refuse)
        folder.ingest()
        folder.ingest()
    assert folder.ledger() == [("a.jsonl", "set_aside", "unreadable", 0)]
    folder.ingest()
    folder.ingest()
    assert folder.ledger()[1:] == [("a.jsonl", "loaded", None, 1)]


def test_a_record_of_csv_is_a_row_that_says_which(folder: Folder) -> None:
    folder.put("a.csv.gz", gzip.compress(b'no,note\r\n1,"two\r\nlines"\r\n2,\r\n'))
    assert folder.ingest().rows == 2
    assert folder.bronze("path", "line", "payload") == [
        ("a.csv.gz", 1, '{"no":"1","note":"two\\r\\nlines"}'),
        ("a.csv.gz", 2, '{"no":"2","note":""}'),
    ]
    assert folder.ingest().rows == 0


def test_a_row_says_where_it_came_from(folder: Folder) -> None:
    folder.put("a.jsonl", lines("{}"))
    folder.ingest()
    sha = "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"
    (row,) = folder.bronze(
        "batch", "source", "source_kind", "delivery_key", "run_id", "payload_encoding", "receive_count", "attributes"
    )
    assert row == (1, "shop", "landing", f"{sha}:1", "run1", "utf8", None, None)
    ((sent, received),) = (
        folder.store.read("bronze.deliveries").selectExpr("unix_micros(sent_at)", "unix_micros(received_at)").collect()
    )
    assert (sent, received) == (1_700_000_000_000_000, int(NOW.timestamp()) * 1_000_000 + 678_901)


def test_a_line_that_is_not_utf8_is_kept_and_its_neighbours_are_text(folder: Folder) -> None:
    folder.put("a.jsonl", b"ok\r\n\xff\xfe{\n\xc3\xa9\0\n")
    folder.ingest()
    assert folder.bronze("payload_encoding", "payload") == [
        ("utf8", "ok"),
        ("base64", base64.b64encode(b"\xff\xfe{").decode()),
        ("utf8", "é\0"),
    ]


def test_bad_files_are_set_aside_with_a_reason_while_the_rest_is_loaded(folder: Folder) -> None:
    folder.put("cut.jsonl.gz", gzip.compress(lines("x") * 99)[:-9])
    folder.put("half.jsonl", b'{"a":')
    folder.put("notes.txt", b"hello\n")
    folder.put("ok.jsonl", lines("{}"))
    folder.put("wide.jsonl", "{}\n".encode("utf-16"))
    folder.put("zero.jsonl", b"")
    assert folder.ingest().rows == 1
    assert folder.ledger() == [
        ("cut.jsonl.gz", "set_aside", "truncated_gzip", 0),
        ("half.jsonl", "set_aside", "half_written", 0),
        ("notes.txt", "set_aside", "unknown_format", 0),
        ("ok.jsonl", "loaded", None, 1),
        ("wide.jsonl", "set_aside", "utf16", 0),
        ("zero.jsonl", "loaded", None, 0),
    ]


def test_a_run_over_an_unchanged_folder_makes_no_commit(folder: Folder) -> None:
    folder.put("a.jsonl", lines("{}"))
    folder.put("b.jsonl", lines("{}"))
    folder.put("c.txt", b"x\n")
    folder.ingest()
    before = folder.versions()
    got = folder.ingest()
    assert (got.batches, folder.versions()) == ((), before)


def test_a_folder_without_rows_makes_no_bronze_commit(folder: Folder) -> None:
    folder.put("a.jsonl", b"")
    folder.ingest()
    assert folder.versions() == (None, 0)


def test_a_file_replaced_under_its_name_is_a_new_version(folder: Folder) -> None:
    folder.put("a.jsonl", lines("1"))
    folder.ingest()
    folder.put("a.jsonl", lines("2"), mtime=1_700_000_001)  # same size
    folder.ingest()
    assert folder.bronze("batch", "payload") == [(1, "1"), (2, "2")]


def test_a_file_that_is_finished_later_is_loaded_then(folder: Folder) -> None:
    folder.put("a.jsonl", b'{"a":1}\n{"a":')
    folder.ingest()
    folder.put("a.jsonl", b'{"a":1}\n{"a":2}\n')
    folder.ingest()
    assert folder.bronze("line", "payload") == [(1, '{"a":1}'), (2, '{"a":2}')]


def test_content_that_was_loaded_is_not_loaded_again_under_another_name_or_time(folder: Folder) -> None:
    folder.put("a.jsonl", lines("{}"))
    folder.ingest()
    folder.put("a.jsonl", lines("{}"), mtime=1_700_000_001)
    folder.put("b.jsonl", lines("{}"))
    assert folder.ingest().rows == 0
    assert folder.ledger()[1:] == [
        ("a.jsonl", "duplicate_content", "same content as a.jsonl", 0),
        ("b.jsonl", "duplicate_content", "same content as a.jsonl", 0),
    ]


def test_a_young_file_is_left_and_counted(folder: Folder) -> None:
    folder.put("a.jsonl", lines("{}"), mtime=int(NOW.timestamp()) - 59)
    assert folder.ingest(settle_s=60).young == 1
    assert folder.bronze("payload") == []


def test_portions_are_loaded_one_after_another_and_stop_between_two(folder: Folder) -> None:
    for name in "abc":
        folder.put(f"{name}.jsonl", lines(name))
    calls = iter([False, False])
    got = folder.ingest(stop=lambda: next(calls, True), max_files=1)
    assert (got.stop_reason, folder.bronze("batch", "payload")) == ("stopped", [(1, "a"), (2, "b")])
    assert folder.ingest().rows == 1


@pytest.mark.parametrize("point", POINTS)
def test_a_run_that_died_is_finished_by_the_next(folder: Folder, point: str) -> None:
    folder.put("a.jsonl", lines("a1", "a2"))
    folder.put("b.jsonl.gz", b"broken")
    arm(point, crash)
    with pytest.raises(Crash):
        folder.ingest()
    disarm()
    folder.ingest()
    assert folder.bronze("row_id", "payload") == [(BATCH_ROWS, "a1"), (BATCH_ROWS + 1, "a2")]
    assert folder.ledger() == [("a.jsonl", "loaded", None, 2), ("b.jsonl.gz", "set_aside", "bad_gzip", 0)]
    assert not list((folder.store.root / "ops" / "plans").iterdir())


def test_a_batch_number_taken_after_the_crash_does_not_pass_for_the_planned_one(folder: Folder, tmp_path: Path) -> None:
    folder.put("a.jsonl", lines("a"))
    arm("planned", crash)
    with pytest.raises(Crash):
        folder.ingest()
    disarm()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "o.jsonl").write_bytes(lines("o"))
    ingest_folder(
        Landing(name="other", path=tmp_path / "other", settle_s=0), folder.store, "run9", lambda: NOW, lambda: False
    )
    folder.ingest()
    assert folder.bronze("batch", "source", "payload") == [(1, "other", "o"), (2, "shop", "a")]


def test_a_file_that_changed_after_the_crash_is_dropped_from_the_plan_and_loaded_as_it_is_now(folder: Folder) -> None:
    folder.put("a.jsonl", lines("a"))
    folder.put("b.jsonl", lines("b"))
    arm("planned", crash)
    with pytest.raises(Crash):
        folder.ingest()
    disarm()
    folder.put("a.jsonl", lines("A"), mtime=1_700_000_001)
    folder.ingest()
    assert folder.bronze("batch", "payload") == [(1, "b"), (2, "A")]
    assert ("a.jsonl", "changed_since_plan", "the planned content is gone", 0) in folder.ledger()


def test_a_file_that_changes_while_it_is_loaded_is_left_for_the_next_run(folder: Folder) -> None:
    folder.put("a.jsonl", lines("a"))
    folder.put("b.jsonl", lines("b"))
    arm("planned", lambda: folder.put("a.jsonl", lines("A")))  # same size, same time: only the hash can tell
    folder.ingest()
    assert folder.bronze("payload") == [("b",)]
    disarm()
    folder.ingest()
    assert folder.bronze("batch", "payload") == [(1, "b"), (2, "A")]


def test_half_a_batch_in_bronze_stops_the_run(folder: Folder) -> None:
    folder.put("a.jsonl", lines("a1", "a2"))
    arm("loaded", crash)
    with pytest.raises(Crash):
        folder.ingest()
    disarm()
    plan = folder.store.root / "ops" / "plans" / "shop.json"
    plan.write_text(plan.read_text().replace('"rows": 2', '"rows": 3'))
    with pytest.raises(Unreadable, match="Bronze has 2 of the 3 rows of batch 1"):
        folder.ingest()


def test_a_damaged_plan_stops_the_run_and_is_named(folder: Folder) -> None:
    plan = folder.store.root / "ops" / "plans" / "shop.json"
    plan.parent.mkdir(parents=True)
    plan.write_text("{")
    with pytest.raises(Unreadable, match=r"The plan .*shop\.json is damaged"):
        folder.ingest()


def test_ten_thousand_small_files_are_ordinary(folder: Folder) -> None:
    for n in range(10_000):
        folder.put(f"{n % 100:02}/{n:05}.jsonl", lines(f"{n}"))
    assert folder.ingest(max_files=10_000).rows == 10_000
    rows = folder.bronze("payload", "path")
    assert [f"{int(payload) % 100:02}/{int(payload):05}.jsonl" for payload, _ in rows] == [path for _, path in rows]
    assert len({payload for payload, _ in rows}) == 10_000
    assert folder.ingest().batches == ()


def test_large_files_are_read_in_several_blocks_and_tasks(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TASK", 2**20)
    body = "x" * 1_000
    for name in "abc":
        folder.put(f"{name}.jsonl.gz", gzip.compress(lines(*(f"{name}{n} {body}" for n in range(10_000))), 1))
    folder.ingest()
    rows = folder.bronze("position", "line", "substring_index(payload, ' ', 1)")
    assert rows == [(at * 10_000 + n, n + 1, f"{name}{n}") for at, name in enumerate("abc") for n in range(10_000)]


def test_copies_in_different_portions_are_loaded_once(folder: Folder) -> None:
    folder.put("a.jsonl", lines("{}"))
    folder.put("b.jsonl", lines("{}"))
    assert folder.ingest(max_files=1).rows == 1


def test_a_copy_of_a_file_that_was_dropped_is_looked_at_again(folder: Folder) -> None:
    folder.put("a.jsonl", lines("a"))
    folder.put("b.jsonl", lines("a"))
    arm("planned", lambda: folder.put("a.jsonl", lines("A")))
    folder.ingest()
    disarm()
    folder.ingest()
    assert sorted(folder.bronze("payload")) == [("A",), ("a",)]
