"""What was set aside under rules that have changed since, so that some of it may pass now."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from krn.asking import rows, sql_name
from krn.report.trouble import Trouble

_JOB = "quarantine rejudge"


def troubles(root: Path, runs: Sequence[Mapping[str, Any]]) -> Iterator[Trouble]:
    """Open rows of each type whose contract changed after they came, unless somebody has judged again since."""
    for kind, since in sorted(_changed(runs).items()):
        if n := _open_before(root, kind, since):
            says = f"{n:,} of {kind} were set aside before its contract changed on {since:%d %B %Y}: some may pass now."
            yield Trouble("warn", says, f"krn quarantine rejudge --type {kind} --dry-run", "quarantine")


def _changed(runs: Sequence[Mapping[str, Any]]) -> dict[str, datetime]:
    """By type, when the first run ended that knew its contract as it is now; `runs` come oldest first."""
    before: Mapping[str, str] = {}
    found: dict[str, datetime] = {}
    for run in runs:
        now: Mapping[str, str] = (run.get("edition") or {}).get("contracts", before)
        at = datetime.fromisoformat(str(run["ended_at"]))
        found |= {kind: at for kind, contract in now.items() if before and before.get(kind) != contract}
        if run["job"] == _JOB and run["exit_code"] == 0:
            found.clear()
        before = now
    return found


def _open_before(root: Path, kind: str, at: datetime) -> int:
    query = f"""
        SELECT count(*) AS n FROM {sql_name("silver.deliveries")}
        WHERE verdict = 'quarantined' AND resolution IS NULL AND type = '{kind}'
          AND received_at < TIMESTAMP '{at.isoformat()}'
    """  # noqa: S608  types of our contracts, and instants
    return sum(row["n"] for row in rows(root, query, "silver.deliveries"))
