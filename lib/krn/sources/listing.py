"""What lies in a landing folder: files to look at, files that are too young, files that are refused by their name."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from krn.errors import Unreachable
from krn.sources.formats import NAMES

#: Spark and shells read more into other characters: globs, schemes, options.
SEGMENT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._=+-]{0,200}$")
UNFINISHED = re.compile(r"^[._]|\.(tmp|part|inprogress|crdownload)$|\._COPYING_$")


@dataclass(frozen=True, slots=True)
class File:
    """One version of a file: new content, or only a new time, is another version."""

    path: str  # below the source's folder, with / between segments
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Listing:
    """The files of a folder in the order of their paths, each with why its name is refused, or ''."""

    files: dict[File, str]
    young: int  # left for a later run


def listing(root: Path, settle_s: float, now_s: float) -> Listing:
    """List `root` with all its folders; names of writers at work (`_x`, `.x`, `x.tmp`, …) are passed over.

    Raises Unreachable when the folder, or one in it, cannot be listed.
    """
    try:
        found = sorted(_walk(str(root), ""), key=lambda entry: entry[0].path)
    except OSError as refused:
        raise Unreachable(
            f"Folder {refused.filename}: {refused.strerror}.", "check the path of the source and its permissions"
        ) from refused
    # abs: a time in the future says nothing about the writer, and waiting for it would not end.
    settled = {file: reason for file, reason in found if abs(now_s - file.mtime_ns / 1e9) >= settle_s}
    return Listing(settled, len(found) - len(settled))


def _walk(folder: str, below: str) -> Iterator[tuple[File, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if UNFINISHED.search(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{below}{entry.name}/")
            else:
                yield from _file(entry, f"{below}{entry.name}")


def _file(entry: "os.DirEntry[str]", path: str) -> Iterator[tuple[File, str]]:
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # renamed while we looked: the next run finds it under its new name
        return
    yield File(_printable(path), found.st_size, found.st_mtime_ns), _refusal(path, found.st_mode)


def _refusal(path: str, mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "symlink"
    if not stat.S_ISREG(mode):
        return "not_a_file"
    if not all(SEGMENT.match(segment) for segment in path.split("/")):
        return "bad_name"
    return "" if NAMES.search(path) else "unknown_format"


def _printable(path: str) -> str:
    """A name may be any bytes; what is recorded must be text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
