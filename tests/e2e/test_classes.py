"""Java takes the classes of Spark from the archive that set-up made, and goes without where there is none."""

import os
import subprocess
from pathlib import Path

import pytest

from krn.classes import ARCHIVE
from krn.session import JAVA, properties

HOME = Path(__file__).parents[2]
CONF = HOME / "conf" / "spark-defaults.conf"
COUNTS = "from pyspark.sql import SparkSession; print(SparkSession.builder.getOrCreate().range(3).count())"


def test_spark_takes_its_classes_from_the_archive(tmp_path: Path) -> None:
    program, told = tmp_path / "count.py", tmp_path / "classes.txt"
    program.write_text(COUNTS, encoding="utf-8")
    ran = subprocess.run(
        ["bin/env", "spark-submit", "--properties-file", str(CONF), str(program)],
        cwd=HOME,
        env={**os.environ, "JDK_JAVA_OPTIONS": f"-Xlog:class+load:file={told}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "3\n"
    loaded = told.read_text(encoding="utf-8").splitlines()
    archived = [line for line in loaded if "shared objects file (top)" in line]
    assert len(archived) > len(loaded) / 2


@pytest.mark.parametrize("archive", ["/no/such.jsa", str(HOME / ARCHIVE)])
def test_java_says_nothing_of_an_archive_that_is_missing_or_of_other_jars(archive: str) -> None:
    silent = [option for option in properties(CONF)[JAVA].split() if option.startswith("-Xlog:")]
    java = [str(Path(os.environ["JAVA_HOME"]) / "bin" / "java"), f"-XX:SharedArchiveFile={archive}"]
    ran = subprocess.run([*java, *silent, "-version"], capture_output=True, check=True, text=True)
    assert (ran.stdout, "cds" in ran.stderr) == ("", False)
