"""Java takes the classes of Spark from the archive that set-up made, and goes without where there is none."""

import os
import subprocess
from pathlib import Path

HOME = Path(__file__).parents[2]
COUNTS = "from pyspark.sql import SparkSession; print(SparkSession.builder.getOrCreate().range(3).count())"


def submitted(program: Path, **environ: str) -> str:
    """What a program prints under spark-submit, by the properties that are given."""
    command = ["bin/env", "spark-submit", "--properties-file", "conf/spark-defaults.conf", str(program)]
    ran = subprocess.run(command, cwd=HOME, env={**os.environ, **environ}, capture_output=True, text=True, check=True)
    return ran.stdout


def test_spark_takes_its_classes_from_the_archive(tmp_path: Path) -> None:
    (tmp_path / "count.py").write_text(COUNTS, encoding="utf-8")
    told = tmp_path / "classes.txt"
    assert submitted(tmp_path / "count.py", JDK_JAVA_OPTIONS=f"-Xlog:class+load:file={told}") == "3\n"
    loaded = told.read_text(encoding="utf-8").splitlines()
    archived = [line for line in loaded if "shared objects file (top)" in line]
    assert len(archived) > len(loaded) / 2


def test_java_says_nothing_of_an_archive_that_is_missing_or_another_s(tmp_path: Path) -> None:
    (tmp_path / "other.jsa").write_bytes(b"of another Java")
    for name in ("none.jsa", "other.jsa"):
        options = [f"-XX:SharedArchiveFile={tmp_path / name}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]
        ran = subprocess.run(
            [Path(os.environ["JAVA_HOME"]) / "bin" / "java", *options, "--version"], capture_output=True, check=True
        )
        assert ran.stderr == b""
        assert b"cds" not in ran.stdout
