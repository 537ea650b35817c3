"""Quarantine: what was set aside, and the ways back: judged again, fixed, or dropped."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from krn.cli.options import HOME, WHERE, Instant, configured, end, having, login, opened, say_run, say_table
from krn.errors import UsageError

if TYPE_CHECKING:
    from krn.journal import Record
    from krn.pipeline import Step
    from krn.quarantine.chosen import Chosen

_AS_JSON = click.option("--json", "as_json", is_flag=True)
_CHOICE = (
    click.option("--source", metavar="NAME", help="Only rows of this source."),
    click.option("--type", metavar="TYPE", help="Only rows of this event type."),
    click.option("--reason", metavar="REASON", help="Only rows with this reason, alone or among others."),
    click.option("--since", type=Instant(), help="Only rows received at this instant or later."),
)
_CHOSEN = ("source", "type", "reason", "since", "row_ids")


@click.group(invoke_without_command=True)
@having((*WHERE, *_CHOICE))
@click.option(
    "--by",
    type=click.Choice(["kind", "day"]),
    default="kind",
    show_default=True,
    metavar="kind|day",
    help="By source, type and reason, or also by the UTC day of receipt.",
)
@_AS_JSON
@click.pass_context
def quarantine(context: click.Context, /, by: str, as_json: bool, **given: Any) -> None:
    """What was set aside and is open: counts by source, type and reason, with a masked example of each."""
    if context.invoked_subcommand is not None:
        return _refuse_options(context)
    from krn.quarantine import summary

    chosen = _chosen(given)
    return say_table(summary(configured(**given).made_warehouse, chosen, by_day=by == "day"), as_json)


@quarantine.command()
@having(WHERE)
@click.argument("row_id", type=int)
@click.option("--reveal", is_flag=True, help="Show the body as it came; it may name a person.")
@_AS_JSON
def show(row_id: int, reveal: bool, as_json: bool, **given: Any) -> None:
    """Show one delivery: where it is from, why it is set aside, what became of it, and its body, masked."""
    from krn.quarantine.one import one

    say_table(one(configured(**given).made_warehouse, row_id, reveal=reveal), as_json)


@quarantine.command()
@having((*WHERE, *_CHOICE))
@click.option("--dry-run", is_flag=True, help="Change nothing; say which verdicts rows would get.")
@_AS_JSON
def rejudge(dry_run: bool, as_json: bool, **given: Any) -> None:
    """Judge quarantined rows by today's contracts; the next run corrects silver and gold."""
    import pyarrow as pa

    from krn.quarantine.rejudge import Becomes
    from krn.quarantine.steps import foretelling, rejudging

    chosen, becomes = _chosen(given), Becomes()
    way = foretelling if dry_run else rejudging
    record = _executed("quarantine rejudge", way(chosen, becomes), given)
    if not dry_run:
        _say(record, as_json)
    if record.exit_code == 0 and (dry_run or not as_json):
        columns = pa.schema({"was": pa.string(), "verdict": pa.string(), "rows": pa.int64()})
        say_table(pa.Table.from_pylist(becomes, columns), as_json)
    end(record.exit_code, record.error)


@quarantine.command()
@having(WHERE)
@click.option("--file", type=click.Path(path_type=Path), required=True, help="JSON lines of row_id and body.")
@_AS_JSON
def fix(file: Path, as_json: bool, **given: Any) -> None:
    """Take corrected bodies, each in the place of the row it repairs: lines of {"row_id": N, "body": {…}}."""
    from krn.quarantine.fix import repairing
    from krn.quarantine.fixes import read
    from krn.quarantine.steps import fixing

    fixes = read(file)
    repairing(fixes, file.name, configured(**given).warehouse)  # a mistake is told before a run begins
    record = _executed("quarantine fix", fixing(fixes, file.name), given)
    _say(record, as_json)
    end(record.exit_code, record.error)


@quarantine.command()
@having((*WHERE, *_CHOICE))
@click.option("--row-id", "row_ids", type=int, multiple=True, metavar="N", help="Only this row; may be repeated.")
@click.option("--why", required=True, metavar="TEXT", help="Kept with each row, with your name and the time.")
@_AS_JSON
def drop(why: str, as_json: bool, **given: Any) -> None:
    """Mark rows as resolved that nobody will mend; no verdict changes, and neither does gold."""
    from krn.quarantine.steps import dropping

    chosen = _chosen(given)
    if chosen.is_every_row:
        raise UsageError("drop needs to know which rows.", "name them: --row-id, --reason, --type, --source, --since")
    record = _executed("quarantine drop", dropping(chosen, login(), why), given)
    _say(record, as_json)
    end(record.exit_code, record.error)


def _refuse_options(context: click.Context) -> None:
    """What stands before the name of a command would have no effect, and nobody would see it."""
    told = [p for p in context.params if context.get_parameter_source(p) is click.core.ParameterSource.COMMANDLINE]
    if told:
        raise UsageError(
            f"Options stand before {context.invoked_subcommand}.",
            f"krn quarantine {context.invoked_subcommand} …, with the options after it",
        )


def _chosen(given: dict[str, Any]) -> "Chosen":
    """The choice of rows, taken out of what a command was given."""
    from krn.quarantine.chosen import Chosen

    return Chosen(**{name: given.pop(name) for name in _CHOSEN if name in given})


def _executed(job: str, step: "Step", where: dict[str, Any]) -> "Record":
    """One step as a run of its own."""
    from krn.running import Asked, execute

    config = configured(**where)
    asked = Asked(job, (), key=os.environ.get("KRN_PII_KEY", ""), variable=os.environ.get)
    return execute(asked, config, HOME, opened(config), {job: step})


def _say(record: "Record", as_json: bool) -> None:
    from krn import journal

    say_run(journal.as_dict(record), as_json)


COMMANDS = (quarantine,)
