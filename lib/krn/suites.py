"""Where the suites lie: expectations/<stage>/<table>.yml, one for each table."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from krn import gate
from krn.errors import UsageError
from krn.gate import Suite
from krn.tables.every import TABLES
from krn.tables.table import Table


def suite_of(home: Path) -> Callable[[Table], Suite]:
    """The suite of a table. The first call reads all of them, so a broken one is found before anything is published."""

    @cache
    def suites() -> Mapping[str, Suite]:
        return {table.name: read(home, table) for table in TABLES}

    return lambda table: suites()[table.name]


def read(home: Path, table: Table) -> Suite:
    """The suite of one table; a table without one, or with one that breaks a rule, is an error."""
    path = path_of(home, table)
    suite = gate.load(path)
    faults = gate.lint(suite, table)
    if faults:
        raise UsageError(
            f"{path}: {'; '.join(map(str, faults))}.", "mend it; docs/reference/expectations.md has them all"
        )
    return suite


def path_of(home: Path, table: Table) -> Path:
    return home.joinpath("expectations", *table.name.split(".")).with_suffix(".yml")
