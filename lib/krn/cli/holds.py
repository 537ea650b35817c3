"""What is held, and what a person decides about it."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from krn.cli.options import WHERE, configured, having, login, say_table
from krn.errors import UsageError

if TYPE_CHECKING:
    from krn.decisions import Decision


@click.group()
def hold() -> None:
    """Tables whose gate did not open."""


_TABLE = click.argument("table")
_JSON = click.option("--json", "as_json", is_flag=True)
_DECISION = (
    click.option("--why", required=True, metavar="TEXT", help="The reason, for whoever reads the journal."),
    click.option("--by", metavar="WHO", help="Who decides; your login name otherwise."),
    _JSON,
)


@hold.command("list")
@having(WHERE)
@_JSON
def hold_list(as_json: bool, **where: Any) -> None:
    """What is held, since when and why, which tables wait for it, and the next command."""
    import pyarrow as pa

    from krn import held, holds, waivers

    root = configured(**where).made_warehouse
    open_ones = ((hold, waivers.open_of(root, hold["table"])) for hold in holds.every(root))
    rows = [held.listed(hold, waiver.seen if waiver else ()) for hold, waiver in open_ones]
    columns = ("table", "status", "since", "run", "why", "waiting", "released", "next")
    say_table(pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in columns])), as_json)


@hold.command("show")
@having(WHERE)
@_TABLE
@_JSON
def hold_show(table: str, as_json: bool, **where: Any) -> None:
    """What TABLE failed, over which part of it, where its candidate lies, what was released, and the next commands."""
    import pyarrow as pa

    from krn import decisions, held, waivers

    root = configured(**where).made_warehouse
    found, waiver = decisions.held(root, table), waivers.open_of(root, table)
    if as_json:
        return click.echo(json.dumps({**found, "waiver": asdict(waiver) if waiver else None}))
    _say(held.standing(found))
    if failed := held.failed(found):
        say_table(pa.Table.from_pylist(failed), as_json)
    _say([f"Look at it: {held.look(found)}"])
    _say([held.released(asdict(waiver))] if waiver else [])
    return _say(f"Next: {command}  # {does}" for command, does in held.next_commands(found))


@hold.command("release")
@having(WHERE)
@_TABLE
@click.option("--expect", "ids", multiple=True, required=True, metavar="ID", help="Expectation to waive; repeat it.")
@having(_DECISION)
def hold_release(table: str, ids: tuple[str, ...], why: str, by: str | None, as_json: bool, **where: Any) -> None:
    """Let the next run publish what TABLE holds although the named expectations fail; nothing is published now."""
    from krn import decisions, held

    root = configured(**where).made_warehouse
    waiver = asdict(decisions.release(root, table, ids, _decision(why, by)))
    if as_json:
        return click.echo(json.dumps(waiver))
    _say([held.released(waiver)])
    others = [found["id"] for found in decisions.held(root, table)["failed"] if found["id"] not in ids]
    _say([f"Not released: {', '.join(others)}. The table stays held while that fails."] if others else [])
    return _say([f"Next: {held.job(table)}"])


@hold.command("discard")
@having(WHERE)
@_TABLE
@having(_DECISION)
def hold_discard(table: str, why: str, by: str | None, as_json: bool, **where: Any) -> None:
    """Remove the hold of TABLE with its candidate; the cursor stays, so the next run makes the same part afresh."""
    from krn import decisions, held

    found = decisions.discard(configured(**where).made_warehouse, table, _decision(why, by))
    if as_json:
        return click.echo(json.dumps(found))
    return _say(
        [
            f"{table}: what {found['run']} held is discarded; no row was published or skipped.",
            f"Next: {held.job(table)}",
        ]
    )


def _decision(why: str, by: str | None) -> "Decision":
    from krn.decisions import Decision

    if not why.strip():
        raise UsageError("--why is empty.", "say why")
    return Decision(by or login(), why, datetime.now(UTC))


def _say(lines: Iterable[str]) -> None:
    from krn.harmless import printable

    for line in lines:
        click.echo(printable(line))


COMMANDS = (hold,)
