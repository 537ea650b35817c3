"""Rules that score card transactions."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from krn.cli.options import HOME, WHERE, configured, having, say_table


@click.group()
def fraud() -> None:
    """Rules that score card transactions."""


_DAY = click.DateTime(["%Y-%m-%d"])


@fraud.command()
@having(WHERE)
@click.option("--from", "first", type=_DAY, required=True, metavar="DATE", help="First business day.")
@click.option("--to", "last", type=_DAY, required=True, metavar="DATE", help="Last business day.")
@click.option(
    "--rules", "path_of_rules", type=click.Path(path_type=Path), help="File of rules; those of the configuration else."
)
@click.option("--json", "as_json", is_flag=True)
def backtest(first: datetime, last: datetime, path_of_rules: Path | None, as_json: bool, **where: Any) -> None:
    """What rules would have hit, and how much of it was fraud: per rule and together, on matured labels."""
    from krn import rules
    from krn.backtest import backtest as replay

    config = configured(**where)
    asked = rules.load(path_of_rules or config.fraud_rules or HOME / rules.FILE)
    today = config.today(datetime.now(UTC))
    found = replay(config.warehouse, asked, first.date(), last.date(), today, config.label_delay_days)
    say_table(found, as_json)


COMMANDS = (fraud,)
