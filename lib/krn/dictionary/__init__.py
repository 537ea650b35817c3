"""The generated part of docs/: what the code itself can say of tables, events, suites, commands and keys."""

from collections.abc import Mapping
from pathlib import Path

import click

from krn.dictionary import commands, configuration, events, exit_codes, index, metrics, reasons, suites, tables

__all__ = ["pages", "stale", "write"]

_MARK = "<!-- Written by `krn docs` out of the code: change the code, not this file. -->\n\n"


def write(home: Path, line: click.Command | None = None) -> list[Path]:
    """Write the pages below `home` that differ; returns them. `line` is the command line; None = the one that runs."""
    changed = _differing(home, pages(home, line or _running()))
    for path, text in changed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(changed)


def stale(home: Path, line: click.Command | None = None) -> list[Path]:
    """The pages that differ from what `write` would write, missing ones too."""
    return list(_differing(home, pages(home, line or _running())))


def pages(home: Path, line: click.Command) -> dict[Path, str]:
    """The text of every generated page by its path."""
    written = {
        "data-dictionary.md": index.page(),
        "reference/tables.md": tables.page(),
        "reference/events.md": events.page(),
        "reference/reasons.md": reasons.page(),
        "reference/expectations.md": suites.page(home),
        "reference/metrics.md": metrics.page(),
        "reference/exit-codes.md": exit_codes.page(),
        "reference/configuration.md": configuration.page(),
        "reference/commands.md": commands.page(line),
    }
    return {home / "docs" / name: _MARK + text for name, text in written.items()}


def _differing(home: Path, wanted: Mapping[Path, str]) -> dict[Path, str]:
    return {path: text for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text}


def _running() -> click.Command:
    """The command line that this was called from; it stands above this module and can't be imported here."""
    return click.get_current_context().find_root().command
