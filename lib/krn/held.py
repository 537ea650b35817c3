"""A hold in words: what failed, over which part of the table, who waits, what was released, and the next commands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from krn.retelling import finding, number

Hold = Mapping[str, Any]

NAMED = 3  # tables, days or expectations that are named before the rest is only counted


def listed(hold: Hold, released: Iterable[str]) -> dict[str, str]:
    """A hold as one row; `released` are the expectations that its open waiver names."""
    said = {name: str(hold.get(name, "")) for name in ("table", "status", "since", "run", "why")}
    names = list(released)
    then = job(hold["table"]) if names else f"krn hold show {hold['table']}"
    return {**said, "waiting": some(hold.get("waiting", ())), "released": ", ".join(names), "next": then}


def standing(hold: Hold) -> list[str]:
    """Since when, over what and for whom a table is held."""
    rows = hold.get("rows", {})
    changed = ", ".join(f"{rows[kind]:,} {kind}" for kind in ("insert", "update", "delete") if rows.get(kind))
    return [
        f"{hold['table']} is held since {hold.get('since', '?')}, lastly by {hold['run']}: {hold['why']}",
        f"It would change {scope(hold.get('scope', {}))}" + (f" ({changed})." if changed else "."),
        f"Waiting for it: {some(hold.get('waiting', ())) or 'no table'}. Readers keep the previous version.",
    ]


def failed(hold: Hold) -> list[dict[str, str]]:
    """The expectations that keep a gate shut, one row each."""
    return [
        {
            "expectation": found["id"],
            "found": finding(found),
            "asks": found["asks"],
            "says": f"{found['description']} {found['notes']}".strip(),
            "release": f"never: {found['never']}"
            if found["never"]
            else "no: mend the suite"
            if found["error"]
            else "yes",
        }
        for found in hold.get("failed", ())
    ]


def look(hold: Hold) -> str:
    """The command that shows what is held, row by row."""
    if hold.get("candidate"):
        return f'bin/env python -c "import pandas; print(pandas.read_parquet({hold["candidate"]!r}))"'
    return f'krn sql "SELECT * FROM {hold["table"]} WHERE batch <= {hold.get("scope", {}).get("batches", 0)}"'  # noqa: S608  it is shown, not run


def released(waiver: Mapping[str, Any]) -> str:
    """Who released what, when and why."""
    names = ", ".join(waiver["seen"])
    return f"Released by {waiver['by']} at {waiver['at']}: {names}, for {scope(waiver['scope'])}: {waiver['why']}"


def next_commands(hold: Hold) -> list[tuple[str, str]]:
    """What a person may do now, each with what it does."""
    table = hold["table"]
    ids = [found["id"] for found in hold.get("failed", ()) if not found["never"] and not found["error"]]
    named = " ".join(f"--expect {name}" for name in ids)
    release = [(f'krn hold release {table} {named} --why "…"', "publish this part all the same")] if ids else []
    return [
        (job(table), "gate it again, after data, suite or code were mended"),
        *(release if hold.get("scope") else []),
        (f'krn hold discard {table} --why "…"', "forget this hold; the next run makes the same part afresh"),
    ]


def scope(record: Mapping[str, Any]) -> str:
    """The part of a table that a hold or a waiver is about."""
    if "dates" in record:
        return f"{number(len(record['dates']), 'day', 'days')}: {some(record['dates'])}"
    if "keys" in record:
        return f"the rows of {number(record['keys'], 'key', 'keys')}"
    return f"the batches up to {record['batches']}" if "batches" in record else "the whole table"


def some(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def job(table: str) -> str:
    """The job that gates a table."""
    return "krn aggregate" if table.startswith("gold.") else "krn transform"
