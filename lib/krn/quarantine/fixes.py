"""Fixes: a file of corrected bodies, each naming the quarantined row that it repairs."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from json.decoder import JSONDecoder
from pathlib import Path

from krn.errors import UsageError

#: Lines of one file; they are held in memory.
MOST = 10_000
_FORM = 'a line is {"row_id": 1000000062, "body": {…}}'


@dataclass(frozen=True)
class Fix:
    """A corrected body, exactly as it stands in line `line` of its file."""

    line: int
    row_id: int
    body: bytes

    @cached_property
    def key(self) -> str:
        """Names the repair: the same body for the same row is one delivery, however often it is handed in."""
        return f"{self.row_id}:{hashlib.sha256(self.body).hexdigest()}"


def read(path: Path) -> tuple[Fix, ...]:
    """The fixes of a file of JSON lines, one for each row; every line that is none is named."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UsageError(f"{path.name} cannot be read: {wrong}.", _FORM) from None
    if len(lines) > MOST:
        raise UsageError(f"{path.name} has {len(lines):,} lines; {MOST:,} are the most.", "split it")
    found = [_fix(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    fixes = tuple(fix for fix in found if isinstance(fix, Fix))
    refuse(path.name, (number for number in found if isinstance(number, int)), "no fix", _FORM)
    twice = {row_id for row_id, n in Counter(fix.row_id for fix in fixes).items() if n > 1}
    refuse(path.name, (fix.line for fix in fixes if fix.row_id in twice), "a second fix of one row", "keep one")
    return fixes


def refuse(name: str, lines: Iterable[int], what: str, then: str) -> None:
    """Nothing of the file is taken when lines of it are wrong."""
    if named := [str(line) for line in lines]:
        shown = ", ".join(named[:10]) + (f" and {len(named) - 10} more" if len(named) > 10 else "")
        raise UsageError(f"{name}: {what} in line {shown}. Nothing was taken.", then)


def _fix(number: int, line: str) -> Fix | int:
    """The fix, or the number of a line that is none."""
    try:
        members = list(_members(line))
    except (ValueError, IndexError, RecursionError):
        return number
    told = {name: text for name, _, text in members}
    values = {name: value for name, value, _ in members}
    row_id = values.get("row_id")
    is_fix = len(members) == 2 and type(row_id) is int and row_id > 0 and isinstance(values.get("body"), dict)
    return Fix(number, row_id, told["body"].encode("utf-8")) if is_fix and isinstance(row_id, int) else number


def _members(line: str) -> Iterator[tuple[str, object, str]]:
    """The members of an object with the exact text of their values: a number that is read and written is another."""
    decoder, text = JSONDecoder(), line.strip()
    json.loads(text)
    at = _after(text, 0, "{")
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        at = _after(text, at, ":")
        value, end = decoder.raw_decode(text, at)
        yield name, value, text[at:end]
        at = _skipped(text, end)
        at = _after(text, at, ",") if text[at] == "," else at


def _after(text: str, at: int, mark: str) -> int:
    at = _skipped(text, at)
    if text[at] != mark:
        raise ValueError(mark)
    return _skipped(text, at + 1)


def _skipped(text: str, at: int) -> int:
    while text[at] in " \t":
        at += 1
    return at
