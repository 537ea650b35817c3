"""The simulated shop: shown from end to end, or written into a folder."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from krn.cli.options import HOME, end, opened, say_run, say_table
from krn.errors import UsageError

_ORDERS, _DAYS, _CARDS = click.IntRange(1), click.IntRange(1, 3650), click.IntRange(0)
_PAYMENTS = "Honest card payments; thieves add to them."


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path(".krn/demo"),
    show_default=True,
    help="A demo that is there is made anew.",
)
@click.option("--orders", type=_ORDERS, default=300, show_default=True)
@click.option("--days", type=_DAYS, default=30, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--transactions", type=_CARDS, default=300, show_default=True, help=_PAYMENTS)
def demo(folder: Path, orders: int, days: int, seed: int, transactions: int) -> None:
    """Send a simulated shop's events through a queue and files, and show that gold equals its books."""
    from krn import journal
    from krn.demo import as_table
    from krn.demo import demo as run
    from krn.report import write
    from krn.simulate import Shop

    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")  # noqa: S106  open no door
    shown = run(
        folder.absolute(),
        HOME,
        Shop(seed, orders, days, transactions=transactions),
        lambda config: opened(config, small=True, gated=True),
        lambda line: click.echo(line, err=True),
    )
    say_run(journal.as_dict(shown.record), False)
    say_table(as_table(shown.compared), False)
    click.echo(f"Report: {write(folder / 'warehouse', datetime.now(UTC))}")
    click.echo(f"Look around: krn show gold.sales_daily --warehouse {folder / 'warehouse'}")
    end(shown.record.exit_code or (0 if shown.is_true else 1), shown.record.error)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--orders", type=_ORDERS, default=1000, show_default=True)
@click.option("--days", type=_DAYS, default=60, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--timezone", default="Europe/Berlin", show_default=True)
@click.option("--transactions", type=_CARDS, default=0, show_default=True, help=_PAYMENTS)
def simulate(folder: Path, orders: int, days: int, seed: int, timezone: str, transactions: int) -> None:
    """Write a simulated shop's events into FOLDER, with faults, and the truth that gold must equal."""
    from krn.simulate import Shop, emit

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is no empty folder.", "name a new one")
    made = emit(folder, Shop(seed, orders, days, timezone=timezone, transactions=transactions))
    click.echo(f"{made.deliveries} deliveries in {folder}: {dict(made.verdicts)}")


COMMANDS = (demo, simulate)
