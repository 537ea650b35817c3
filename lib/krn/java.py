"""Finds a Java that Spark runs on; a wrong one in the first place is passed over for a right one elsewhere."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from krn.errors import KrnError, Unreachable

RIGHT = (17, 21)  # Hadoop's UserGroupInformation fails on 24 and later; Spark 4 is not compiled for less than 17
USUAL = (
    "/usr/lib/jvm/*",
    "/usr/java/*",
    "/opt/*",
    "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/.sdkman/candidates/java/*",
)


@dataclass(frozen=True)
class Java:
    """An installed Java: its home folder and major version."""

    home: Path
    version: int


def find(environ: Mapping[str, str], usual: tuple[str, ...] = USUAL) -> Java:
    """The first right Java of JAVA_HOME, PATH and the usual places; of those the oldest version wins.

    Raises `Unreachable` with the command that installs one.
    """
    seen = [java for java in _first(environ) if java]
    elsewhere = sorted((java for java in _usual(usual) if java), key=lambda java: (java.version, java.home))
    for java in (*seen, *elsewhere):
        if java.version in RIGHT:
            return java
    wrong = ", ".join(f"{java.version} in {java.home}" for java in (*seen, *elsewhere))
    found = f"only {wrong}" if wrong else "none was found"
    raise Unreachable(f"Java {' or '.join(map(str, RIGHT))} is needed; {found}.", how_to_install(sys.platform))


def how_to_install(platform: str) -> str:
    """The command that installs a right Java on this kind of machine."""
    if platform == "darwin":
        return "brew install openjdk@17"
    return "sudo apt-get install openjdk-17-jre-headless"


def _first(environ: Mapping[str, str]) -> Iterator[Java | None]:
    if environ.get("JAVA_HOME"):
        yield _at(Path(environ["JAVA_HOME"]))
    command = shutil.which("java", path=environ.get("PATH", ""))
    if command:
        yield _at(Path(command).resolve().parent.parent) or _ask(command)


def _usual(patterns: tuple[str, ...]) -> Iterator[Java | None]:
    for pattern in patterns:
        absolute = Path(pattern).expanduser()
        yield from map(_at, Path(absolute.anchor).glob(str(absolute.relative_to(absolute.anchor))))


def _at(home: Path) -> Java | None:
    """The Java in this folder by its `release` file: starting each one to ask would cost 50 ms and more."""
    try:
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    version = re.search(r'^JAVA_VERSION="(\d+)', release, re.MULTILINE)
    return Java(home, int(version[1])) if version and (home / "bin" / "java").exists() else None


def _ask(command: str) -> Java | None:
    """What a `java` that is a launcher (macOS, jenv, asdf) says about itself."""
    asked = [command, "-XshowSettings:properties", "-version"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False).stderr  # noqa: S603 - fixed words only
    home = re.search(r"java\.home = (.+)", answer)
    version = re.search(r"java\.specification\.version = (\d+)", answer)
    return Java(Path(home[1].strip()), int(version[1])) if home and version else None


if __name__ == "__main__":
    try:
        print(find(os.environ).home)
    except KrnError as missing:
        print(missing, file=sys.stderr)
        sys.exit(missing.exit_code)
