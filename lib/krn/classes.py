"""An archive of the Java classes that krn makes Spark load: a JVM that has it need not look for them in 300 jars.

Set-up makes it, from a run over two days of a small shop. Java passes over one that was made by another Java or other
jars.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
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
_DRAFT = ARCHIVE.with_name("new.jsa")
#: With all that it is made from; most classes are the same for every table.
TABLE = "gold.payment_mix"
SHOP = Shop(orders=20, days=2)


def record(home: Path, environ: Mapping[str, str]) -> None:
    """Make the archive anew. Raises `KrnError` where this Java makes none; krn works without."""
    (home / _DRAFT).unlink(missing_ok=True)
    base = java.find(environ).home / "lib" / "server" / "classes.jsa"  # Java's own, to which ours is added
    options = f'-XX:SharedArchiveFile="{base}" -XX:ArchiveClassesAtExit={_DRAFT}'
    with tempfile.TemporaryDirectory() as folder:
        _work(Path(folder), home, {JAVA: f"{SMALL[JAVA]} {options}"})
    if not (home / _DRAFT).is_file():
        raise KrnError("This Java makes no archive of classes.")
    (home / _DRAFT).replace(home / ARCHIVE)


def _work(folder: Path, home: Path, options: Mapping[str, str]) -> None:
    """A run over what a shop sent, in a JVM that ends with it."""
    emit(folder / "shop", SHOP, landing_share=1)
    config = _config(folder)
    store = Store(lambda: open_session(home, "krn classes", options), config.warehouse)
    ended = execute(Asked("classes", ("ingest", "transform", "aggregate")), config, home, store)
    if ended.exit_code:
        raise KrnError(ended.error)
    store.spark.stop()
    jvm: Any = SparkContext._gateway
    jvm.shutdown()
    jvm.proc.stdin.close()
    jvm.proc.wait()


def _config(folder: Path) -> Config:
    """Nobody is told of this run, and nothing is gated: Great Expectations has no classes of Java's."""
    told = folder / "alerts.toml"
    told.touch()
    source = {"name": "shop", "kind": "landing", "path": folder / "shop" / "landing", "settle_s": 0}
    values = {"warehouse": folder / "warehouse", "sources": [source], "tables": [TABLE], "gate": "off", "alerts": told}
    return validated(values, "the archive")


if __name__ == "__main__":
    try:
        record(Path.cwd(), os.environ)
    except KrnError as problem:
        print(problem, file=sys.stderr)
        sys.exit(problem.exit_code)
