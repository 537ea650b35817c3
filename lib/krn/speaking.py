"""What the command line says: results on standard output, the log on standard error, JSON where a program listens."""

import json
import sys
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from krn import retelling
from krn.harmless import harmless, printable, without_card_numbers

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from krn.doctor import Check

PIPED = 10_000  # columns: a program that reads a line wants all of it
NARROW = 9  # columns: less than this for each column is not worth a table
COLOURS = {
    **dict.fromkeys(("ok", "published"), "green"),
    **dict.fromkeys(("held", "failed", "wrong"), "red"),
    **dict.fromkeys(("waits", "warned", "waived"), "yellow"),
}


def log_to_stderr(as_json: bool = False) -> None:
    """One line per step: in colours on a terminal, else key=value; JSON when asked."""
    import structlog

    last: Any = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)
    if as_json:
        last = structlog.processors.JSONRenderer(default=str)
    elif sys.stderr.isatty():
        last = structlog.dev.ConsoleRenderer()
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    before = (structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, stamp, _harmless_fields)
    structlog.configure([*before, last], logger_factory=structlog.WriteLoggerFactory(sys.stderr))


def _harmless_fields(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    plain = (int, float, bool, type(None))
    return {key: value if isinstance(value, plain) else harmless(str(value), 500) for key, value in fields.items()}


def say_run(record: Mapping[str, Any], as_json: bool) -> None:
    """A run as it ended: what it took, what was set aside, what became of each table, and the next command."""
    if as_json:
        return _say_json(record)
    say = _console().print
    say(_text(f"{record['outcome']}  krn {record['job']}  {record['run']}", COLOURS.get(record["outcome"], "")))
    tables = record["tables"]
    for line in (*map(retelling.taken, record["sources"]), *filter(None, map(retelling.judged, tables))):
        say(_text(harmless(line, 500)))
    if tables:
        say(_grid(("table", "outcome", "rows", "s"), [retelling.built(table) for table in tables], right={2, 3}))
    for table in tables:
        for line in retelling.remarks(table):
            say(_text(harmless(line, 500), COLOURS["held" if table["outcome"] == "held" else "waits"]))
    if amiss := retelling.amiss_with_models(record):
        say(_text(harmless(amiss, 500), COLOURS["waits"]))
    if command := retelling.next_command(record):
        say(_text(f"Next: {command}"))
    return None


def say_table(table: Any, as_json: bool) -> None:
    """The rows of an Arrow table; where the terminal is too narrow for its columns, one block a row."""
    rows = [{name: _discreet(name, value) for name, value in row.items()} for row in table.to_pylist()]
    if as_json:
        return _say_json(rows)
    console = _console()
    if not rows:
        console.print("No rows.")
    elif console.width < NARROW * table.num_columns:
        for row in rows:
            console.print(_text("\n".join(f"{printable(name)}: {_plain(value)}" for name, value in row.items()) + "\n"))
    else:
        cells = [[_plain(value) for value in row.values()] for row in rows]
        console.print(_grid(table.column_names, cells, _numeric(rows)))
    return None


def _discreet(name: str, value: Any) -> Any:
    """A text without the card numbers in it; digits alone are no such number where they are an id, but of a card."""
    if not isinstance(value, str):
        return value
    is_id = name.endswith("_id") and name != "card_id" and value.isdecimal()
    return value if is_id else without_card_numbers(value)


def say_model(made: Mapping[str, Any], as_json: bool) -> None:
    """A model as it was made: what it learned from, how well it ranks beside the rules, what it looks at."""
    if as_json:
        return _say_json(made)
    for line in retelling.model(made):
        _console().print(_text(line))
    return None


def say_checks(found: Iterable["Check"], as_json: bool) -> None:
    """What `krn doctor` found, and for what is wrong the command that mends it."""
    if as_json:
        return _say_json([asdict(check) for check in found])
    rows = [["ok" if c.ok else "wrong", c.name, c.detail + (f"  Next: {c.then}" if c.then else "")] for c in found]
    return _console().print(_grid((), rows))


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> "Table":
    """Columns without lines; the heads may be left out, and a long cell is folded."""
    from rich.table import Table

    numbers = set(right)
    grid = Table(box=None, pad_edge=False, show_header=bool(heads), header_style="dim")
    for place in range(len(heads) or len(rows[0])):
        head = _text(printable(heads[place])) if heads else ""
        grid.add_column(head, justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(_text(printable(cell), COLOURS.get(cell, "")) for cell in row))
    return grid


def _numeric(rows: Iterable[Mapping[str, Any]]) -> set[int]:
    placed = (pair for row in rows for pair in enumerate(row.values()))
    return {
        place for place, value in placed if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    }


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds").replace("+00:00", "Z")
    return "" if value is None else printable(str(value))


def _text(text: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(text, style)


def _console() -> "Console":
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPED)


def _say_json(value: object) -> None:
    print(json.dumps(value, default=str))  # in ASCII, so that no text in it can steer a terminal
