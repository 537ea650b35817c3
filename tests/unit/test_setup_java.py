"""A right Java is found wherever it is, a wrong one is never used."""

import re
from pathlib import Path

import pytest

from krn.errors import Unreachable
from krn.java import Java, find, how_to_install


def installed(folder: Path, version: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n', encoding="utf-8")
    command = folder / "bin" / "java"
    command.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    command.chmod(0o755)
    return folder


def launcher(folder: Path, answer: str) -> Path:
    """A `java` that belongs to no Java folder, as macOS and version managers have."""
    folder.mkdir(parents=True)
    command = folder / "java"
    command.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{answer}\nEND\n", encoding="utf-8")
    command.chmod(0o755)
    return folder


def usual(tmp_path: Path) -> tuple[str, ...]:
    return (f"{tmp_path}/jvm/*",)


@pytest.mark.parametrize(("release", "version"), [("17.0.15", 17), ("21", 21)])
def test_java_home_is_used_when_it_is_right(tmp_path: Path, release: str, version: int) -> None:
    home = installed(tmp_path / "mine", release)
    installed(tmp_path / "jvm" / "other", "17.0.1")
    assert find({"JAVA_HOME": str(home)}, usual(tmp_path)) == Java(home, version)


@pytest.mark.parametrize("wrong", ["1.8.0_412", "11.0.2", "25.0.3"])
def test_a_wrong_java_home_is_passed_over(tmp_path: Path, wrong: str) -> None:
    home = installed(tmp_path / "mine", wrong)
    right = installed(tmp_path / "jvm" / "right", "21.0.4")
    assert find({"JAVA_HOME": str(home)}, usual(tmp_path)) == Java(right, 21)


def test_a_right_java_on_path_is_found_through_its_links(tmp_path: Path) -> None:
    home = installed(tmp_path / "hidden", "17.0.2")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")
    assert find({"PATH": str(tmp_path / "bin")}, ()) == Java(home, 17)


def test_a_launcher_on_path_is_asked(tmp_path: Path) -> None:
    answer = "    java.home = /opt/some where/jdk\n    java.specification.version = 21"
    path = launcher(tmp_path / "shims", answer)
    assert find({"PATH": str(path)}, ()) == Java(Path("/opt/some where/jdk"), 21)


def test_a_launcher_without_a_java_is_not_one(tmp_path: Path) -> None:
    path = launcher(tmp_path / "shims", "Unable to locate a Java Runtime.")
    with pytest.raises(Unreachable, match="none was found"):
        find({"PATH": str(path)}, ())


def test_of_the_usual_places_the_oldest_right_version_wins(tmp_path: Path) -> None:
    installed(tmp_path / "jvm" / "a", "21.0.1")
    installed(tmp_path / "jvm" / "b", "11.0.1")
    right = installed(tmp_path / "jvm" / "c", "17.0.1")
    assert find({}, usual(tmp_path)) == Java(right, 17)


def test_a_folder_whose_java_was_removed_is_not_used(tmp_path: Path) -> None:
    home = installed(tmp_path / "jvm" / "gone", "17.0.1")
    (home / "bin" / "java").unlink()
    with pytest.raises(Unreachable, match="none was found"):
        find({}, usual(tmp_path))


def test_only_wrong_ones_are_named_with_their_places(tmp_path: Path) -> None:
    home = installed(tmp_path / "jvm" / "new", "25.0.3")
    with pytest.raises(Unreachable, match=re.escape(f"only 25 in {home}. Next: ")):
        find({}, usual(tmp_path))


@pytest.mark.parametrize(
    ("platform", "command"),
    [("darwin", "brew install openjdk@17"), ("linux", "sudo apt-get install openjdk-17-jre-headless")],
)
def test_the_next_command_fits_the_machine(platform: str, command: str) -> None:
    assert how_to_install(platform) == command
