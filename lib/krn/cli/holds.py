"""What is held."""

from typing import Any

import click

from krn.cli.options import WHERE, configured, having, say_table


@click.group()
def hold() -> None:
    """Tables whose gate did not open."""


@hold.command("list")
@having(WHERE)
@click.option("--json", "as_json", is_flag=True)
def hold_list(as_json: bool, **where: Any) -> None:
    """What is held, since which run, and why."""
    import pyarrow as pa

    from krn import holds

    columns = ("table", "status", "run", "why", "candidate")
    rows = [{c: h.get(c) for c in columns} for h in holds.every(configured(**where).warehouse)]
    say_table(pa.Table.from_pylist(rows, schema=pa.schema([(c, pa.string()) for c in columns])), as_json)


COMMANDS = (hold,)
