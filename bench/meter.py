"""What a command costs, with all that it starts: processor seconds, wall clock and memory. Linux only."""

import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SAMPLE_S = 0.1
_PATIENCE_S = 60  # for what outlives its command


@dataclass(frozen=True)
class Cost:
    """Seconds of processor and of wall clock, and the most memory (bytes) that its processes held at once."""

    cpu: float = 0.0
    wall: float = 0.0
    peak: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        """The cost of one after the other."""
        return Cost(self.cpu + other.cpu, self.wall + other.wall, max(self.peak, other.peak))


def metered(command: Sequence[str], folder: Path, log: Path) -> tuple[str, Cost]:
    """Run a command in `folder`; what it printed, and its cost. It must end well; what it logs is added to `log`."""
    _adopt_orphans()
    before, started = _spent(), time.monotonic()
    with log.open("ab") as err, _Memory() as memory:
        ran = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=err, check=False, text=True)
        wall = time.monotonic() - started
        _await_orphans()
    if ran.returncode:
        with log.open("a") as file:
            file.write(ran.stdout)  # a job under spark-submit logs here
        raise SystemExit(f"{' '.join(map(str, command))} ended with {ran.returncode}; see {log}")
    return ran.stdout, Cost(_spent() - before, wall, memory.peak)


def _adopt_orphans() -> None:
    """What outlives its parent becomes our child, so that its time can be counted: a JVM, or Python workers."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def _await_orphans() -> None:
    """The kernel adds the time of a process to its parent's account only once it has been waited for."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            time.sleep(0.01)
    raise SystemExit(f"processes still run {_PATIENCE_S} s after their command ended")


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Memory:
    """Samples the resident memory of all descendants; pages that two of them share count twice."""

    def __init__(self) -> None:
        self.peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> "_Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(_SAMPLE_S):
            self.peak = max(self.peak, sum(_resident(os.getpid())))


def _resident(root: int) -> list[int]:
    """Bytes held by each process below `root`."""
    found = {pid: stat for pid in _pids() if (stat := _stat(pid))}
    below = {root}
    for pid in sorted(found):  # a parent mostly has the lower number; a miss is mended by the next sample
        if found[pid][0] in below:
            below.add(pid)
    return [found[pid][1] for pid in below - {root}]


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int) -> tuple[int, int] | None:
    """Parent and resident bytes: fields 4 and 24, counted from after the name in brackets."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), int(fields[21]) * _PAGE
