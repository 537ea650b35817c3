"""One run of a job at a time: a file lock that the kernel frees when its process dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from krn.errors import Busy


@contextmanager
def hold(warehouse: Path, name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock `name` of a warehouse on this machine; `shared` holders only exclude an exclusive one.

    Raises `Busy` at once when another run has it: two writers of one local Delta table lose commits.
    """
    path = warehouse / ".krn" / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"Another run is working on {name} in {warehouse}; nothing was done.", "wait for it, then run again"
            ) from None
        yield
