"""Suites: what is wrong with them, what they find in published data, and a draft of one."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from krn.cli.options import HOME, WHERE, configured, end, having, opened, say_table


@click.group()
def suite() -> None:
    """Expectations of tables: expectations/STAGE/NAME.yml."""


@suite.command()
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True)
def check(table: str | None, as_json: bool) -> None:
    """Name every fault of every suite, or of TABLE's, without data; end with 2 when there is one."""
    from krn import suites
    from krn.retelling import number
    from krn.tables.every import TABLES, named

    found = suites.check(HOME, named(table) if table else None)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
    for one in () if as_json else found:
        click.echo(str(one))
    if found:
        end(2, f"{number(len(found), 'fault', 'faults')}. Next: mend them; docs/how-to/change-an-expectation.md")
    elif not as_json:
        click.echo(f"{number(1 if table else len(TABLES), 'suite', 'suites')} without a fault.")


@suite.command("try")
@having(WHERE)
@click.argument("table")
@click.option("--json", "as_json", is_flag=True)
def try_(table: str, as_json: bool, **where: Any) -> None:
    """Judge what is published of TABLE by its suite as it is now; nothing is published or held."""
    from krn import suites, trial
    from krn.tables.every import named

    config, of = configured(**where), named(table)
    asked = suites.read(HOME, of)
    today = config.today(datetime.now(UTC))
    result = trial.tried(of, asked, opened(config), today, "plain" if config.gate == "plain" else "fused")
    say_table(trial.as_table(result), as_json)
    counted = "it can't be counted" if result.rows is None else f"{result.rows:,} rows"
    end(
        0 if result.is_open else 3, f"{table}, {counted}: {result.why or result.status}. Nothing was published or held."
    )


@suite.command()
@having(WHERE)
@click.argument("table")
def suggest(table: str, **where: Any) -> None:
    """Print a draft of a suite for TABLE from what is published, with its evidence; no Spark, no personal value."""
    from krn import draft
    from krn.tables.every import named

    click.echo(draft.draft(configured(**where).warehouse, named(table)), nl=False)


COMMANDS = (suite,)
