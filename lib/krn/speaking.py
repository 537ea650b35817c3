"""What the command line says: results on standard output, the log on standard error, JSON where a program listens."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from krn.harmless import harmless, printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from krn.doctor import Check

PIPED = 10_000  # columns: a program that reads a line wants all of it
COLOURS = {"ok": "green", "published": "green", "held": "red", "failed": "red", "waits": "yellow"}
_NARROW = 8  # columns: less than this is not read as a word


def log_to_stderr(as_json: bool = False) -> None:
    """One line per step: in colours on a terminal, else key=value; JSON when asked."""
    import structlog
    from structlog.types import Processor

    if as_json:
        last: Processor = structlog.processors.JSONRenderer(default=str)
    elif sys.stderr.isatty():
        last = structlog.dev.ConsoleRenderer()
    else:
        last = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    before = (structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, stamp, _harmless_fields)
    structlog.configure([*before, last], logger_factory=structlog.WriteLoggerFactory(sys.stderr))


def _harmless_fields(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: harmless(value, 500) if isinstance(value, str) else value for key, value in fields.items()}


def say_run(record: Mapping[str, Any], as_json: bool) -> None:
    """A run as it ended: what it took, what was set aside, what became of each table, and the next command."""
    if as_json:
        return _print_json(record)
    console = _console()
    for part in _run(record):
        console.print(part)
    return None


def say_table(table: Any, as_json: bool) -> None:
    """The rows of an Arrow table; where the terminal is too narrow for its columns, one block a row."""
    rows = table.to_pylist()
    if as_json:
        return _print_json(rows)
    console = _console()
    if not rows:
        return console.print("No rows.")
    if console.width < _NARROW * table.num_columns:
        for row in rows:
            console.print(_block(row))
    else:
        console.print(_grid(table.column_names, ([_plain(v) for v in row.values()] for row in rows), _numeric(rows)))
    return None


def say_findings(found: Iterable["Check"], as_json: bool) -> None:
    """What `krn doctor` found, and for what is wrong the command that mends it."""
    if as_json:
        return _print_json([asdict(check) for check in found])
    rows = [("ok" if c.ok else "wrong", c.name, c.detail + (f"  Next: {c.then}" if c.then else "")) for c in found]
    _console().print(_grid(("", "", ""), ([printable(cell) for cell in row] for row in rows), heads=False))
    return None


def _run(record: Mapping[str, Any]) -> Iterator["RenderableType"]:
    from rich.text import Text

    outcome = str(record["outcome"])
    yield Text.assemble((outcome, COLOURS.get(outcome, "")), f"  krn {record['job']}  {record['run']}")
    for source in record["sources"]:
        yield Text(f"{harmless(source['source'])}: {_taken(source)}")
    for table in record["tables"]:
        if "quarantined" in table["rows"]:
            yield Text("judged: {accepted:,} accepted, {duplicate:,} duplicate, {quarantined:,} quarantined".format(**table["rows"]))
    if record["tables"]:
        yield _grid(("table", "outcome", "rows", "s"), (_built(table) for table in record["tables"]), right={2, 3})
    for table in record["tables"]:
        yield from (Text(harmless(line, 500), COLOURS.get(table["outcome"], "yellow")) for line in _remarks(table))
    if not record["error"]:  # an error says what is next by itself
        yield Text(f"Next: {_next(record)}")


def _taken(source: Mapping[str, Any]) -> str:
    batches = source["batches"]
    said = [f"{source['rows']:,} deliveries in {len(batches):,} {'batch' if len(batches) == 1 else 'batches'}"]
    if source["kind"] != "landing":
        said.append(f"{_sum(batches, 'acked'):,} acknowledged")
    back = _sum(batches, "ack_expired") + _sum(batches, "ack_failed")
    files = [(status, sum(b["files"].get(status, 0) for b in batches)) for status in ("loaded", "set_aside", "duplicate_content")]
    said += [f"{back:,} will come again"] if back else []
    said += [f"{n:,} {'file' if n == 1 else 'files'} {status.replace('_', ' ')}" for status, n in files if n]
    said += [f"{source['young']:,} files still young"] if source["young"] else []
    return ", ".join([*said, str(source["stop_reason"]).replace("_", " "), *source["warnings"]])


def _sum(batches: Iterable[Mapping[str, Any]], name: str) -> int:
    return sum(int(batch[name]) for batch in batches)


def _built(table: Mapping[str, Any]) -> list[str]:
    gate = table["gate"] or {}
    outcome = "warned" if gate.get("status") == "warned" else table["outcome"]
    signs = {"insert": "+", "update": "~", "delete": "-"}
    rows = " ".join(f"{sign}{table['rows'][change]:,}" for change, sign in signs.items() if table["rows"].get(change))
    return [table["table"], outcome, rows, f"{table['seconds']:.1f}"]


def _remarks(table: Mapping[str, Any]) -> Iterator[str]:
    """Why a table is not open, and what its gate warns of."""
    if table["outcome"] in ("held", "waits"):
        yield f"{table['table']} {table['outcome']}: {table['why']}"
    for check in (table["gate"] or {}).get("checks", ()):
        if check["status"] == "warned":
            yield f"{table['table']} warns: {check['description'] or check['id']} (found {finding(check)})"


def finding(check: Mapping[str, Any]) -> str:
    """What an expectation found, in a few words: how many rows, or which value."""
    if check["error"]:
        return str(check["error"])
    if check["unexpected_count"] is not None and check["element_count"]:
        return f"{check['unexpected_count']:,} of {check['element_count']:,}"
    return "nothing" if check["observed"] is None else str(check["observed"])


def _next(record: Mapping[str, Any]) -> str:
    if any(table["outcome"] in ("held", "waits") for table in record["tables"]):
        return "krn hold list"
    if any(table["rows"].get("quarantined") for table in record["tables"]):
        return "krn quarantine"
    return "krn report" if record["tables"] else "krn transform"


def _grid(heads_: Iterable[str], rows: Iterable[list[str]], right: Iterable[int] = (), heads: bool = True) -> "Table":
    from rich.table import Table
    from rich.text import Text

    numbers = set(right)
    grid = Table(box=None, pad_edge=False, show_header=heads, header_style="dim")
    for place, head in enumerate(heads_):
        grid.add_column(Text(printable(head)), justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell, COLOURS.get(cell, "")) for cell in row))
    return grid


def _block(row: Mapping[str, Any]) -> "RenderableType":
    from rich.text import Text

    return Text("\n".join(f"{printable(name)}: {_plain(value)}" for name, value in row.items()) + "\n")


def _numeric(rows: list[dict[str, Any]]) -> set[int]:
    columns = list(zip(*(row.values() for row in rows), strict=True))
    return {i for i, column in enumerate(columns) if any(isinstance(v, (int, float, Decimal)) and not isinstance(v, bool) for v in column)}


def _plain(value: object) -> str:
    return "" if value is None else printable(str(value))


def _console() -> "Console":
    from rich.console import Console

    console = Console(markup=False, highlight=False, emoji=False)
    return console if console.is_terminal else Console(markup=False, highlight=False, emoji=False, width=PIPED)


def _print_json(value: object) -> None:
    print(json.dumps(value, default=str))  # ASCII only, so that no text in it can steer a terminal
