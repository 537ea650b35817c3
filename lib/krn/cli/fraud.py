"""Rules and models that score card transactions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from krn.cli.options import HOME, WHERE, Instant, configured, having, opened, say_model, say_table


@click.group()
def fraud() -> None:
    """Rules and models that score card transactions."""


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


@fraud.command()
@having(WHERE)
@click.option("--from", "first", type=_DAY, metavar="DATE", help="First business day; four weeks before the last else.")
@click.option("--to", "last", type=_DAY, metavar="DATE", help="Last business day; the last matured one else.")
@click.option("--seed", default=1, show_default=True, help="The same seed, days and clock make the same model.")
@click.option("--clock", type=Instant(), help="The instant that counts as now: no later label is looked at.")
@click.option("--json", "as_json", is_flag=True)
def train(
    first: datetime | None, last: datetime | None, seed: int, clock: datetime | None, as_json: bool, **where: Any
) -> None:
    """Train a model on matured labels; from then on it scores beside the rules."""
    from dataclasses import asdict

    from krn import training

    config, as_of = configured(**where), clock or datetime.now(UTC)
    today = config.today(as_of)
    until = last.date() if last else training.matured_by(today, config.label_delay_days)
    since = first.date() if first else until - timedelta(days=training.DAYS - 1)
    lesson = training.Lesson(since, until, as_of, today, config.label_delay_days, seed)
    say_model(asdict(training.train(opened(config), lesson, config.review_capacity)), as_json)


COMMANDS = (fraud,)
