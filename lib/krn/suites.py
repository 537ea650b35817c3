"""Where the suites lie: expectations/<stage>/<table>.yml, one for each table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from krn import gate
from krn.errors import UsageError
from krn.gate import Suite
from krn.tables.every import TABLES
from krn.tables.table import Table

FOLDER = "expectations"


@dataclass(frozen=True)
class Found:
    """One fault of a suite: the file, the expectation ("" = the suite as a whole), and what to write instead."""

    file: str
    expectation: str
    fault: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.file, self.expectation, self.fault)))


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
        raise UsageError(f"{path}: {'; '.join(map(str, faults))}.", f"mend it, then krn suite check {table.name}")
    return suite


def check(home: Path, table: Table | None = None) -> list[Found]:
    """Every fault of every suite, or of one table's; none = each gate can judge."""
    return [found for one in ((table,) if table else TABLES) for found in _faults(home, one)] + (
        [] if table else list(_without_table(home))
    )


def path_of(home: Path, table: Table) -> Path:
    return home.joinpath(FOLDER, *table.name.split(".")).with_suffix(".yml")


def _faults(home: Path, table: Table) -> Iterator[Found]:
    path = path_of(home, table)
    file = str(path.relative_to(home))
    try:
        suite = gate.load(path)
    except UsageError as wrong:
        yield Found(file, "", str(wrong).replace(f"{path}: ", ""))
        return
    yield from (Found(file, fault.of, fault.says) for fault in gate.lint(suite, table))


def _without_table(home: Path) -> Iterator[Found]:
    known = {path_of(home, table) for table in TABLES}
    for path in sorted(p for p in home.joinpath(FOLDER).rglob("*") if p.is_file() and p not in known):
        yield Found(str(path.relative_to(home)), "", "no table has this name: name it as its table, or delete it")
