"""Every expectation over the latest gates of its table: the share of rows that fails it, and what it tolerates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from krn.history import number
from krn.report.spark import Spark, spark
from krn.retelling import finding
from krn.tables.every import TABLES

GATES = 30

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """One expectation: what its latest gate found, and how often it did not hold."""

    id: str
    says: str
    severity: str
    status: str
    found: str
    tolerated: str
    gates: int
    failures: int
    spark: Spark | None


@dataclass(frozen=True)
class Gated:
    """A table and its expectations, those first that fail now, then those that ever did."""

    table: str
    at: datetime
    judged: tuple[Judged, ...]

    @property
    def failing(self) -> int:
        return sum(one.status != "passed" for one in self.judged)

    @property
    def is_shut(self) -> bool:
        return any(one.status in ("held", "error") for one in self.judged)

    @property
    def moving(self) -> int:
        """How many did not hold in one of the gates at least."""
        return sum(one.failures > 0 for one in self.judged)


def expectations(runs: Sequence[Record]) -> tuple[Gated, ...]:
    """The tables in their order, each with what its latest gate asked."""
    gates: dict[str, list[tuple[Record, Record]]] = {}
    for run in runs:
        for table in run["tables"]:
            if table["gate"] and table["gate"]["checks"]:
                gates.setdefault(table["table"], []).append((run, table["gate"]))
    known = [table.name for table in TABLES]
    names = [*(name for name in known if name in gates), *sorted(set(gates) - set(known))]
    return tuple(_gated(name, gates[name][-GATES:]) for name in names)


def _gated(name: str, gates: Sequence[tuple[Record, Record]]) -> Gated:
    history: dict[str, list[Record]] = {}
    for _, gate in gates:
        for check in gate["checks"]:
            history.setdefault(check["id"], []).append(check)
    run, latest = gates[-1]
    asked = [check["id"] for _, gate in gates if gate["suite"] == latest["suite"] for check in gate["checks"]]
    judged = [_judged(history[name]) for name in dict.fromkeys(asked)]  # of an empty candidate only sums are asked
    worst_first = sorted(judged, key=lambda one: (one.status == "passed", -one.failures))
    return Gated(name, datetime.fromisoformat(str(run["ended_at"])), tuple(worst_first))


def _judged(checks: Sequence[Record]) -> Judged:
    last = checks[-1]
    return Judged(
        id=last["id"],
        says=last["description"] or last["id"],
        severity=last["severity"],
        status=last["status"],
        found=finding(last),
        tolerated=_tolerated(last),
        gates=len(checks),
        failures=sum(not check["success"] for check in checks),
        spark=_spark(checks),
    )


def _tolerated(check: Record) -> str:
    """A share of rows, or what former runs found; older records know neither."""
    percent, usual = check.get("tolerated_percent"), check.get("limits")
    if percent is not None:
        return f"{percent:g}%"
    known = [f"{usual[end]:,g}" for end in ("low", "high") if usual[end] is not None] if usual else []
    return " to ".join(known)


def _spark(checks: Sequence[Record]) -> Spark | None:
    """Of the failing shares; where rows are not counted, of the numbers found."""
    last = checks[-1]
    shares = [float(check["unexpected_percent"]) for check in checks if check["unexpected_percent"] is not None]
    if shares:
        return spark(shares, high=last.get("tolerated_percent"))
    numbers = [n for check in checks if (n := number(check["observed"])) is not None]
    usual = last.get("limits") or {}
    return spark(numbers, usual.get("low"), usual.get("high")) if numbers else None
