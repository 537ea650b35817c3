"""Which files of a folder are looked at, left, or refused by name."""

import os
from pathlib import Path

import pytest

from krn.errors import Unreachable
from krn.sources.listing import listing

NOW = 1_000_000_000.0


def put(root: Path, name: str, age_s: float = 3_600) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"{}\n")
    os.utime(path, (NOW - age_s, NOW - age_s))


def reasons(root: Path) -> dict[str, str]:
    return {file.path: reason for file, reason in listing(root, 60, NOW).files.items()}


def test_files_of_all_folders_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/z.jsonl.gz", "a/b/c.json", "a/b.ndjson.gz"):
        put(tmp_path, name)
    assert list(reasons(tmp_path)) == ["a/b.ndjson.gz", "a/b/c.json", "a/z.jsonl.gz", "b.jsonl"]
    assert set(reasons(tmp_path).values()) == {""}


@pytest.mark.parametrize(
    "name",
    [
        "_x.jsonl",
        ".x.jsonl",
        "x.jsonl.tmp",
        "x.part",
        "x.jsonl.inprogress",
        "x.crdownload",
        "_new/x.jsonl",
        ".git/x.jsonl",
        "x.jsonl._COPYING_",
    ],
)
def test_what_a_writer_is_at_work_on_is_passed_over(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert reasons(tmp_path) == {}


@pytest.mark.parametrize("name", ["notes.txt", "a.CSV", "a.parquet.gz", "a.jsonl.bz2", "a", "a.JSONL", "a.json.zip"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert reasons(tmp_path) == {name: "unknown_format"}


@pytest.mark.parametrize(
    "name", ["a b.jsonl", "a:b.jsonl", "[a].jsonl", "{a}.jsonl", "-a.jsonl", "é.jsonl", "a*/b.jsonl", "a\nb.jsonl"]
)
def test_names_that_mean_more_to_spark_or_a_shell_are_refused(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert reasons(tmp_path) == {name: "bad_name"}


def test_a_name_that_is_no_text_is_recorded_as_text(tmp_path: Path) -> None:
    put(tmp_path, os.fsdecode(b"a\xff.jsonl"))
    assert reasons(tmp_path) == {r"a\xff.jsonl": "bad_name"}


def test_links_are_refused_and_never_followed(tmp_path: Path) -> None:
    put(tmp_path / "outside", "secret.jsonl")
    root = tmp_path / "landing"
    root.mkdir()
    (root / "file.jsonl").symlink_to(tmp_path / "outside" / "secret.jsonl")
    (root / "folder").symlink_to(tmp_path / "outside")
    found = {file.path: reason for file, reason in listing(root, 0, NOW).files.items()}
    assert found == {"file.jsonl": "symlink", "folder": "symlink"}


def test_a_young_file_is_left_for_a_later_run(tmp_path: Path) -> None:
    put(tmp_path, "new.jsonl", age_s=59)
    put(tmp_path, "old.jsonl", age_s=61)
    found = listing(tmp_path, 60, NOW)
    assert ([f.path for f in found.files], found.young) == (["old.jsonl"], 1)


def test_a_file_from_the_future_is_not_waited_for(tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", age_s=-86_400)
    assert list(reasons(tmp_path)) == ["a.jsonl"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="nowhere: No such file or directory"):
        listing(tmp_path / "nowhere", 0, NOW)
