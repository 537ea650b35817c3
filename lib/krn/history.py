"""What former runs found, out of the journal, and the limits that a run takes from it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from math import isfinite
from typing import Any

from krn.gate import Expectation, Suite
from krn.gate.limits import Limits, usual

#: So many records are read: half a year of a daily run, a week of an hourly one.
RUNS = 200
#: A second run on a day finds nothing, nor do runs at night; only what is gone for so long is overdue.
OVERDUE = timedelta(hours=20)

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Watched:
    """What an expectation with limits found in a run (None = no number), and the limits it was judged by."""

    table: str
    id: str
    description: str
    status: str
    at: datetime  # the run's clock
    is_open: bool  # whether the table's gate opened
    observed: float | None
    limits: Limits


@dataclass(frozen=True)
class History:
    """The watched numbers of former runs, for a run at this instant; days are those of the business."""

    at: datetime = _NEVER
    zone: tzinfo = UTC
    before: tuple[Watched, ...] = ()

    def limited(self, suite: Suite, kind: str) -> Suite:
        """The suite, with limits by the runs over the same kind of rows where it asks for limits."""
        return replace(
            suite,
            expectations=tuple(self._limited(suite.table, kind, e) for e in suite.expectations),
            reconcile=tuple(self._limited(suite.table, kind, e) for e in suite.reconcile),
        )

    def is_overdue(self, table: str) -> bool:
        """Whether rows of this table used to come, and the last came long ago."""
        came = [seen.at for seen in self.before if seen.table == table and seen.observed]
        return bool(came) and self.at - max(came) >= OVERDUE

    def _limited(self, table: str, kind: str, expectation: Expectation) -> Expectation:
        if not expectation.parameters:
            return expectation
        alike = [w for w in self.before if (w.table, w.id, w.limits.kind) == (table, expectation.id, kind)]
        found = [(self._day(w.at), w.observed) for w in alike if w.observed is not None]
        limits = usual(expectation.type, kind, found, self._day(self.at))
        return replace(expectation, limits=limits.only(expectation.parameters.values()))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def of(records: Iterable[Record], at: datetime, zone: tzinfo) -> History:
    """The history that these records tell. A table that was held counts when it opens: its rows are judged again."""
    return History(at, zone, tuple(w for record in records for w in watched(record) if w.is_open))


def watched(record: Record) -> Iterator[Watched]:
    """What the expectations with limits found in one run, as it was journaled."""
    for table in record["tables"]:
        for check in (table["gate"] or {}).get("checks", ()):
            if check.get("limits"):
                yield _watched(record, table, check)


def _watched(record: Record, table: Record, check: Record) -> Watched:
    return Watched(
        table["table"],
        check["id"],
        check["description"],
        check["status"],
        at=datetime.fromisoformat(str(record["clock"])),
        is_open=table["outcome"] in ("published", "unchanged"),
        observed=number(check["observed"]),
        limits=Limits(**check["limits"]),
    )


def number(observed: object) -> float | None:
    """A number as it is, an exact decimal out of its text; a date is none."""
    try:
        told = observed if isinstance(observed, int) else float(str(observed))
    except ValueError:
        return None
    return told if isfinite(told) else None
