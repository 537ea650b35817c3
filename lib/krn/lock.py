"""One run of a job at a time: a file lock that the kernel frees when its process dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from krn.errors import Busy, Unreachable


@contextmanager
def hold(warehouse: Path, name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock `name` of a warehouse on this machine; `shared` holders only exclude an exclusive one.

    Raises `Busy` at once when another run has it: two writers of one local Delta table lose commits.
    """
    path = warehouse / ".krn" / "locks" / name
    with _opened(path) as handle:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"Another run is working on {name} in {warehouse}; nothing was done.", "wait for it, then run again"
            ) from None
        yield


def _opened(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a")
    except OSError as refused:
        raise Unreachable(f"{path} cannot be written: {refused.strerror}.", "mend it, then run again") from refused
