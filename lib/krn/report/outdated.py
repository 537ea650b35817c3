"""What was set aside under rules that have changed since, so that some of it may pass now."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from krn.asking import rows, sql_name
from krn.contracts import CONTRACTS
from krn.report.trouble import Trouble

_KNOWN = {contract.type for contract in CONTRACTS}


def troubles(root: Path, runs: Sequence[Mapping[str, Any]]) -> Iterator[Trouble]:
    """Open rows of each type whose contract changed after they were judged, unless somebody has judged again since."""
    for kind, (before, on) in sorted(_changed(runs).items()):
        if n := _open_before(root, kind, before):
            says = f"{n:,} of {kind} were set aside before its contract changed on {on:%d %B %Y}: some may pass now."
            yield Trouble("warn", says, f"krn quarantine rejudge --type {kind} --dry-run", "quarantine")


def _changed(runs: Sequence[Mapping[str, Any]]) -> dict[str, tuple[datetime, datetime]]:
    """By type, when the last run ended that knew another contract, and the next one, which knew today's.

    `runs` come oldest first. What came between the two was judged by the later one.
    """
    before: Mapping[str, str] = {}
    found: dict[str, tuple[datetime, datetime]] = {}
    ended = None
    for run in runs:
        now: Mapping[str, str] = (run.get("edition") or {}).get("contracts", before)
        at = datetime.fromisoformat(str(run["ended_at"]))
        if before and ended:
            changed = {kind for kind, contract in now.items() if before.get(kind) != contract}
            found |= dict.fromkeys(changed & _KNOWN, (ended, at))
        if chosen := run["notes"].get("judged_again"):
            found = {kind: when for kind, when in found.items() if chosen["type"] not in (kind, None)}
        before, ended = now, at
    return found


def _open_before(root: Path, kind: str, at: datetime) -> int:
    query = f"""
        SELECT count(*) AS n FROM {sql_name("silver.deliveries")}
        WHERE verdict = 'quarantined' AND resolution IS NULL AND type = '{kind}'
          AND received_at <= TIMESTAMP '{at.isoformat()}'
    """  # noqa: S608  types of our contracts, and instants
    return sum(row["n"] for row in rows(root, query, "silver.deliveries"))
