"""Reading: tables, rows, answers, and the runs so far; none starts Spark."""

from typing import Any

import click

from krn.cli.options import WHERE, configured, having, say_table


@click.command()
@having(WHERE)
@click.argument("table")
@click.option("--rows", default=20, show_default=True, help="How many rows.")
@click.option("--version", type=int, help="A version of the table.")
@click.option("--json", "as_json", is_flag=True)
def show(table: str, rows: int, version: int | None, as_json: bool, **where: Any) -> None:
    """Show rows of TABLE, such as gold.sales_daily."""
    from krn import reading

    say_table(reading.arrow(table, configured(**where).warehouse, version, rows), as_json)


@click.command()
@having(WHERE)
@click.argument("query")
@click.option("--json", "as_json", is_flag=True)
def sql(query: str, as_json: bool, **where: Any) -> None:
    """Run QUERY over the tables, without Spark: krn sql "SELECT … FROM gold.sales_daily"."""
    from krn.query import sql as run

    say_table(run(query, configured(**where).warehouse), as_json)


@click.command()
@having(WHERE)
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many runs.")
@click.option("--json", "as_json", is_flag=True)
def history(last: int, as_json: bool, **where: Any) -> None:
    """The latest runs: what they took, how they ended."""
    from krn import reading

    found = reading.runs(configured(**where).made_warehouse)
    say_table(found.slice(max(0, found.num_rows - last)), as_json)


@click.command()
@having(WHERE)
@click.option("--json", "as_json", is_flag=True)
def tables(as_json: bool, **where: Any) -> None:
    """Every table: what it holds, its key, and how far it is built."""
    from krn.listing import tables as listed

    say_table(listed(configured(**where).made_warehouse), as_json)


COMMANDS = (show, sql, history, tables)
