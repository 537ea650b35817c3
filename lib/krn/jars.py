"""The jars krn runs on: fetched once with Spark's own resolver, checked byte for byte against `conf/jars.lock`."""

import hashlib
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from krn.errors import KrnError, Unreachable, Unreadable


@dataclass(frozen=True)
class Jar:
    """One jar as locked: `group:artifact:version`, bytes, sha256."""

    coordinate: str
    size: int
    sha256: str

    @property
    def group(self) -> str:
        return self.coordinate.split(":")[0]

    @property
    def file(self) -> str:
        """The stable name that `conf/spark-defaults.conf` uses."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


@dataclass(frozen=True)
class Lock:
    """The jars, and what the resolver shall leave out."""

    jars: tuple[Jar, ...]
    exclude: tuple[str, ...] = ()


#: Puts what the lock names under `folder/jars`; raises when it cannot.
Resolver = Callable[[Lock, Path], None]


def read_lock(path: Path) -> Lock:
    """The lock file, typed."""
    lock = tomllib.loads(path.read_text(encoding="utf-8"))
    return Lock(tuple(Jar(**jar) for jar in lock["jar"]), tuple(lock["exclude"]))


def fault(jar: Jar, path: Path) -> str | None:
    """What is wrong with the file at `path`, or None when it is the locked jar."""
    if not path.is_file():
        return f"{path.name} is missing"
    if path.stat().st_size != jar.size:
        return f"{path.name} has {path.stat().st_size} bytes instead of {jar.size}"
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return None if found == jar.sha256 else f"{path.name} has sha256 {found} instead of {jar.sha256}"


def faults(lock: Lock, folder: Path) -> tuple[str, ...]:
    """What is wrong with the jars in `folder`; empty when all are as locked."""
    found = (fault(jar, folder / jar.file) for jar in lock.jars)
    return tuple(problem for problem in found if problem)


def fetch(lock: Lock, folder: Path, resolve: Resolver) -> None:
    """Make `folder` hold the locked jars; bytes that differ are deleted, never used."""
    wrong = [jar for jar in lock.jars if fault(jar, folder / jar.file)]
    if not wrong:
        return
    for jar in wrong:
        (folder / jar.file).unlink(missing_ok=True)
    ivy = folder / "ivy"
    try:
        resolve(lock, ivy)
        for jar in lock.jars:
            _accept(jar, ivy / "jars" / f"{jar.group}_{jar.file}", folder / jar.file)
    finally:
        shutil.rmtree(ivy, ignore_errors=True)


def _accept(jar: Jar, fetched: Path, place: Path) -> None:
    problem = fault(jar, fetched)
    if problem:
        raise Unreadable(
            f"{problem}: refused and deleted.", "see whether a proxy or mirror alters downloads, then make setup"
        )
    fetched.replace(place)


def spark_resolver(lock: Lock, ivy: Path) -> None:
    """Let spark-submit resolve the jars for an empty program."""
    ivy.mkdir(parents=True, exist_ok=True)
    program = ivy / "nothing.py"
    program.touch()
    packages = ",".join(jar.coordinate for jar in lock.jars)
    command = [
        "spark-submit",
        "--master",
        "local",
        "--packages",
        packages,
        "--exclude-packages",
        ",".join(lock.exclude),
    ]
    command += ["--conf", f"spark.jars.ivy={ivy}", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words only
    if done.returncode:
        raise _unresolved(done.stdout + done.stderr, lock)


def _unresolved(log: str, lock: Lock) -> KrnError:
    if "No space left" in log:
        return KrnError("The disk is full while fetching the jars.", "free 1 GiB, then make setup")
    files = " and ".join(jar.file for jar in lock.jars)
    return Unreachable(
        "The jars cannot be fetched: no repository answers.", f"go online, or put {files} into .jars, then make setup"
    )


def main(home: Path) -> None:
    """Fetch what is missing or damaged in `home`, saying so."""
    lock, folder = read_lock(home / "conf" / "jars.lock"), home / ".jars"
    for problem in faults(lock, folder):
        print(f"    {problem}: fetching")
    fetch(lock, folder, spark_resolver)


if __name__ == "__main__":
    try:
        main(Path.cwd())
    except KrnError as problem:
        print(problem, file=sys.stderr)
        sys.exit(problem.exit_code)
