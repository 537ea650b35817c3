"""Is it fine? One sentence, and what to do next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from krn.report.flow import Flow
from krn.report.gates import Concern

Record = Mapping[str, Any]

STEPS = {"run": ("ingest", "transform", "aggregate")}


@dataclass(frozen=True)
class Standing:
    """`level`: empty, good, warn or bad."""

    level: str
    says: str
    then: str = ""


def standing(flow: Flow, holds: Sequence[Record], runs: Sequence[Record], concerns: Sequence[Concern]) -> Standing:
    """The worst that is true; sums that differ come first, since then no number can be relied on."""
    warned = [concern.table for concern in concerns if concern.status in ("warned", "waived")]
    return _broken(flow, holds, runs) or _unfinished(flow, runs) or _open(flow, warned)


def _broken(flow: Flow, holds: Sequence[Record], runs: Sequence[Record]) -> Standing | None:
    if flow.wrong:
        return Standing("bad", f"The counts do not add up: {flow.wrong[0].says}.", "krn run --full")
    if holds:
        held = _names(hold["table"] for hold in holds)
        return Standing("bad", f"Held: {held}. Readers see the previous version.", "krn hold list")
    failed = failing(runs)
    return _failed(failed[-1]) if failed else None


def _unfinished(flow: Flow, runs: Sequence[Record]) -> Standing | None:
    if not flow.bronze:
        return Standing("empty", "Nothing has come in yet.", "krn run")
    if waits := _waiting(runs):
        return Standing("warn", f"Not up to date: {_names(waits)}.", "krn run")
    return (
        Standing("warn", f"{flow.waiting:,} deliveries wait for a verdict.", "krn transform") if flow.waiting else None
    )


def _failed(run: Record) -> Standing:
    state, _, then = str(run["error"] or "it ended without a word").partition(" Next: ")
    return Standing("bad", f"The last {run['job']} failed: {state}", then or "krn history")


def _open(flow: Flow, warned: Sequence[str]) -> Standing:
    if warned:
        n = f"{len(warned)} {'warning' if len(warned) == 1 else 'warnings'}"
        return Standing("warn", f"Fine, with {n} in {_names(warned)}.", "read the warnings below")
    set_aside = flow.verdicts["quarantined"]
    return Standing("good", "Everything is fine.", f"krn quarantine: {set_aside:,} set aside" if set_aside else "")


def failing(runs: Sequence[Record]) -> list[Record]:
    """The runs that failed and whose work no later run has done, oldest first."""
    latest = {step: run for run in runs for step in STEPS.get(run["job"], (run["job"],))}
    return [run for run in runs if run["outcome"] == "failed" and any(last is run for last in latest.values())]


def _waiting(runs: Sequence[Record]) -> list[str]:
    latest = {table["table"]: table["outcome"] for run in runs for table in run["tables"]}
    return [name for name, outcome in latest.items() if outcome == "waits"]


def _names(tables: Iterable[str]) -> str:
    names = sorted(set(tables))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
