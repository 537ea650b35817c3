"""Rules and models that score card transactions."""

import os
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from krn.cli.options import HOME, WHERE, Instant, configured, end, having, opened, say_model, say_table

if TYPE_CHECKING:
    from krn.config import Config
    from krn.outcome import Run
    from krn.pipeline import Progress, Step, Stop
    from krn.store import Store
    from krn.training import Lesson


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
    from krn import journal, rules
    from krn.backtest import backtest as replay
    from krn.tables.silver.labels import TABLE as LABELS

    config = configured(**where)
    asked = rules.load(path_of_rules or config.fraud_rules or HOME / rules.FILE)
    built = journal.clock_of(journal.newest_first(config.warehouse), LABELS.name)
    today = config.today(built or datetime.now(UTC))
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
    from krn import models, training
    from krn.running import Asked, execute

    config, as_of = configured(**where), clock or datetime.now(UTC)
    today = config.today(as_of)
    until = last.date() if last else training.matured_by(today, config.label_delay_days)
    since = first.date() if first else until - timedelta(days=training.DAYS - 1)
    lesson = training.Lesson(since, until, as_of, today, config.label_delay_days, seed, config.timezone)
    asked = Asked("train", (), as_of, variable=os.environ.get)
    record = execute(asked, config, HOME, opened(config), {"train": _training(lesson)})
    if "trained" in record.notes:
        folder = config.warehouse / models.FOLDER / record.notes["trained"]["version"]
        say_model(asdict(models.trained(folder)), as_json)
    end(record.exit_code, record.error)


def _training(lesson: "Lesson") -> "Step":
    """Training as a step of a run, so that the journal tells of it."""
    from krn.training import train

    def step(config: "Config", store: "Store", _run: "Run", progress: "Progress", _stop: "Stop") -> None:
        made = train(store, lesson, config.review_capacity)
        told = ("version", "first", "last", "transactions", "frauds", "measured")
        progress.notes["trained"] = {name: getattr(made, name) for name in told}

    return step


COMMANDS = (fraud,)
