"""What Spark is spared: archives on the path of workers, processes for files, and keys of Hadoop's servers."""

import stat
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from world import DAILY, TOTALS, content, deliver, order, step

from krn.daemon import ARCHIVES
from krn.session import SERVERS
from krn.store import Store


def test_no_worker_looks_into_an_archive_of_spark_s(spark: SparkSession) -> None:
    looked_into = spark.sparkContext.parallelize([0], 1).map(lambda _: [*sys.path, *sys.path_importer_cache]).first()
    assert [entry for entry in looked_into if any(fnmatch(entry, archive) for archive in ARCHIVES)] == []


def test_a_file_system_that_starts_no_process_gives_files_and_folders_their_usual_permissions(
    spark: SparkSession, tmp_path: Path
) -> None:
    hadoop = spark._jsc.hadoopConfiguration()
    system = spark._jvm.org.apache.hadoop.fs.FileSystem.getLocal(hadoop)
    assert system.getClass().getSimpleName() == "BareLocalFileSystem"
    spark.range(1).write.parquet(str(tmp_path / "rows"))
    modes = {stat.filemode(path.stat().st_mode) for path in (tmp_path / "rows", *(tmp_path / "rows").iterdir())}
    assert modes == {"drwxr-xr-x", "-rw-r--r--"}


def test_a_warehouse_may_be_reached_through_a_link_and_lie_in_a_folder_with_spaces_in_its_name(
    spark: SparkSession, tmp_path: Path
) -> None:
    store = Store(lambda: spark, tmp_path / "my shop #1")
    (tmp_path / "disk #2").mkdir()
    store.root.symlink_to(tmp_path / "disk #2")
    for n in (1, 2):  # of one day, which the second run replaces
        deliver(store, order(f"o{n}"))
        step(store, f"r{n}", [TOTALS, DAILY])
    assert content(store, DAILY.name, "total", "n") == {(20, 2): 1}
    store.vacuum(TOTALS.name)
    assert store.read(TOTALS.name).count() == 2


@pytest.mark.parametrize("prefix", SERVERS)
def test_nothing_is_left_of_what_hadoops_servers_are_told(spark: SparkSession, prefix: str) -> None:
    spark.range(1).collect()
    hadoop = spark._jsparkSession.sessionState().newHadoopConf()
    assert dict(hadoop.getPropsWithPrefix(prefix)) == {}
    assert dict(hadoop.getPropsWithPrefix("ipc.client.")) != {}
