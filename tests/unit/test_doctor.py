"""The doctor names what is wrong and the command that mends it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from krn import doctor
from krn.config import Config
from krn.doctor import GIB, Check
from krn.errors import UsageError

ROOT = Path(__file__).parents[2]
LOOPBACK = "spark.driver.host 127.0.0.1\nspark.driver.bindAddress 127.0.0.1\nspark.ui.enabled false\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def versions(**installed: str) -> Callable[[str], str | None]:
    return lambda name: installed.get(name.replace("-", "_"))


@pytest.mark.parametrize(("version", "right"), [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)])
def test_python_is_right_from_3_11_to_3_13(version: tuple[int, int], right: bool) -> None:
    assert doctor.python(version).ok is right


def alerted(tmp_path: Path, text: str, **environ: str) -> Check:
    config = Config(alerts=written(tmp_path / "alerts.toml", text))
    return doctor.alerted(ROOT, lambda: config, environ)


def test_it_says_who_is_told_of_alerts(tmp_path: Path) -> None:
    sink = '[[sinks]]\nname = "team"\nurl_from = "KRN_ALERT_TEAM"\n'
    right = alerted(tmp_path, sink, KRN_ALERT_TEAM="json://127.0.0.1/")
    assert right == Check("alerts", True, "0 watches; told: team")
    assert alerted(tmp_path, "").detail == "0 watches; told: nobody"
    missing = alerted(tmp_path, sink)
    assert (missing.ok, missing.then) == (False, "export KRN_ALERT_TEAM=…")
    assert not alerted(tmp_path, "[[watches]]").ok


def test_packages_as_locked_are_fine(tmp_path: Path) -> None:
    lock = written(
        tmp_path / "lock", "delta-spark==4.4.0 \\\n    --hash=sha256:00\nappnope==1.0 ; sys_platform == 'plan9' \\\n"
    )
    assert doctor.packages(lock, versions(delta_spark="4.4.0")) == Check("packages", True, "1 as locked")


@pytest.mark.parametrize(("installed", "said"), [({"orjson": "3.11"}, "orjson is 3.11"), ({}, "orjson is missing")])
def test_a_package_that_differs_from_the_lock_is_named(tmp_path: Path, installed: Mapping[str, str], said: str) -> None:
    lock = written(tmp_path / "lock", "orjson==3.12\n")
    assert doctor.packages(lock, versions(**installed)) == Check("packages", False, said, "make setup")


def test_a_lost_lock_is_said(tmp_path: Path) -> None:
    assert not doctor.packages(tmp_path / "lock", versions()).ok


def test_missing_jars_are_named(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    written(tmp_path / "conf" / "jars.lock", 'exclude = []\n[[jar]]\ncoordinate = "a:b:1"\nsize = 1\nsha256 = "00"\n')
    assert doctor.right_jars(tmp_path) == Check("jars", False, "b-1.jar is missing", "make setup")


def test_loopback_only_is_fine(tmp_path: Path) -> None:
    assert doctor.loopback(written(tmp_path / "conf", LOOPBACK), {"SPARK_LOCAL_IP": "127.0.0.1"}).ok


@pytest.mark.parametrize(
    ("conf", "environ"),
    [
        (LOOPBACK.replace("host 127.0.0.1", "host 0.0.0.0"), {}),
        (LOOPBACK.replace("spark.driver.bindAddress 127.0.0.1\n", ""), {}),
        (LOOPBACK.replace("false", "true"), {}),
        (LOOPBACK, {"SPARK_LOCAL_IP": "192.168.0.7"}),
    ],
)
def test_listening_on_the_network_is_said(tmp_path: Path, conf: str, environ: Mapping[str, str]) -> None:
    assert not doctor.loopback(written(tmp_path / "conf", conf), environ).ok


def test_a_configuration_that_cannot_be_read_is_said_with_what_to_do() -> None:
    def load() -> Config:
        raise UsageError("timezone: no such place.", "mend the keys")

    assert doctor.configuration(load)[0] == Check("configuration", False, "timezone: no such place.", "mend the keys")


def test_the_checks_go_on_without_a_configuration() -> None:
    def load() -> Config:
        raise UsageError("no.", "go")

    found = doctor.checks(ROOT, load, os.environ)
    assert [check.name for check in found if check.name in {"configuration", "disk", "write access"}] == [
        "configuration",
        "write access",
        "disk",
    ]


def test_a_folder_that_takes_no_files_is_said() -> None:
    assert doctor.writable(Path("/proc/krn/warehouse")) == Check(
        "write access", False, "/proc: No such file or directory", "ls -ld /proc; or KRN_WAREHOUSE=… elsewhere"
    )


def test_a_warehouse_to_be_made_is_writable_where_its_folder_is(tmp_path: Path) -> None:
    assert doctor.writable(tmp_path / "new" / "warehouse") == Check("write access", True, str(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("free", "right"), [(2 * GIB, True), (2 * GIB - 1, False)])
def test_two_gibibytes_must_be_free(free: int, right: bool) -> None:
    assert doctor.disk(Path("warehouse"), free).ok is right


@pytest.mark.parametrize(("total", "right"), [(4 * GIB, True), (4 * GIB - 1, False)])
def test_four_gibibytes_of_memory_are_needed(total: int, right: bool) -> None:
    assert doctor.memory(total).ok is right


@pytest.mark.parametrize(("now", "right"), [(1_000_000.0, True), (999_000.0, False)])
def test_a_clock_behind_the_project_is_said(tmp_path: Path, now: float, right: bool) -> None:
    os.utime(written(tmp_path / "lock", ""), (1_000_000, 1_000_000))
    assert doctor.clock(tmp_path / "lock", now).ok is right


def test_every_problem_names_the_next_command(tmp_path: Path) -> None:
    conf = written(tmp_path / "conf", "")
    wrong = [
        doctor.python((3, 9)),
        doctor.packages(tmp_path / "lock", versions()),
        doctor.loopback(conf, {}),
        doctor.writable(Path("/proc/krn")),
        doctor.disk(tmp_path, 0),
        doctor.memory(0),
        doctor.clock(conf, 0),
    ]
    assert [check.name for check in wrong if check.ok or not check.then] == []
