"""Readapt: bring accepted events of an older contract version to today's, in one commit, before judging new ones."""

from collections.abc import Iterable

import structlog
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.contracts.contract import Contract
from krn.engine.checking import SCHEMA, Terms, checked
from krn.errors import KrnError
from krn.outcome import Run
from krn.store import Store
from krn.tables.bronze import deliveries as bronze
from krn.tables.silver import deliveries as silver

log = structlog.get_logger()

_SHOWN = 5
#: What a verdict says, and which delivery it is about: new data changes none of it.
_KEPT = ("row_id", "verdict", "accepted_type", "reasons", "duplicate_of", "resolution")


def versions(contracts: Iterable[Contract]) -> str:
    """The versions that accepted events are brought to; beside a cursor it tells whether there is something to do."""
    return ", ".join(sorted(f"{c.type} {c.version}" for c in contracts))


def readapt(store: Store, run: Run, terms: Terms) -> int:
    """Write the stale accepted rows anew from their bodies in bronze; how many they were. Verdicts stay.

    An event that does not pass today's contract stops the run: its adapter is wrong, and nothing is published.
    """
    stale = _stale(store.read(silver.TABLE.name), terms.contracts)
    counts = {row.accepted_type: row["count"] for row in stale.groupBy("accepted_type").count().collect()}
    if not counts:
        return 0
    bodies = store.read(bronze.TABLE.name).join(stale.select("row_id"), on="row_id", how="left_semi")
    written = store.root / "_candidates" / silver.TABLE.name / run.id / "readapted"
    checked(bodies, terms).write.parquet(str(written))
    fresh = store.spark.read.schema(SCHEMA).parquet(str(written))
    _all_pass(fresh)
    changed = stale.select(*_KEPT).join(fresh.drop("reasons"), on="row_id", how="inner")
    rows = changed.select(*silver.TABLE.schema.names, F.lit("update").alias("_change"))
    version = store.merge(silver.TABLE, rows, {**run.commit(None), "types": sorted(counts), "readapted": counts})
    log.info("readapted", table=silver.TABLE.name, version=version, **counts)
    return sum(counts.values())


def _stale(deliveries: DataFrame, contracts: Iterable[Contract]) -> DataFrame:
    is_stale = [(F.col("accepted_type") == c.type) & (F.col("version") != c.version) for c in contracts]
    condition = is_stale[0]
    for one in is_stale[1:]:
        condition = condition | one
    return deliveries.where((F.col("verdict") == "accepted") & condition)


def _all_pass(fresh: DataFrame) -> None:
    failing = [f"row {row.row_id}: {', '.join(row.reasons)}" for row in fresh.where("NOT ok").limit(_SHOWN).collect()]
    if failing:
        raise KrnError(
            f"Accepted events don't pass the new version of their contract: {'; '.join(failing)}.",
            "mend the contract's adapter of the older version",
        )
