"""An archive of the Java classes that krn makes Spark load: a JVM that has it need not look for them in 300 jars.

Set-up makes it, by two days of a small shop. Java passes over an archive that was made by another Java or other jars.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyspark import SparkContext

from krn import java
from krn.config import Config, validated
from krn.errors import KrnError
from krn.running import Asked, execute
from krn.session import JAVA, SMALL, open_session
from krn.simulate import Shop, emit
from krn.store import Store

#: Where `conf/spark-defaults.conf` names it.
ARCHIVE = Path(".jars/classes.jsa")
#: One that is merged and one of days, and what they are made of: most classes are the same for every table.
TABLES = ("gold.payment_mix",)
CLOCK = datetime(2024, 3, 9, tzinfo=UTC)


def record(home: Path, environ: Mapping[str, str]) -> None:
    """Make the archive anew. Raises `KrnError` where this Java makes none; krn works without."""
    archive = home / ARCHIVE
    archive.unlink(missing_ok=True)
    base = java.find(environ).home / "lib" / "server" / "classes.jsa"  # Java's own, to which ours is added
    options = f"-XX:SharedArchiveFile={base} -XX:ArchiveClassesAtExit={ARCHIVE}"
    with tempfile.TemporaryDirectory() as folder:
        _work(Path(folder), home, {JAVA: f"{SMALL[JAVA]} {options}"})
    if not archive.is_file():
        raise KrnError("This Java makes no archive of classes, so Spark starts later.", "nothing; krn works without")


def _work(folder: Path, home: Path, options: Mapping[str, str]) -> None:
    """A first run and an increment over what a shop sends, in a JVM that ends with them."""
    config = _config(folder)
    store = Store(lambda: open_session(home, "krn classes", options), config.warehouse)
    for seed in (1,):
        emit(folder / str(seed), Shop(seed, orders=20, days=2), landing_share=1)
        (folder / str(seed) / "landing").rename(folder / "events" / str(seed))
        execute(Asked("classes", ("ingest", "transform", "aggregate"), CLOCK), config, home, store)
    store.spark.stop()
    jvm: Any = SparkContext._gateway
    jvm.shutdown()
    jvm.proc.stdin.close()
    jvm.proc.wait()


def _config(folder: Path) -> Config:
    (folder / "events").mkdir()
    source = {"name": "events", "kind": "landing", "path": folder / "events", "settle_s": 0}
    values = {"warehouse": folder / "warehouse", "sources": [source], "tables": TABLES, "gate": "off"}
    return validated(values, "the archive")


if __name__ == "__main__":
    try:
        record(Path.cwd(), os.environ)
    except KrnError as problem:
        print(problem, file=sys.stderr)
