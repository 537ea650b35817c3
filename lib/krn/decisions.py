"""What a person decides about a held table: to release what it failed, or to discard what was made of it.

Neither publishes, starts Spark or moves a cursor; the next run does what is left to do. Both are told to the journal
before they are done: who is interrupted decides again, and nothing was done that nobody told.
"""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from krn import holds, journal, lock, waivers
from krn.errors import UsageError
from krn.harmless import harmless
from krn.journal import Record
from krn.waivers import Waiver


@dataclass(frozen=True)
class Decision:
    """Who decided, why, and when."""

    by: str
    why: str
    at: datetime

    @property
    def reason(self) -> str:
        """Why, as anybody may read it."""
        return harmless(self.why)


def release(root: Path, table: str, ids: Collection[str], decision: Decision) -> Waiver:
    """Waive the named expectations of a hold, over its scope: the next run publishes if nothing else fails."""
    with lock.hold(root, _lock(table)):
        hold = held(root, table)
        _refuse(hold, ids)
        _has_its_keys(root, hold)
        run = journal.new_run_id(decision.at)
        at = decision.at.isoformat(timespec="seconds")
        named = [found["id"] for found in hold["failed"] if found["id"] in ids]
        _tell(root, run, "release", hold, decision, {"expectations": named})
        return waivers.grant(root, run, at, decision.by, decision.reason, hold, named)


def discard(root: Path, table: str, decision: Decision) -> dict[str, Any]:
    """Remove a hold with its candidate and its waiver, and return it; the next run makes the same part afresh."""
    with lock.hold(root, _lock(table)):
        hold = held(root, table)
        run = journal.new_run_id(decision.at)
        _tell(root, run, "discard", hold, decision, {})
        shutil.rmtree(root / "_candidates" / hold["table"], ignore_errors=True)
        waivers.discard(root, hold["table"])
        holds.clear(root, hold["table"])
    return hold


def held(root: Path, table: str) -> dict[str, Any]:
    """The hold of a table; one that is not held is a mistake."""
    for hold in holds.every(root):
        if hold["table"] == table:
            return hold
    raise UsageError(f"{table} is not held.", "krn hold list")


def _refuse(hold: Mapping[str, Any], ids: Collection[str]) -> None:
    """Raise the reason for which these expectations can't be waived, if there is one."""
    table, failed = hold["table"], {found["id"]: found for found in hold.get("failed", ())}
    if not failed:
        raise UsageError(f"{table} is held, but by no expectation: {hold['why']}.", "krn hold show " + table)
    if not hold["scope"]:
        raise UsageError(f"What {table} holds is all or nothing: {hold['why']}.", "mend what failed, then run again")
    if strange := [name for name in ids if name not in failed]:
        raise UsageError(f"{table}: {', '.join(strange)} did not fail.", f"name some of {', '.join(failed)}")
    for name in ids:
        if failed[name]["error"]:
            raise UsageError(f"{table}: {name} could not be judged: {failed[name]['error']}.", "mend the suite")
        if reason := failed[name]["never"]:
            raise UsageError(f"{table}: {name} can't be waived: {reason}.", f"mend what {name} found, then run again")


def _has_its_keys(root: Path, hold: Mapping[str, Any]) -> None:
    folder = hold["scope"].get("folder")
    if folder and not (root / folder).is_dir():
        state = f"{root / folder}, which says the keys that {hold['table']} was held for, is gone."
        raise UsageError(state, "run again: it is held again with its keys")


def _tell(
    root: Path, run: str, does: str, hold: Mapping[str, Any], decision: Decision, more: Mapping[str, Any]
) -> None:
    notes = {"table": hold["table"], "held": hold["run"], "by": decision.by, "why": decision.reason, **more}
    journal.write(root, Record(run, f"hold {does}", decision.at, decision.at, decision.at, 0, notes=notes))


def _lock(table: str) -> str:
    """The lock of whatever writes the table's stage; judge, which gates bronze, works under silver's."""
    return "gold" if table.startswith("gold.") else "silver"
