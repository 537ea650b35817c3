"""The daemon of Python workers looks for modules in folders, unless pyspark is in an archive alone."""

import sys
import zipfile
from pathlib import Path

from pyspark.sql import SparkSession

from krn.daemon import without_archives

INSTALLED = [entry for entry in sys.path if entry.endswith("site-packages")]


def test_archives_are_off_the_path_where_pyspark_is_installed() -> None:
    assert without_archives(["/spark/pyspark.zip", "/spark/core.jar", *INSTALLED]) == INSTALLED


def test_the_path_stays_where_pyspark_is_in_an_archive_alone(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pyspark.zip", "w") as archive:
        archive.writestr("pyspark/__init__.py", "")
    path = [str(tmp_path / "pyspark.zip"), str(tmp_path)]
    assert without_archives(path) == path


def test_no_worker_looks_into_an_archive(spark: SparkSession) -> None:
    looked_into = spark.sparkContext.parallelize([0], 1).map(lambda _: [*sys.path, *sys.path_importer_cache]).first()
    assert [entry for entry in looked_into if entry.endswith((".zip", ".jar"))] == []
