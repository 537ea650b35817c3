"""The daemon of Python workers looks for modules outside Spark's archives, unless pyspark is in them alone."""

import sys
import zipfile
from pathlib import Path

import pytest

from krn.daemon import without_archives

INSTALLED = [entry for entry in sys.path if entry.endswith("site-packages")]


def test_spark_s_archives_are_off_the_path_and_others_stay_where_pyspark_is_installed() -> None:
    archives = ["/spark/python/lib/pyspark.zip", "/spark/python/lib/py4j-0.10.9-src.zip", "/s/spark-core_2.13-4.1.jar"]
    assert without_archives([*archives, "/mine/tools.zip", *INSTALLED]) == ["/mine/tools.zip", *INSTALLED]


@pytest.mark.parametrize("installed", [(), ("pyspark",)])
def test_the_path_stays_where_something_is_in_an_archive_alone(tmp_path: Path, installed: tuple[str, ...]) -> None:
    with zipfile.ZipFile(tmp_path / "pyspark.zip", "w") as archive:
        archive.writestr("pyspark/__init__.py", "")
        archive.writestr("py4j/__init__.py", "")
    for name in installed:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    path = [str(tmp_path / "pyspark.zip"), str(tmp_path)]
    assert without_archives(path) == path
