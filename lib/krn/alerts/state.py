"""The state of alerts in ops/alerts.json: incidents and silences, a file that a person can read and mend."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from krn import records
from krn.alerts.incidents import Incident
from krn.alerts.silence import Silence


@dataclass(frozen=True)
class State:
    """Everything that outlives a look at the watches."""

    incidents: Sequence[Incident] = ()
    silences: Mapping[str, Silence] = field(default_factory=dict)


def load(root: Path) -> State:
    """What was written last; nothing where nothing was."""
    found = records.read(_path(root)) or {"incidents": [], "silences": []}
    with records.whole(_path(root)):
        silences = [Silence(s["watch"], _instant(s["until"]), s["why"]) for s in found["silences"]]
        return State([_incident(one) for one in found["incidents"]], {silence.watch: silence for silence in silences})


def save(root: Path, state: State) -> None:
    """Put a state in place of the one before."""
    incidents, silences = map(asdict, state.incidents), map(asdict, state.silences.values())
    records.write(_path(root), {"incidents": list(incidents), "silences": list(silences)})


def _incident(plain: Mapping[str, Any]) -> Incident:
    return Incident(
        watch=plain["watch"],
        key=plain["key"],
        since=_instant(plain["since"]),
        grown_at=_instant(plain["grown_at"]),
        found=plain["found"],
        told={sink: _instant(at) for sink, at in plain["told"].items()},
        over_at=_instant(plain["over_at"]) if plain["over_at"] else None,
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _path(root: Path) -> Path:
    return root / "ops" / "alerts.json"
