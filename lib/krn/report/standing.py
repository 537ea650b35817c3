"""Is it fine? One sentence, what to do next, and all that a person should know besides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from krn.report.flow import Flow
from krn.report.gates import Concern, waiting
from krn.report.trouble import LEVELS, Trouble, some

Record = Mapping[str, Any]

STEPS = {"run": ("ingest", "transform", "aggregate")}
#: How commands begin that a person types and sees fail: they leave no work undone.
BY_HAND = "quarantine "


@dataclass(frozen=True)
class Standing:
    """`level`: empty, good, warn or bad; `others` are the troubles that the sentence does not tell, the worst first."""

    level: str
    says: str
    then: str = ""
    section: str = ""
    others: tuple[Trouble, ...] = ()


def standing(flow: Flow, troubles: Iterable[Trouble]) -> Standing:
    """The worst that is true; of equals the one that was told first."""
    sorted_ = sorted(troubles, key=lambda trouble: LEVELS.index(trouble.level))
    if sorted_:
        worst, *others = sorted_
        return Standing(worst.level, worst.says, worst.then, worst.section, tuple(others))
    if not flow.bronze:
        return Standing("empty", "Nothing has come in yet.", "krn run")
    is_any = flow.verdicts["quarantined"] > 0
    return Standing("good", "Everything is fine.", *(("krn quarantine", "quarantine") if is_any else ()))


def troubles(
    flow: Flow, holds: Sequence[Record], runs: Sequence[Record], concerns: Sequence[Concern]
) -> Iterator[Trouble]:
    """Of the way itself; sums that differ come first, since then no number can be relied on."""
    for wrong in flow.wrong:
        yield Trouble("bad", f"The counts do not add up: {wrong.says}.", "krn run --full", "flow")
    for hold in holds:
        says = f"{hold['table']} is held: {hold['why']}. Readers see its previous version."
        yield Trouble("bad", says, f"krn hold show {hold['table']}", "holds")
    for run in failing(runs):
        state, _, then = str(run["error"] or "it ended without a word").partition(" Next: ")
        yield Trouble("bad", f"The last {run['job']} failed: {state}", then or "krn history", "runs")
    if waits := waiting(runs):
        yield Trouble("warn", f"Not up to date: {some(waits)}.", "krn hold list" if holds else "krn run", "holds")
    if flow.waiting:
        yield Trouble("warn", f"{flow.waiting:,} deliveries wait for a verdict.", "krn transform", "flow")
    warned = [concern.table for concern in concerns if concern.status in ("warned", "waived")]
    if warned:
        n = f"{len(warned)} {'warning' if len(warned) == 1 else 'warnings'}"
        then = "krn quarantine" if warned[0] == "silver.deliveries" else f"krn suite try {warned[0]}"
        yield Trouble("warn", f"Published with {n}: {some(warned)}.", then, "gates")


def failing(runs: Sequence[Record]) -> list[Record]:
    """The runs that failed and whose work no later run has done, the newest first."""
    scheduled = [run for run in runs if not run["job"].startswith(BY_HAND)]
    latest = {step: run for run in scheduled for step in STEPS.get(run["job"], (run["job"],))}
    failed = (run for run in reversed(runs) if run["outcome"] == "failed")
    return [run for run in failed if any(last is run for last in latest.values())]
