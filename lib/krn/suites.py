"""Where the suites lie: expectations/<stage>/<table>.yml, one for each table."""

from collections.abc import Callable
from pathlib import Path

from krn import gate
from krn.errors import UsageError
from krn.gate import Suite
from krn.tables.table import Table


def suite_of(home: Path) -> Callable[[Table], Suite]:
    """The suite of a table; a table without one, or with one that breaks a rule, is an error."""

    def load(table: Table) -> Suite:
        path = path_of(home, table)
        suite = gate.load(path)
        problems = gate.lint(suite, table)
        if problems:
            raise UsageError(f"{path}: {'; '.join(problems)}.", f"krn suite check {table.name}")
        return suite

    return load


def path_of(home: Path, table: Table) -> Path:
    return home.joinpath("expectations", *table.name.split(".")).with_suffix(".yml")
