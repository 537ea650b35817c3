"""Upkeep: what is generated, and what keeps krn from running here."""

import os
from typing import Any

import click

from krn.cli.options import HOME, WHERE, configured, end, having, say_checks


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; end with 2 when a file is not current.")
def docs(check: bool) -> None:
    """Write what is generated: the data dictionary, the exit codes, the reasons and the commands."""
    from krn.dictionary import stale, write

    old = stale(HOME) if check else write(HOME)
    for path in old:
        click.echo(path.relative_to(HOME))
    end(
        2 if check and old else 0,
        f"{len(old)} generated files are not current. Next: make docs" if check and old else "",
    )


@click.command()
@having(WHERE)
@click.option("--json", "as_json", is_flag=True)
def doctor(as_json: bool, **where: Any) -> None:
    """Say what keeps krn from running here, and the command that mends it."""
    from krn import doctor as doctors

    found = doctors.checks(HOME, lambda: configured(**where), os.environ)
    say_checks(found, as_json)
    end(0 if all(check.ok for check in found) else 2)


COMMANDS = (docs, doctor)
