"""Java takes the classes of Spark from the archive that set-up made, and goes without where there is none."""

import os
import subprocess
from pathlib import Path

import pytest

from krn.classes import ARCHIVE
from krn.session import JAVA, properties

HOME = Path(__file__).parents[2]
CONF = HOME / "conf" / "spark-defaults.conf"


def test_the_archive_has_classes_of_spark_and_of_delta() -> None:
    archive = (HOME / ARCHIVE).read_bytes()
    assert [name for name in (b"spark/sql/SparkSession", b"sql/delta/DeltaLog") if name not in archive] == []


def test_spark_submit_takes_its_classes_from_the_archive(tmp_path: Path) -> None:
    """The process of spark-submit is the driver's; to say its version it starts as for a job."""
    told = tmp_path / "classes.txt"
    subprocess.run(
        ["bin/env", "spark-submit", "--properties-file", str(CONF), "--version"],
        cwd=HOME,
        env={**os.environ, "JDK_JAVA_OPTIONS": f"-Xlog:class+load:file={told}"},
        capture_output=True,
        check=True,
    )
    loaded = told.read_text(encoding="utf-8").splitlines()
    archived = [line for line in loaded if "shared objects file (top)" in line]
    assert len(archived) > len(loaded) / 2


@pytest.mark.parametrize("archive", ["/no/such.jsa", str(HOME / ARCHIVE)])
def test_java_says_nothing_of_an_archive_that_is_missing_or_of_other_jars(archive: str) -> None:
    silent = [option for option in properties(CONF)[JAVA].split() if option.startswith("-Xlog:")]
    java = [str(Path(os.environ["JAVA_HOME"]) / "bin" / "java"), f"-XX:SharedArchiveFile={archive}"]
    ran = subprocess.run([*java, *silent, "-version"], capture_output=True, check=True, text=True)
    assert (ran.stdout, "cds" in ran.stderr) == ("", False)
