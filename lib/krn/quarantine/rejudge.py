"""Rejudge: what was quarantined is checked under today's contracts, and elected as if it had passed from the start."""

import structlog
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.contracts import CONTRACTS
from krn.contracts.contract import Contract
from krn.engine.candidate import rows_in
from krn.engine.checking import Terms
from krn.engine.rivals import NOT_DROPPED
from krn.errors import Unreadable, UsageError
from krn.judge import FEW
from krn.outcome import Built, Run
from krn.quarantine.chosen import Chosen
from krn.readapt import brought_to_today, is_of_today
from krn.reelect import Election, election, published
from krn.rulings import discard_again, draft_again, record, terms_for
from krn.store import Store
from krn.tables.bronze import deliveries as bronze
from krn.tables.silver import deliveries as silver

log = structlog.get_logger()

#: What becomes of rows: how many get which verdict. The chosen are told by each reason that they had, and those whose
#: verdict changes with theirs, such as an accepted row that loses, by the verdict that they had.
Becomes = list[dict[str, object]]


def rejudge(
    store: Store, run: Run, chosen: Chosen, contracts: tuple[Contract, ...] = CONTRACTS
) -> tuple[tuple[Built, ...], Becomes]:
    """Judge the chosen rows again and publish the verdicts that change, in one commit; a second run changes nothing.

    What a fix resolved is judged with the rest, since a rebuild judges it too; what was dropped is not.
    """
    terms = terms_for(run, contracts)
    with store.jobs(silver.TABLE.name):
        readapted = brought_to_today(store, run, terms)
        if readapted and not readapted.is_open:
            return (readapted,), []
        made, becomes = _judged_again(store, run, terms, chosen)
        built = published(store, run, terms, made, "rejudged") if made else _nothing(store, terms)
        if built.is_open:
            discard_again(store)
    log.info("rejudged", table=built.table, outcome=built.outcome, why=built.why, **built.rows)
    return (*((readapted,) if readapted else ()), built), becomes


def foretold(store: Store, run: Run, chosen: Chosen, contracts: tuple[Contract, ...] = CONTRACTS) -> Becomes:
    """What `rejudge` would do, without a commit."""
    terms = terms_for(run, contracts)
    if not is_of_today(store, terms):
        raise UsageError("Accepted events are not at today's contracts or key yet.", "krn transform, then again")
    becomes = _judged_again(store, run, terms, chosen)[1]
    discard_again(store)
    return becomes


def _judged_again(store: Store, run: Run, terms: Terms, chosen: Chosen) -> tuple[Election | None, Becomes]:
    if not store.exists(silver.TABLE.name):
        return None, []
    rows = store.read(silver.TABLE.name).where(chosen.sql).where(NOT_DROPPED)
    n = rows.count()
    if not n:
        return None, []
    bodies = store.read(bronze.TABLE.name).join(rows.select("row_id"), on="row_id", how="left_semi")
    read = store.count(bronze.TABLE.name) + store.count(silver.TABLE.name)
    with store.planned(read, works_on_few=n <= FEW):
        folder = draft_again(store, run)
        made = election(store, terms, bodies, folder)
        if (there := rows_in(folder / "checked")) != n:
            raise Unreadable(f"{bronze.TABLE.name} has {there} of the {n} chosen rows.", "restore bronze from a backup")
        return made, _becomes(rows, store.read(silver.TABLE.name), made.candidate.visible(store.spark))


def _becomes(chosen: DataFrame, before: DataFrame, after: DataFrame) -> Becomes:
    others = before.join(chosen, on="row_id", how="left_anti").select("row_id", F.col("verdict").alias("was"))
    is_other = F.col("was") != F.col("verdict")
    verdicts = after.select("row_id", "verdict")
    displaced = others.join(verdicts, on="row_id", how="inner").where(is_other)
    asked = chosen.select("row_id", F.explode("reasons").alias("was")).join(verdicts, on="row_id", how="inner")
    counted = asked.unionByName(displaced).groupBy("was", "verdict").count()
    return [{"was": r.was, "verdict": r.verdict, "rows": r["count"]} for r in sorted(counted.collect())]


def _nothing(store: Store, terms: Terms) -> Built:
    if store.exists(silver.TABLE.name):
        record(store, terms)
    return Built(silver.TABLE.name, "unchanged", "no row matches", store.head(silver.TABLE.name))
