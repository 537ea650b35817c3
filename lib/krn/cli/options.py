"""What commands share: options, the configuration they name, the store it opens, and how an answer is said."""

import getpass
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from krn.config import Config
    from krn.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])

HOME = Path(os.environ.get("KRN_HOME") or Path(__file__).resolve().parents[3])


class Instant(click.ParamType[datetime]):
    """An instant as ISO 8601 writes it, UTC where it names no zone."""

    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an instant such as 2026-11-24T06:00:00Z", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


class Span(click.ParamType[timedelta]):
    """A length of time: a number and its unit."""

    name = "SPAN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        found = re.fullmatch(r"([0-9]{1,5})(min|h|d)", str(value))
        if not found:
            self.fail(f"{value!r} is not a length of time such as 30min, 2h or 1d", param, ctx)
        return timedelta(**{{"min": "minutes", "h": "hours", "d": "days"}[found[2]]: int(found[1])})


WHERE = (
    click.option("--config", "path", type=click.Path(path_type=Path), help="TOML file, such as conf/local.toml."),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="Over the file and the environment."),
    click.option("--warehouse", type=click.Path(path_type=Path), help="Folder of the tables."),
)
JOB = (
    *WHERE,
    click.option(
        "--landing", type=click.Path(path_type=Path), help="Folder of files to take, without a configuration."
    ),
    click.option("--timezone", help="IANA name of the business's time zone."),
    click.option("--clock", type=Instant(), help="The instant that counts as now for tables relative to today."),
    click.option("--full", is_flag=True, help="Make every table again in full."),
    click.option("--json", "as_json", is_flag=True, help="Print the run's record as JSON."),
)


def having(options: Sequence[Callable[[Command], Command]]) -> Callable[[Command], Command]:
    """The command with the options, in their order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def configured(
    path: Path | None,
    sets: Sequence[str],
    warehouse: Path | None,
    landing: Path | None = None,
    timezone: str | None = None,
) -> "Config":
    """The configuration of a file, the environment and the command line, each over the one before.

    Raises UsageError that names every wrong key.
    """
    from krn.config import load, validated

    given = path or (Path(os.environ["KRN_CONFIG"]) if "KRN_CONFIG" in os.environ else None)
    loaded = load(given, os.environ, sets)
    values = loaded.model_dump()
    values |= {k: v for k, v in (("warehouse", warehouse), ("timezone", timezone)) if v is not None}
    if landing is not None:
        values["sources"] = [{"name": "landing", "kind": "landing", "path": landing, "settle_s": 0}]
    return validated(values, "the command line")


def opened(config: "Config", small: bool = False, gated: bool = False) -> "Store":
    """The warehouse's tables. Spark starts when the first needs it; for `gated` ones the gate is loaded beside."""
    from krn.session import SMALL, open_session
    from krn.store import Store

    def started() -> "SparkSession":
        if gated and config.gate != "off":
            from krn.gate import load_beside

            load_beside()
        return open_session(HOME, "krn", SMALL if small else {})

    return Store(started, config.warehouse)


def say_run(record: dict[str, Any], as_json: bool) -> None:
    """Say how a run went."""
    from krn import speaking

    speaking.say_run(record, as_json)


def say_table(table: Any, as_json: bool) -> None:
    """Say the rows of a pyarrow table."""
    from krn import speaking

    speaking.say_table(table, as_json)


def say_model(made: dict[str, Any], as_json: bool) -> None:
    """Say what a model learned from, and how well it ranks."""
    from krn import speaking

    speaking.say_model(made, as_json)


def say_checks(found: Any, as_json: bool) -> None:
    """Say what was checked, and what mends it."""
    from krn import speaking

    speaking.say_checks(found, as_json)


def end(code: int, error: str = "") -> None:
    """Say what went wrong, and end with the code unless it is 0."""
    from krn.harmless import harmless

    if error:
        click.echo(harmless(error, 1000), err=True)
    if code:
        sys.exit(code)


def login() -> str:
    """Who decides, as this machine knows them; an account without a name, as in a container, has its number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"
