"""What a run gives to every table it works on, and what became of the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from krn.contracts.envelope import Envelope
from krn.gate import Result, Suite
from krn.history import History
from krn.tables.table import Table


@dataclass(frozen=True)
class Run:
    """The run's id, the values of `args`, each table's suite (None = gate off), and whether all is made again."""

    id: str
    args: Mapping[str, object]
    suite_of: Callable[[Table], Suite | None]
    engine: str = "fused"
    full: bool = False
    threads: int = 1  # tables built at a time
    tables: tuple[str, ...] = ()  # patterns of names to build; none = every table
    key: str = field(default="", repr=False)  # of personal tokens; without one, personal values are withheld
    envelopes: Mapping[str, Envelope] = field(default_factory=dict)  # of sources that have their own
    dead_letters: Mapping[str, str] = field(default_factory=dict)  # source -> whose dead letters it holds
    history: Callable[[], History] = History  # of the runs before; without any there are no limits yet

    def limited(self, table: Table, kind: str) -> Suite | None:
        """The suite of a table with the limits that runs over the same kind of rows give; None = gate off."""
        suite = self.suite_of(table)
        return suite and self.history().limited(suite, kind)

    def commit(self, result: Result | None, *earlier: Result | None) -> dict[str, object]:
        """What is written beside a commit of this run; `waivers` are those that it spends, also of `earlier` gates."""
        return {
            "run": self.id,
            "suite": result.suite_hash if result else "",
            "result": result.status if result else "passed",
            "waivers": [each.waiver for each in (result, *earlier) if each and each.waiver],
        }


@dataclass(frozen=True)
class Restated:
    """A row of a day that readers knew, by the rest of its key: what its measures were and are; None = no row then."""

    on: date
    of: Mapping[str, str]
    measures: Mapping[str, tuple[Decimal | int | None, Decimal | int | None]]


@dataclass(frozen=True)
class Built:
    """What became of one table in one run. `outcome`: published, unchanged, held or waits; `jobs` counts Spark jobs.

    Of the `n_restated` rows of known days that changed, `restated` has the largest.
    """

    table: str
    outcome: str
    why: str = ""
    version: int | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    result: Result | None = None
    seconds: float = 0.0
    jobs: int = 0
    n_restated: int = 0
    restated: tuple[Restated, ...] = ()
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome in ("published", "unchanged")

    @property
    def told(self) -> dict[str, object]:
        """As fields of the log."""
        ended = {"outcome": self.outcome, "why": self.why, **self.rows}
        return {"table": self.table, **ended, "seconds": self.seconds, "jobs": self.jobs}


def held(table: Table, result: Result, rows: Mapping[str, int]) -> Built:
    """A table whose gate did not open, with the expectations that failed."""
    failed = [check.id for check in result.failed]
    said = f"{len(failed)} of {len(result.checks)} expectations failed: {', '.join(failed)}" if failed else ""
    return Built(table.name, "held", "; ".join(filter(None, (said, result.why))), rows=rows, result=result)
