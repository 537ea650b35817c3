"""What changed from one run to the next besides the data: krn itself, its contracts, and what the suites ask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SHOWN = 12
NAMED = 4  # expectations of one suite

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What is other than in the run before."""

    at: datetime
    run: str
    of: str
    says: str


def changes(runs: Sequence[Record]) -> tuple[Change, ...]:
    """The latest, newest first; `runs` come oldest first. What the first run found is no change."""
    edition: Record = {}
    gates: dict[str, Record] = {}
    found: list[Change] = []
    for run in runs:
        at = datetime.fromisoformat(str(run["ended_at"]))
        said = [*_of_edition(edition, run.get("edition") or {}), *_of_suites(gates, run["tables"])]
        found += (Change(at, run["run"], of, says) for of, says in said)
        edition = run.get("edition") or edition  # older records know nothing of it
    return tuple(reversed(found[-SHOWN:]))


def _of_edition(before: Record, now: Record) -> Iterator[tuple[str, str]]:
    if not before or not now:
        return
    if before["version"] != now["version"]:
        yield "krn", f"version {before['version']} → {now['version']}"
    elif before["code"] != now["code"]:
        yield "krn", f"its code, still as version {now['version']}"
    for kind in sorted({*before["contracts"], *now["contracts"]}):
        if says := _of_contract(before["contracts"].get(kind), now["contracts"].get(kind)):
            yield f"contract {kind}", says


def _of_contract(before: str | None, now: str | None) -> str:
    """A contract is told as its version and a fingerprint."""
    if before == now:
        return ""
    if before is None or now is None:
        return "new" if before is None else "gone"
    old, new = before.split()[0], now.split()[0]
    return f"version {old} → {new}" if old != new else f"its rules, still as version {new}"


def _of_suites(gates: dict[str, Record], tables: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """Compares each gate with the one before it of the same table, and remembers it."""
    for table in tables:
        gate = table["gate"]
        if not gate or not gate["checks"]:
            continue
        before = gates.get(table["table"])
        gates[table["table"]] = gate
        if before and before["suite"] != gate["suite"]:
            yield f"suite {table['table']}", _of_checks(before["checks"], gate["checks"])


def _of_checks(before: Sequence[Record], now: Sequence[Record]) -> str:
    old, new = ({check["id"]: check for check in checks} for checks in (before, now))
    other = [name for name in new if name in old and _asks(old[name]) != _asks(new[name])]
    parts = (
        _named("added", [name for name in new if name not in old]),
        _named("removed", [name for name in old if name not in new]),
        _named("asks otherwise", other),
    )
    return "; ".join(filter(None, parts)) or "its numbers or arguments"


def _asks(check: Record) -> tuple[Any, ...]:
    return check["type"], check["severity"], check.get("tolerated_percent")


def _named(word: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{word} {', '.join(names[:NAMED])}{more}" if names else ""
