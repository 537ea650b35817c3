"""The classes that Spark loads in one archive, which a Java process maps in: each job takes 4 to 7 CPU s less.

`conf/spark-defaults.conf` names the archive, `make archive` writes it. Where there is none, or it is another Java's,
Java reads 300 jars as ever: nothing depends on it but time.
"""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from krn.config import validated
from krn.running import Asked, execute
from krn.session import JAVA, open_session
from krn.simulate import Shop, write
from krn.store import Store

ARCHIVE = ".jars/classes.jsa"
UNFINISHED = ".jars/unfinished.jsa"  # a Java that maps in half an archive dies
#: What a run of these meets of Spark and Delta is what other tables meet, too.
TABLES = ("gold.payment_mix",)
SHOP = Shop(orders=5, days=2)
PATIENCE_S = 120


def archive(home: Path) -> None:
    """Write the archive of the project in `home`: the classes that a run over a tiny shop loads."""
    spark = open_session(home, "krn classes", {JAVA: f"-XX:SharedArchiveFile= -XX:ArchiveClassesAtExit={UNFINISHED}"})
    gateway: Any = spark.sparkContext._gateway
    with tempfile.TemporaryDirectory() as folder:
        _work(Store(lambda: spark, Path(folder) / "warehouse"), home)
    spark.stop()
    gateway.proc.stdin.close()  # Java ends, and writes what it loaded
    gateway.proc.wait(PATIENCE_S)
    (home / UNFINISHED).replace(home / ARCHIVE)


def _work(store: Store, home: Path) -> None:
    write(store.root.parent, SHOP, landing_share=1.0)
    landing = {"name": "landing", "kind": "landing", "path": store.root.parent / "landing", "settle_s": 0}
    values = {"warehouse": store.root, "timezone": SHOP.timezone, "tables": TABLES, "sources": [landing]}
    config = validated(values, "the archive's run")
    clock = datetime.combine(SHOP.start, datetime.min.time(), UTC) + timedelta(days=SHOP.days)
    execute(Asked("run", ("ingest", "transform", "aggregate"), clock), config, home, store)


if __name__ == "__main__":
    archive(Path.cwd())
