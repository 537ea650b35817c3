"""What a run gives to every table it works on, and what became of the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from krn.contracts.envelope import Envelope
from krn.gate import Result, Suite
from krn.tables.table import Table


@dataclass(frozen=True)
class Run:
    """The run's id, the values of `args`, each table's suite (None = gate off), and whether all is made again."""

    id: str
    args: Mapping[str, object]
    suite_of: Callable[[Table], Suite | None]
    engine: str = "fused"
    full: bool = False
    tables: tuple[str, ...] = ()  # patterns of names to build; none = every table
    key: str = field(default="", repr=False)  # of personal tokens; without one, personal values are withheld
    envelopes: Mapping[str, Envelope] = field(default_factory=dict)  # of sources that have their own
    dead_letters: Mapping[str, str] = field(default_factory=dict)  # source -> whose dead letters it holds

    def commit(self, result: Result | None) -> dict[str, object]:
        """What is written beside a commit of this run."""
        return {
            "run": self.id,
            "suite": result.suite_hash if result else "",
            "result": result.status if result else "passed",
        }


@dataclass(frozen=True)
class Built:
    """What became of one table in one run. `outcome`: published, unchanged, held or waits; `jobs` counts Spark jobs."""

    table: str
    outcome: str
    why: str = ""
    version: int | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    result: Result | None = None
    seconds: float = 0.0
    jobs: int = 0

    @property
    def is_open(self) -> bool:
        return self.outcome in ("published", "unchanged")


def held(table: Table, result: Result, rows: Mapping[str, int]) -> Built:
    """A table whose gate did not open, with the expectations that failed."""
    failed = [check.id for check in result.failed]
    why = f"{len(failed)} of {len(result.checks)} expectations failed: {', '.join(failed)}" if failed else result.why
    return Built(table.name, "held", why, rows=rows, result=result)
