"""Is it fine? One sentence, and what to do next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from krn.report.flow import Flow
from krn.report.gates import Concern

STEPS = {"run": ("ingest", "transform", "aggregate")}


@dataclass(frozen=True)
class Standing:
    """`level`: empty, good, warn or bad."""

    level: str
    says: str
    then: str = ""


def standing(flow: Flow, holds: Sequence[Mapping[str, Any]], runs: Sequence[Mapping[str, Any]], concerns: Sequence[Concern]) -> Standing:
    """The worst that is true; sums that differ come first, since then no number can be relied on."""
    if flow.wrong:
        return Standing("bad", f"The counts do not add up: {flow.wrong[0].says}.", "stop publishing from this warehouse, then krn run --full")
    if holds:
        return Standing("bad", f"Held: {_names(h['table'] for h in holds)}. Readers see the previous version.", "krn hold list")
    if failed := failing(runs):
        state, _, then = str(failed[-1]["error"] or "it ended without a word").partition(" Next: ")
        return Standing("bad", f"The last {failed[-1]['job']} failed: {state}", then or "krn history")
    if not flow.bronze:
        return Standing("empty", "Nothing has come in yet.", "krn run")
    if waits := _waiting(runs):
        return Standing("warn", f"Not up to date: {_names(waits)}.", "krn run")
    return _open(flow, concerns)


def _open(flow: Flow, concerns: Sequence[Concern]) -> Standing:
    if flow.waiting:
        return Standing("warn", f"{flow.waiting:,} deliveries wait for a verdict.", "krn transform")
    warned = [c for c in concerns if c.status == "warned"]
    if warned:
        n = len(warned)
        return Standing("warn", f"Fine, with {n} {'warning' if n == 1 else 'warnings'} in {_names(c.table for c in warned)}.", "read the warnings below")
    set_aside = flow.verdicts["quarantined"]
    return Standing("good", "Everything is fine.", f"krn quarantine: {set_aside:,} deliveries were set aside" if set_aside else "")


def failing(runs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The runs that failed and whose work no later run has done, oldest first."""
    latest = {step: run for run in runs for step in STEPS.get(run["job"], (run["job"],))}
    return [run for run in runs if run["outcome"] == "failed" and any(last is run for last in latest.values())]


def _waiting(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    latest = {table["table"]: table["outcome"] for run in runs for table in run["tables"]}
    return [name for name, outcome in latest.items() if outcome == "waits"]


def _names(tables: Iterable[str]) -> str:
    names = sorted(set(tables))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
