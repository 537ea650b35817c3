"""A run's record in words: what it took, what became of each table, what to know, and the next command."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Record = Mapping[str, Any]

#: Jobs that change verdicts and leave silver and gold to the next run.
_BEFORE_A_RUN = ("quarantine rejudge", "quarantine fix")
_SIGNS = {"insert": "+", "update": "~", "delete": "-"}
_SAID = {"warned": "warns", "waived": "is published under a waiver"}


def taken(source: Record) -> str:
    """What one source gave: shop: 27,310 deliveries in 1 batch, 369 files loaded, caught up."""
    batches = source["batches"]
    acked, back = _sum(batches, "acked"), _sum(batches, "ack_expired") + _sum(batches, "ack_failed")
    rows, commits = number(source["rows"], "delivery", "deliveries"), number(len(batches), "batch", "batches")
    said = [f"{source['source']}: {rows} in {commits}"]
    said += [f"{acked:,} acknowledged"] if source["kind"] not in ("landing", "fix") else []
    said += [f"{back:,} will come again"] if back else []
    said += [f"{number(n, 'file', 'files')} {status}" for status, n in _files(batches).items()]
    said += [f"{number(source['young'], 'file', 'files')} too young"] if source["young"] else []
    return ", ".join([*said, source["stop_reason"].replace("_", " "), *source["warnings"]])


def judged(table: Record) -> str:
    """The verdicts, where the table has them."""
    rows = table["rows"]
    said = [f"{rows[verdict]:,} {verdict}" for verdict in ("accepted", "duplicate", "quarantined") if verdict in rows]
    return f"judged: {', '.join(said)}" if said else ""


def built(table: Record) -> list[str]:
    """Name, outcome, changed rows and seconds of one table."""
    status = (table["gate"] or {}).get("status")
    outcome = status if status in ("warned", "waived") else table["outcome"]
    rows = " ".join(f"{sign}{table['rows'][change]:,}" for change, sign in _SIGNS.items() if table["rows"].get(change))
    return [table["table"], outcome, rows, f"{table['seconds']:.1f}"]


def remarks(table: Record) -> Iterator[str]:
    """Why a table is not open, what its gate warns of, and what was released."""
    if table["outcome"] in ("held", "waits"):
        yield f"{table['table']} {table['outcome']}: {table['why']}"
    for check in (table["gate"] or {}).get("checks", ()):
        if check["status"] in _SAID:
            said = check["description"] or check["id"]
            yield f"{table['table']} {_SAID[check['status']]}: {said} (found {finding(check)})"


def finding(check: Record) -> str:
    """What an expectation found: how many rows, or which value, and what is usual if it goes by that."""
    if check["error"]:
        return str(check["error"])
    if check["unexpected_count"] is not None and check["element_count"]:
        return f"{check['unexpected_count']:,} of {check['element_count']:,}"
    if check["element_count"] == 0:
        return "no row to judge"
    found = "nothing" if check["observed"] is None else str(check["observed"])
    limits = check.get("limits")  # not in the records of older runs
    return f"{found}; {limits['why']}" if limits else found


def amiss_with_models(record: Record) -> str:
    """Why no model scores any longer, or which one can't; nothing where all is well, or none was ever there."""
    note = record["notes"].get("fraud_model", {})
    if note.get("status") in ("stale", "damaged"):
        return f"only rules score: {note['why']}"
    return str(note["why"]) if note.get("status") == "fresh" else ""


def model(made: Record) -> Iterator[str]:
    """What a model learned from, how well it ranks beside the rules, and what it looks at most."""
    yield (
        f"{made['version']}: {made['transactions']:,} transactions from {made['first']} to {made['last']}, "
        f"{made['frauds']:,} of them fraud"
    )
    if found := made["measured"]:
        first, last = found["held_out"]
        for name in ("model", "rules"):
            yield f"{name} on {first} to {last}, not learned from: {_ranks(found[name], found['capacity'])}"
    else:
        yield "How well it ranks is not known: too few days, or no fraud among them, to hold some out."
    most = list(made["importances"].items())[:5]
    yield f"It looks most at {', '.join(f'{name} ({share:.0%})' for name, share in most)}."


def _ranks(found: Record, capacity: int) -> str:
    precision, cards = found["average_precision"], found["card_precision"]
    return f"average precision {precision:.3f}, fraud on {cards:.1%} of the first {capacity} cards of a day"


def next_command(record: Record) -> str:
    """What a person would type now; nothing where the error says so already."""
    if record["error"]:
        return ""
    if record["job"] in _BEFORE_A_RUN and any(table["outcome"] == "published" for table in record["tables"]):
        return "krn run"
    if any(table["rows"].get("quarantined") for table in record["tables"]):
        return "krn quarantine"
    return "krn report" if record["tables"] else "krn transform"


def _files(batches: Iterable[Record]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in batches:
        for status, n in batch["files"].items():
            name = status.replace("_", " ")
            found[name] = found.get(name, 0) + n
    return {name: n for name, n in found.items() if n}


def _sum(batches: Iterable[Record], name: str) -> int:
    return sum(batch[name] for batch in batches)


def number(n: int, one: str, more: str) -> str:
    """So many of something: 1 file, 1,200 files."""
    return f"{n:,} {one if n == 1 else more}"
