"""The plan of one batch: decided once, written down before anything is loaded, removed when all of it is recorded."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from krn.errors import Unreadable
from krn.sources.listing import File

LOADED, SET_ASIDE, DUPLICATE, CHANGED = "loaded", "set_aside", "duplicate_content", "changed_since_plan"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of one version of a file; `first` is the position of its first row in the batch."""

    file: File
    status: str
    reason: str | None = None
    sha256: str | None = None
    rows: int = 0
    unpacked: int = 0
    first: int = 0

    @property
    def has_rows(self) -> bool:
        return self.status == LOADED and self.rows > 0


@dataclass(frozen=True)
class Plan:
    """Decisions in the order of their paths. `run_id` is the run that loads it."""

    source: str
    run_id: str
    batch: int
    decisions: tuple[Decision, ...]

    @property
    def rows(self) -> int:
        return sum(d.rows for d in self.decisions if d.has_rows)

    @property
    def contents(self) -> dict[str | None, str]:
        """What it loads, by hash: the path."""
        return {d.sha256: d.file.path for d in self.to_load}

    @property
    def to_load(self) -> tuple[Decision, ...]:
        return tuple(d for d in self.decisions if d.has_rows)

    def without(self, changed: Iterable[Decision]) -> "Plan":
        """The same plan, the `changed` files left for a later run, and what passed for a copy of one with it."""
        gone = {d.sha256 for d in changed}
        return replace(self, decisions=numbered(_dropped(d) if d.sha256 in gone else d for d in self.decisions))


def numbered(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions, each with the position of its first row: the rows of all files lie one after another."""
    found, first = [], 0
    for decision in decisions:
        found.append(replace(decision, first=first))
        first += decision.rows if decision.has_rows else 0
    return tuple(found)


def _dropped(decision: Decision) -> Decision:
    return replace(decision, status=CHANGED, reason="the planned content is gone", rows=0)


def path(warehouse: Path, source: str) -> Path:
    """Where the open plan of a source lies."""
    return warehouse / "ops" / "plans" / f"{source}.json"


def write(path: Path, plan: Plan) -> None:
    """Write the plan so that it is there whole or not at all, also after the power went."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".tmp")
    with half.open("w", encoding="utf-8") as file:
        json.dump(asdict(plan), file)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def read(path: Path) -> Plan | None:
    """The open plan, if there is one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        decisions = tuple(Decision(**{**d, "file": File(**d["file"])}) for d in found.pop("decisions"))
        return Plan(**found, decisions=decisions)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as damaged:
        raise Unreadable(
            f"The plan {path} is damaged.", "compare its batch with bronze.deliveries, then remove it"
        ) from damaged
