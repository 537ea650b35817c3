"""Says in a second what keeps krn from running here, and the command that mends it; starts no Spark."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from krn import jars, java
from krn.alerts.checking import alerts_of
from krn.alerts.sinks import reachable
from krn.config import Config, validated
from krn.errors import KrnError
from krn.session import properties

GIB = 2**30
DISK = 2 * GIB  # a first full load of a million events writes about half of it
MEMORY = 4 * GIB  # the driver's 2 GiB heap, as much again for Python, the page cache and the system
SETUP = "make setup"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Check:
    """One finding; `then` is the next command when it is not ok."""

    name: str
    ok: bool
    detail: str
    then: str = ""


def checks(home: Path, load: Callable[[], Config], environ: Mapping[str, str]) -> tuple[Check, ...]:
    """Every finding about this machine, this folder and the configuration that `load` gives."""
    configured, warehouse = configuration(load)
    return (
        python(sys.version_info[:2]),
        packages(home / "requirements.lock", _installed),
        right_java(environ),
        right_jars(home),
        loopback(home / "conf" / "spark-defaults.conf", environ),
        configured,
        alerted(home, load, environ),
        writable(warehouse),
        disk(warehouse, shutil.disk_usage(_existing(warehouse)).free),
        memory(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")),
        clock(home / "requirements.lock", time.time()),
    )


def python(version: tuple[int, ...]) -> Check:
    """Python 3.11 to 3.13: pyspark's and the lock's range."""
    right = (3, 11) <= version <= (3, 13)
    return Check("python", right, ".".join(map(str, version)), "" if right else f"PYTHON=python3.12 {SETUP}")


def packages(lock: Path, installed: Callable[[str], str | None]) -> Check:
    """Every locked package that this machine needs is installed in its locked version."""
    if not lock.is_file():
        return Check("packages", False, f"{lock} is missing", "git checkout requirements.lock")
    lines = (line.split("\\")[0] for line in lock.read_text(encoding="utf-8").splitlines() if line[:1].isalnum())
    needed = [locked for locked in map(Requirement, lines) if not locked.marker or locked.marker.evaluate()]
    found = [(locked, installed(locked.name) or "missing") for locked in needed]
    wrong = [f"{locked.name} is {version}" for locked, version in found if str(locked.specifier) != f"=={version}"]
    return Check("packages", not wrong, "; ".join(wrong) or f"{len(needed)} as locked", _again(wrong))


def right_java(environ: Mapping[str, str]) -> Check:
    """A Java that Spark runs on can be found."""
    try:
        found = java.find(environ)
    except KrnError as missing:
        return _failed("java", missing)
    return Check("java", True, f"{found.version} in {found.home}")


def right_jars(home: Path) -> Check:
    """The locked jars are there, byte for byte."""
    lock = jars.read_lock(home / "conf" / "jars.lock")
    wrong = jars.faults(lock, home / ".jars")
    return Check("jars", not wrong, "; ".join(wrong) or f"{len(lock.jars)} as locked", _again(wrong))


def loopback(defaults: Path, environ: Mapping[str, str]) -> Check:
    """Nothing of Spark listens beyond this machine."""
    conf = properties(defaults)
    addresses = [
        conf.get("spark.driver.host"),
        conf.get("spark.driver.bindAddress"),
        environ.get("SPARK_LOCAL_IP", LOOPBACK),
    ]
    right = set(addresses) == {LOOPBACK} and conf.get("spark.ui.enabled") == "false"
    return Check(
        "loopback",
        right,
        "Spark listens on this machine only" if right else "Spark would listen on the network",
        "" if right else f"unset SPARK_LOCAL_IP; git diff {defaults}",
    )


def configuration(load: Callable[[], Config]) -> tuple[Check, Path]:
    """The configuration can be read; and its warehouse, or the default one when it cannot."""
    try:
        config = load()
    except KrnError as wrong:
        return _failed("configuration", wrong), validated({}, "defaults").warehouse
    names = ", ".join(source.name for source in config.sources) or "none"
    return Check("configuration", True, f"warehouse {config.warehouse}; sources: {names}"), config.warehouse


def alerted(home: Path, load: Callable[[], Config], environ: Mapping[str, str]) -> Check:
    """The file of alerts can be read, and who it names can be told."""
    try:
        written = alerts_of(load(), home)
        for sink in written.sinks:
            reachable(sink, environ.get)
    except KrnError as wrong:
        return _failed("alerts", wrong)
    names = ", ".join(sink.name for sink in written.sinks) or "nobody"
    return Check("alerts", True, f"{len(written.watches)} watches; told: {names}")


def writable(warehouse: Path) -> Check:
    """A file can be made where the warehouse is or will be."""
    place = _existing(warehouse)
    try:
        with tempfile.TemporaryFile(dir=place):
            return Check("write access", True, str(place))
    except OSError as refused:
        return Check(
            "write access", False, f"{place}: {refused.strerror}", f"ls -ld {place}; or KRN_WAREHOUSE=… elsewhere"
        )


def disk(warehouse: Path, free: int) -> Check:
    """Enough room for a warehouse."""
    right = free >= DISK
    detail = f"{free / GIB:.1f} GiB free for {warehouse}"
    return Check("disk", right, detail, "" if right else f"free {DISK // GIB} GiB, or KRN_WAREHOUSE=… elsewhere")


def memory(total: int) -> Check:
    """Enough memory for the driver of `conf/spark-defaults.conf`."""
    right = total >= MEMORY
    return Check(
        "memory",
        right,
        f"{total / GIB:.1f} GiB",
        "" if right else "lower spark.driver.memory in conf/spark-defaults.conf",
    )


def clock(file: Path, now: float) -> Check:
    """The clock is not behind a file that exists already: events would seem to come from the future."""
    right = not file.exists() or now >= file.stat().st_mtime - 60
    day = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(now))
    return Check(
        "clock", right, day if right else f"{day} is before {file.name} was written", "" if right else "timedatectl"
    )


def _failed(name: str, error: KrnError) -> Check:
    state, _, then = str(error).partition(" Next: ")
    return Check(name, False, state, then)


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())


def _again(wrong: object) -> str:
    return SETUP if wrong else ""
