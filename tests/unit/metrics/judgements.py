"""A warehouse that needs no Spark: commits of silver.deliveries as judge leaves them, and the cursors of gold."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from krn import cursors
from krn.cursors import Cursor
from krn.store import Store
from krn.tables.every import TABLES

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def no_spark() -> SparkSession:
    raise AssertionError("a session was started")


@dataclass(frozen=True)
class Came:
    """A delivery with its verdict; it happened so many seconds before it came, and came at noon."""

    seconds: float
    verdict: str = "accepted"
    type: str = "order.created"
    source: str = "shop"
    time_source: str = "event"


@dataclass(frozen=True)
class Warehouse:
    """A warehouse of which only what metrics read is there."""

    store: Store

    @property
    def root(self) -> Path:
        return self.store.root

    def judged(self, *came: Came, at: datetime = NOON, of: tuple[str, ...] = ("types",)) -> int:
        """Commit the deliveries as judge does, a file for each verdict; returns the version. `of`: what it wrote."""
        folder = self.root / "silver" / "deliveries"
        (folder / "_delta_log").mkdir(parents=True, exist_ok=True)
        version = len(list((folder / "_delta_log").iterdir()))
        actions: list[dict[str, object]] = [
            {
                "commitInfo": {
                    "timestamp": int(at.timestamp() * 1000),
                    "userMetadata": json.dumps({"run": "r", **dict.fromkeys(of)}),
                }
            }
        ]
        for verdict in dict.fromkeys(one.verdict for one in came):
            name = f"verdict={verdict}/accepted_type=a%20b/{version}.parquet"
            _write(folder / name.replace("%20", " "), [one for one in came if one.verdict == verdict])
            actions.append({"add": {"path": name, "partitionValues": {"verdict": verdict}, "dataChange": True}})
        log = folder / "_delta_log" / f"{version:020}.json"
        log.write_text("\n".join(map(json.dumps, actions)))
        return version

    def gold_reflects(self, version: int, but: str = "", then: int = 0) -> None:
        """Every table of gold has come to this version of silver.deliveries, but one table to another."""
        for name in (table.name for table in TABLES if table.stage == "gold"):
            through = then if name == but else version
            cursors.save(self.root, Cursor(name, 0, "id", through, "print", {}))


def _write(path: Path, came: Sequence[Came]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    instant = pa.timestamp("us", "UTC")
    columns = {
        "source": pa.array([one.source for one in came]),
        "type": pa.array([one.type for one in came], pa.string()),
        "time_source": pa.array([one.time_source for one in came]),
        "event_time": pa.array([NOON - timedelta(seconds=one.seconds) for one in came], instant),
        "received_at": pa.array([NOON for _ in came], instant),
    }
    pq.write_table(pa.table(columns), path)
