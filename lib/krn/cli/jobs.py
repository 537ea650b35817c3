"""Jobs: what a schedule runs, and the report."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from krn.cli.options import HOME, JOB, WHERE, configured, end, having, opened, say_run


def _job(name: str, steps: tuple[str, ...], says: str) -> click.Command:
    @click.command(name, help=says)
    @having(JOB)
    def command(clock: datetime | None, full: bool, as_json: bool, **where: Any) -> None:
        from krn import journal
        from krn.running import Asked, execute
        from krn.session import is_submitted, pass_sigterm_on

        config = configured(**where)
        if is_submitted():
            pass_sigterm_on()
        asked = Asked(name, steps, clock, full, os.environ.get("KRN_PII_KEY", ""), os.environ.get)
        record = execute(asked, config, HOME, opened(config, gated=bool({"transform", "aggregate"} & {*steps})))
        say_run(journal.as_dict(record), as_json)
        end(record.exit_code, record.error)

    return command


@click.command()
@having(WHERE)
@click.option(
    "--out", type=click.Path(path_type=Path), help="The file; reports/report.html in the warehouse otherwise."
)
def report(out: Path | None, **where: Any) -> None:
    """Write the report: one HTML page from the journal and gold."""
    from krn.report import write

    config = configured(**where)
    click.echo(write(config.warehouse, datetime.now(UTC), out, config))


COMMANDS = (
    _job("run", ("ingest", "transform", "aggregate"), "Ingest, transform and aggregate in one session."),
    _job("ingest", ("ingest",), "Take what the sources have into bronze."),
    _job("transform", ("transform",), "Judge what came and build silver."),
    _job("aggregate", ("aggregate",), "Build gold."),
    _job("maintain", ("maintain",), "Compact, purge and vacuum every table; no row changes."),
    report,
)
