"""The command line: arguments in, one call, an exit code out; each command imports what it needs, and no more."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from krn.errors import KrnError, UsageError

if TYPE_CHECKING:
    from krn.config import Config
    from krn.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])

HOME = Path(os.environ.get("KRN_HOME") or Path(__file__).resolve().parents[2])


class _Instant(click.ParamType[datetime]):
    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an instant such as 2026-11-24T06:00:00Z", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


_WHERE = (
    click.option("--config", "path", type=click.Path(path_type=Path), help="TOML file, such as conf/local.toml."),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="Over the file and the environment."),
    click.option("--warehouse", type=click.Path(path_type=Path), help="Folder of the tables."),
)
_JOB = (
    *_WHERE,
    click.option(
        "--landing", type=click.Path(path_type=Path), help="Folder of files to take, without a configuration."
    ),
    click.option("--timezone", help="IANA name of the business's time zone."),
    click.option("--clock", type=_Instant(), help="The instant that counts as now for tables relative to today."),
    click.option("--full", is_flag=True, help="Make every table again in full."),
    click.option("--json", "as_json", is_flag=True, help="Print the run's record as JSON."),
)


def _with(options: Sequence[Callable[[Command], Command]]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="krn")
def krn() -> None:
    """Turn the notable events of running workers into tables and reports that finally make sense."""


def _job(name: str, steps: tuple[str, ...], says: str) -> None:
    @krn.command(name, help=says)
    @_with(_JOB)
    def command(clock: datetime | None, full: bool, as_json: bool, **where: Any) -> None:
        from krn import journal
        from krn.running import Asked, execute
        from krn.session import is_submitted, pass_sigterm_on

        config = _config(**where)
        if is_submitted():
            pass_sigterm_on()
        asked = Asked(name, steps, clock, full, os.environ.get("KRN_PII_KEY", ""))
        record = execute(asked, config, HOME, _store(config))
        _say(journal.as_dict(record), as_json)
        _end(record.exit_code, record.error)


_job("run", ("ingest", "transform", "aggregate"), "Ingest, transform and aggregate in one session.")
_job("ingest", ("ingest",), "Take what the sources have into bronze.")
_job("transform", ("transform",), "Judge what came and build silver.")
_job("aggregate", ("aggregate",), "Build gold.")
_job("maintain", ("maintain",), "Compact, purge and vacuum every table; no row changes.")


@krn.command()
@_with(_WHERE)
@click.option(
    "--out", type=click.Path(path_type=Path), help="The file; reports/report.html in the warehouse otherwise."
)
def report(out: Path | None, **where: Any) -> None:
    """Write the report: one HTML page from the journal and gold."""
    from krn.report import write

    click.echo(write(_config(**where).warehouse, datetime.now(UTC), out))


@krn.command()
@_with(_WHERE)
@click.argument("table")
@click.option("--rows", default=20, show_default=True, help="How many rows.")
@click.option("--version", type=int, help="A version of the table.")
@click.option("--json", "as_json", is_flag=True)
def show(table: str, rows: int, version: int | None, as_json: bool, **where: Any) -> None:
    """Show rows of TABLE, such as gold.sales_daily."""
    from krn import reading

    _table(reading.arrow(table, _config(**where).warehouse, version, rows), as_json)


@krn.command()
@_with(_WHERE)
@click.argument("query")
@click.option("--json", "as_json", is_flag=True)
def sql(query: str, as_json: bool, **where: Any) -> None:
    """Run QUERY over the tables, without Spark: krn sql "SELECT … FROM gold.sales_daily"."""
    from krn.query import sql as run

    _table(run(query, _config(**where).warehouse), as_json)


@krn.command()
@_with(_WHERE)
@click.option("--json", "as_json", is_flag=True)
def quarantine(as_json: bool, **where: Any) -> None:
    """What was set aside: counts by type and reason, with a masked example of each."""
    from krn.quarantine import summary

    _table(summary(_config(**where).warehouse), as_json)


@krn.command()
@_with(_WHERE)
@click.option("--last", default=20, show_default=True, help="How many runs.")
@click.option("--json", "as_json", is_flag=True)
def history(last: int, as_json: bool, **where: Any) -> None:
    """The latest runs: what they took, how they ended."""
    from krn import reading

    found = reading.runs(_config(**where).warehouse)
    _table(found.slice(max(0, found.num_rows - last)), as_json)


@krn.command()
@_with(_WHERE)
@click.option("--json", "as_json", is_flag=True)
def tables(as_json: bool, **where: Any) -> None:
    """Every table: what it holds, its key, and how far it is built."""
    from krn.listing import tables as listed

    _table(listed(_config(**where).warehouse), as_json)


@krn.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(".krn/demo"), show_default=True, help="Emptied first."
)
@click.option("--orders", default=300, show_default=True)
@click.option("--days", default=30, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--transactions", default=300, show_default=True, help="Honest card payments; thieves add to them.")
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
        lambda config: _store(config, small=True),
        lambda line: click.echo(line, err=True),
    )
    _say(journal.as_dict(shown.record), False)
    _table(as_table(shown.compared), False)
    click.echo(f"Report: {write(folder / 'warehouse', datetime.now(UTC))}")
    click.echo(f"Look around: krn show gold.sales_daily --warehouse {folder / 'warehouse'}")
    _end(shown.record.exit_code or (0 if shown.is_true else 1), shown.record.error)


@krn.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--orders", default=1000, show_default=True)
@click.option("--days", default=60, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--timezone", default="Europe/Berlin", show_default=True)
@click.option("--transactions", default=0, show_default=True, help="Honest card payments; thieves add to them.")
def simulate(folder: Path, orders: int, days: int, seed: int, timezone: str, transactions: int) -> None:
    """Write a simulated shop's events into FOLDER, with faults, and the truth that gold must equal."""
    from krn.simulate import Shop, emit

    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty.", "name a new folder")
    made = emit(folder, Shop(seed, orders, days, timezone=timezone, transactions=transactions))
    click.echo(f"{made.deliveries} deliveries in {folder}: {dict(made.verdicts)}")


@krn.command()
@click.option("--check", is_flag=True, help="Change nothing; end with 2 when a file is not current.")
def docs(check: bool) -> None:
    """Write what is generated: the data dictionary, the exit codes, the reasons and the commands."""
    from krn.dictionary import stale, write

    old = stale(HOME) if check else write(HOME)
    for path in old:
        click.echo(path.relative_to(HOME))
    _end(
        2 if check and old else 0,
        f"{len(old)} generated files are not current. Next: make docs" if check and old else "",
    )


@krn.group()
def fraud() -> None:
    """Rules that score card transactions."""


_DAY = click.DateTime(["%Y-%m-%d"])


@fraud.command()
@_with(_WHERE)
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

    config = _config(**where)
    asked = rules.load(path_of_rules or config.fraud_rules or HOME / rules.FILE)
    today = config.today(datetime.now(UTC))
    found = replay(config.warehouse, asked, first.date(), last.date(), today, config.label_delay_days)
    _table(found, as_json)


@krn.group()
def hold() -> None:
    """Tables whose gate did not open."""


@hold.command("list")
@_with(_WHERE)
@click.option("--json", "as_json", is_flag=True)
def hold_list(as_json: bool, **where: Any) -> None:
    """What is held, since which run, and why."""
    import pyarrow as pa

    from krn import holds

    columns = ("table", "status", "run", "why", "candidate")
    rows = [{c: h.get(c) for c in columns} for h in holds.every(_config(**where).warehouse)]
    _table(pa.Table.from_pylist(rows, schema=pa.schema([(c, pa.string()) for c in columns])), as_json)


@krn.command()
@_with(_WHERE)
@click.option("--json", "as_json", is_flag=True)
def doctor(as_json: bool, **where: Any) -> None:
    """Say what keeps krn from running here, and the command that mends it."""
    from krn import doctor as doctors

    found = doctors.checks(HOME, lambda: _config(**where), os.environ)
    _findings(found, as_json)
    _end(0 if all(check.ok for check in found) else 2, "")


def _config(
    path: Path | None,
    sets: Sequence[str],
    warehouse: Path | None,
    landing: Path | None = None,
    timezone: str | None = None,
) -> "Config":
    from krn.config import load, validated

    given = path or (Path(os.environ["KRN_CONFIG"]) if "KRN_CONFIG" in os.environ else None)
    config = load(given, os.environ, sets)
    values = config.model_dump()
    values |= {k: v for k, v in (("warehouse", warehouse), ("timezone", timezone)) if v is not None}
    if landing is not None:
        values["sources"] = [{"name": "landing", "kind": "landing", "path": landing, "settle_s": 0}]
    return validated(values, "the command line")


def _store(config: "Config", small: bool = False) -> "Store":
    from krn.session import SMALL, open_session
    from krn.store import Store

    return Store(lambda: open_session(HOME, "krn", SMALL if small else {}), config.warehouse)


def _say(record: dict[str, Any], as_json: bool) -> None:
    from krn.speaking import say_run

    say_run(record, as_json)


def _table(table: Any, as_json: bool) -> None:
    from krn.speaking import say_table

    say_table(table, as_json)


def _findings(found: Any, as_json: bool) -> None:
    from krn.speaking import say_checks

    say_checks(found, as_json)


def _end(code: int, error: str) -> None:
    from krn.harmless import harmless

    if error:
        click.echo(harmless(error, 1000), err=True)
    if code:
        sys.exit(code)


def main(args: Sequence[str] | None = None) -> None:
    """Run a command; what goes wrong is one sentence and the exit code that says its kind."""
    from krn import failpoints
    from krn.speaking import log_to_stderr

    log_to_stderr(as_json=os.environ.get("KRN_LOG") == "json")
    if "KRN_FAILPOINT" in os.environ:
        failpoints.kill_at(os.environ["KRN_FAILPOINT"])
    try:
        krn.main(args=list(args) if args is not None else None, standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(UsageError.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)
    except KrnError as ended:
        _end(ended.exit_code, str(ended))
