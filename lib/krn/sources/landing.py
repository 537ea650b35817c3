"""What to do with the files of a landing folder: look at each new version once, and decide."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from krn.config import Landing
from krn.sources.listing import File
from krn.sources.plan import DUPLICATE, LOADED, SET_ASIDE, Decision, Plan
from krn.sources.probe import Probed, probe, sha256

#: Hashing and unpacking leave the interpreter's lock alone, so threads use all cores.
THREADS = 8


def portions(files: Mapping[File, str], source: Landing) -> Iterator[dict[File, str]]:
    """The files in their order, in portions of `max_files` and `max_bytes`; a larger file is a portion of its own."""
    portion: dict[File, str] = {}
    size = 0
    for file, reason in files.items():
        if portion and (len(portion) >= source.max_files or size + file.size > source.max_bytes):
            yield portion
            portion, size = {}, 0
        portion[file] = reason
        size += file.size
    if portion:
        yield portion


def decide(root: Path, portion: Mapping[File, str], contents: Mapping[str | None, str]) -> list[Decision]:
    """One decision a file, but none for a file that changed while it was read. `contents` are known: sha256 -> path."""
    with ThreadPoolExecutor(THREADS) as pool:
        looks = dict(zip(portion, pool.map(partial(_look, root), portion.items()), strict=True))
    seen, decisions = dict(contents), []
    for file, found in looks.items():
        if found is not None:
            decisions.append(_decision(file, found, seen))
            if found.sha256 and found.rows:
                seen.setdefault(found.sha256, file.path)
    return decisions


def _look(root: Path, entry: tuple[File, str]) -> Probed | None:
    file, refused = entry
    return Probed(None, 0, 0, refused) if refused else probe(root, file)


def _decision(file: File, found: Probed, seen: Mapping[str | None, str]) -> Decision:
    if found.reason:
        return Decision(file, SET_ASIDE, found.reason)
    if (first := seen.get(found.sha256)) is not None:
        return Decision(file, DUPLICATE, f"same content as {first}", found.sha256)
    return Decision(file, LOADED, None, found.sha256, found.rows, found.unpacked)


def changed(root: Path, plan: Plan) -> list[Decision]:
    """The files of a plan that hold something else by now."""
    return [d for d in plan.to_load if sha256(root / d.file.path) != d.sha256]
