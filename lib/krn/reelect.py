"""Reelect: check deliveries with all that stand for election with them, and publish the verdicts that change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.engine.candidate import Candidate, write
from krn.engine.checking import Terms, checked_once
from krn.engine.repairs import elected, repeats_of_fixes
from krn.engine.rivals import fixes, rivals
from krn.failpoints import reached
from krn.gate import Result
from krn.outcome import Built, Run
from krn.rulings import gated_verdicts, kept, record
from krn.store import Store
from krn.tables.bronze import deliveries as bronze
from krn.tables.silver import deliveries as silver


@dataclass(frozen=True)
class Election:
    """The verdicts as they would be, beside the bronze rows that they are about."""

    candidate: Candidate
    bodies: DataFrame


def election(store: Store, terms: Terms, bodies: DataFrame, folder: Path) -> Election:
    """Judge bronze rows as if each had been judged so from the start, together with those that they may displace.

    Those are the rows of the same events that passed their check, of every fix the row it repairs and the other fixes
    of it, and in turn the rows of their events. What is written on the way is in `folder`. An accepted event that does
    not pass today's contract stops the run: the contract is wrong.
    """
    fresh = checked_once(bodies, terms, folder / "checked")
    if store.exists(silver.TABLE.name):
        fresh = fresh.unionByName(rivals(store, terms, fresh, folder))
    reached("parsed")
    ids = fresh.select("row_id")
    found = elected(fresh)
    candidate = write(silver.TABLE, found, _as_they_are(store, ids), folder / "rows")
    reached("elected")
    return Election(candidate, store.read(bronze.TABLE.name).join(ids, on="row_id", how="left_semi"))


def published(
    store: Store,
    run: Run,
    terms: Terms,
    made: Election,
    kind: str,
    over: Mapping[str, object] | None = None,
    arrived: Result | None = None,
) -> Built:
    """The verdicts that are new or other than before, gated and in one commit; nothing is written for none.

    `kind`, what was done, tells runs over such rows from others. `over` is the scope of rows that have no verdict yet:
    only of those a hold can be waived. `arrived` is what their gate in bronze said.
    """
    candidate, visible = made.candidate, made.candidate.visible(store.spark)
    if not candidate.n_changed:
        record(store, terms)
        return Built(silver.TABLE.name, "unchanged", "no verdict changes", store.head(silver.TABLE.name))
    ruling = gated_verdicts(
        visible, made.bodies, run, kind, repeats_of_fixes(visible, fixes(store)), store if over else None
    )
    reached("gate_run")
    if not ruling.is_open:
        return kept(store, run, silver.TABLE, ruling, over, str(candidate.path))
    counts, types = _counted(candidate.read(store.spark, "insert", "update"), terms)
    version = _commit(store, candidate, {**run.commit(ruling.result, arrived), "types": types, "token": kind})
    reached("silver_committed")
    record(store, terms)
    return replace(ruling, outcome="published", version=version, rows=counts)


def _as_they_are(store: Store, ids: DataFrame) -> DataFrame | None:
    if not store.exists(silver.TABLE.name):
        return None
    return store.read(silver.TABLE.name).join(ids, on="row_id", how="left_semi").select(*silver.TABLE.schema.names)


def _counted(changed: DataFrame, terms: Terms) -> tuple[dict[str, int], list[str]]:
    """New rows by verdict and those whose verdict changed, and the types whose accepted events may have changed."""
    known = F.when(F.col("type").isin([c.type for c in terms.contracts]), F.col("type")).alias("known")
    rows = changed.groupBy("_change", "verdict", known).count().collect()
    new = [row for row in rows if row["_change"] == "insert"]
    verdicts = silver.VERDICTS if new else ()
    counts = {verdict: sum(row["count"] for row in new if row.verdict == verdict) for verdict in verdicts}
    counts["update"] = sum(row["count"] for row in rows if row["_change"] == "update")
    return counts, sorted({row.known for row in rows if row.known})


def _commit(store: Store, candidate: Candidate, commit: dict[str, object]) -> int:
    changed = candidate.read(store.spark, "insert", "update")
    if candidate.rows["update"]:
        return store.merge(silver.TABLE, changed, commit)
    return store.append(silver.TABLE, changed.drop("_change"), commit)
