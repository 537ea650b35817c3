"""Only the locked bytes become jars."""

import hashlib
from pathlib import Path

import pytest

from krn.errors import Unreachable, Unreadable
from krn.jars import Jar, Lock, faults, fetch, read_lock

RIGHT = b"the jar"
JAR = Jar("org.shop:till:1.0", len(RIGHT), hashlib.sha256(RIGHT).hexdigest())
LOCK = Lock((JAR,))
ROOT = Path(__file__).parents[2]


class Repository:
    """A resolver that hands over these bytes and counts how often it is asked."""

    def __init__(self, content: bytes) -> None:
        self.content, self.asked = content, 0

    def __call__(self, lock: Lock, ivy: Path) -> None:
        self.asked += 1
        (ivy / "jars").mkdir(parents=True)
        for jar in lock.jars:
            (ivy / "jars" / f"{jar.group}_{jar.file}").write_bytes(self.content)


def offline(lock: Lock, ivy: Path) -> None:
    ivy.mkdir()
    raise Unreachable("nobody answers.")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_locked_bytes_are_placed_under_their_stable_name(tmp_path: Path) -> None:
    fetch(LOCK, tmp_path, Repository(RIGHT))
    assert content(tmp_path) == {"till-1.0.jar": RIGHT}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (b"the jat", "till-1.0.jar has sha256 {sha} instead of {right}"),
        (b"the ja", "till-1.0.jar has 6 bytes instead of 7"),
    ],
)
def test_other_bytes_are_refused_and_deleted(tmp_path: Path, other: bytes, why: str) -> None:
    said = why.format(sha=hashlib.sha256(other).hexdigest(), right=JAR.sha256)
    with pytest.raises(Unreadable, match=f"{said}: refused and deleted"):
        fetch(LOCK, tmp_path, Repository(other))
    assert content(tmp_path) == {}


def test_a_damaged_jar_is_replaced(tmp_path: Path) -> None:
    (tmp_path / JAR.file).write_bytes(b"damaged")
    fetch(LOCK, tmp_path, Repository(RIGHT))
    assert content(tmp_path) == {"till-1.0.jar": RIGHT}


def test_a_damaged_jar_is_deleted_even_when_no_other_can_be_had(tmp_path: Path) -> None:
    (tmp_path / JAR.file).write_bytes(b"damaged")
    with pytest.raises(Unreachable):
        fetch(LOCK, tmp_path, offline)
    assert content(tmp_path) == {}


def test_jars_put_there_by_hand_need_no_network(tmp_path: Path) -> None:
    (tmp_path / JAR.file).write_bytes(RIGHT)
    fetch(LOCK, tmp_path, offline)
    assert content(tmp_path) == {"till-1.0.jar": RIGHT}


def test_nothing_is_fetched_twice(tmp_path: Path) -> None:
    repository = Repository(RIGHT)
    fetch(LOCK, tmp_path, repository)
    fetch(LOCK, tmp_path, repository)
    assert repository.asked == 1


def test_a_missing_jar_is_a_fault(tmp_path: Path) -> None:
    assert faults(LOCK, tmp_path) == ("till-1.0.jar is missing",)


def test_spark_is_started_with_exactly_the_locked_jars() -> None:
    lines = (ROOT / "conf" / "spark-defaults.conf").read_text(encoding="utf-8").splitlines()
    started_with = next(line.split()[1] for line in lines if line.startswith("spark.jars "))
    locked = read_lock(ROOT / "conf" / "jars.lock")
    assert started_with == ",".join(f".jars/{jar.file}" for jar in locked.jars)
    on_path = next(line.split()[1] for line in lines if line.startswith("spark.driver.extraClassPath "))
    assert sorted(on_path.split(":")) == sorted(started_with.split(","))
