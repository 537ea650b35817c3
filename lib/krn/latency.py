"""How long deliveries take: from the event to bronze, from bronze to their verdict, from the verdict to gold."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from krn.asking import rows
from krn.tables.silver.deliveries import TABLE as DELIVERIES

#: Late events and replays count: they are what a reader of gold waited for.
_RECEIVED = """
    SELECT count(*) AS n, percentile_cont(seconds, 0.5) AS p50, percentile_cont(seconds, 0.95) AS p95 FROM (
        SELECT date_part('epoch', received_at - event_time) AS seconds FROM silver_deliveries
        WHERE verdict = 'accepted' AND received_at > TIMESTAMP '{since}'
    )
"""
_BATCHES = """
    SELECT batch, min(received_at) AS received_at, count(*) AS n FROM silver_deliveries
    WHERE received_at > TIMESTAMP '{since}' GROUP BY batch
"""

Record = Mapping[str, Any]
Weighted = tuple[float, int]  # seconds, and how many deliveries took them


@dataclass(frozen=True)
class Hop:
    """One way that deliveries took, and the seconds in which 50 and 95 % of them had taken it."""

    name: str
    n: int
    p50: float
    p95: float


def latency(root: Path, runs: Sequence[Record], since: datetime) -> tuple[Hop, ...]:
    """The hops of what was received after `since` and after the first of the runs; a hop nothing took is left out."""
    if not runs:
        return ()
    literal = max(since, _instant(runs[0]["started_at"])).isoformat()
    received = rows(root, _RECEIVED.format(since=literal), DELIVERIES.name)
    batches = rows(root, _BATCHES.format(since=literal), DELIVERIES.name)
    judgements, gold = _judgements(runs), _gold(runs)
    judged = [(b["received_at"], at, b["n"]) for b in batches for at in _first(judgements, b["received_at"])]
    in_gold = [(at, made, n) for _, at, n in judged for made in _first(gold, at)]
    hops = (
        *(Hop("received", r["n"], r["p50"], r["p95"]) for r in received),
        _hop("judged", [((at - before).total_seconds(), n) for before, at, n in judged]),
        _hop("in gold", [((at - before).total_seconds(), n) for before, at, n in in_gold]),
    )
    return tuple(hop for hop in hops if hop.n)


def tables_of(run: Record) -> Iterator[tuple[Record, datetime]]:
    """The tables of a run and when each was done; older records know only when the run was."""
    return ((table, _instant(table.get("ended_at") or run["ended_at"])) for table in run["tables"])


def _judgements(runs: Sequence[Record]) -> list[datetime]:
    done = (pair for run in runs for pair in tables_of(run))
    return sorted(at for table, at in done if (table["table"], table["outcome"]) == (DELIVERIES.name, "published"))


def _gold(runs: Sequence[Record]) -> list[datetime]:
    """When runs had made the last of gold that left all of it as new as silver."""
    made = ([pair for pair in tables_of(run) if pair[0]["table"].startswith("gold.")] for run in runs)
    return sorted(
        max(at for _, at in gold)
        for gold in made
        if gold and all(table["outcome"] in ("published", "unchanged") for table, _ in gold)
    )


def _first(instants: Sequence[datetime], after: datetime) -> Sequence[datetime]:
    """The first of them, which are sorted, that is not before `after`; none where all are."""
    place = bisect_left(instants, after)
    return instants[place : place + 1]


def _hop(name: str, took: Sequence[Weighted]) -> Hop:
    return Hop(name, sum(n for _, n in took), percentile(took, 0.5), percentile(took, 0.95))


def percentile(took: Sequence[Weighted], share: float) -> float:
    """The least seconds in which that share of the deliveries was done; 0 where there are none."""
    wanted, done = share * sum(n for _, n in took), 0
    for seconds, n in sorted(took):
        done += n
        if done >= wanted:
            return seconds
    return 0.0


def _instant(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
