"""Metrics and alerts: what runs measured, what fires, and who is told."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from krn.cli.options import HOME, WHERE, Span, configured, having, say_table
from krn.errors import Unreachable


@click.command()
@having(WHERE)
@click.option("--json", "as_json", is_flag=True)
def metrics(as_json: bool, **where: Any) -> None:
    """The newest metrics; ops.metrics has those of every run, ops/metrics.prom is for Prometheus."""
    from krn.metrics.listing import listed

    say_table(listed(configured(**where).made_warehouse), as_json)


@click.group()
def alerts() -> None:
    """Watches over the metrics, and who is told when one fires."""


@alerts.command()
@having(WHERE)
@click.option("--dry-run", is_flag=True, help="Tell nobody, remember nothing; say who would be told.")
@click.option("--json", "as_json", is_flag=True)
def check(dry_run: bool, as_json: bool, **where: Any) -> None:
    """Look at the watches and tell the sinks; for a schedule, since no run says that no run ran."""
    from krn.alerts import checking, listing

    config = configured(**where)
    looked = checking.check(
        config, checking.alerts_of(config, HOME), os.environ.get, datetime.now(UTC), dry_run=dry_run
    )
    say_table(listing.looked(looked), as_json)
    if failed := sorted({notice.sink for notice in looked.failed}):
        raise Unreachable(f"Not told: {', '.join(failed)}.", "krn doctor")


@alerts.command("list")
@having(WHERE)
@click.option("--json", "as_json", is_flag=True)
def alerts_list(as_json: bool, **where: Any) -> None:
    """Every watch: whether it fired when last looked at (`check` looks), since when, and whether it is silent."""
    from krn.alerts import checking, listing

    config = configured(**where)
    found = listing.watches(config, checking.alerts_of(config, HOME), datetime.now(UTC))
    say_table(found, as_json)


@alerts.command()
@having(WHERE)
@click.argument("name")
@click.option("--for", "span", type=Span(), required=True, help="How long, such as 30min, 2h or 1d; 0h ends a silence.")
@click.option("--why", required=True, help="What the next person should know.")
def silence(name: str, span: timedelta, why: str, **where: Any) -> None:
    """Tell nobody of the watch NAME for a while; what is then true is told afterwards."""
    from krn.alerts import checking

    config = configured(**where)
    until = datetime.now(UTC) + span
    checking.silence(config, checking.alerts_of(config, HOME), name, until, why)
    click.echo(f"{name} is silent until {until:%Y-%m-%d %H:%M} UTC.")


COMMANDS = (metrics, alerts)
