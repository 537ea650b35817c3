"""What former runs found, and the limits that a run takes from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from math import isfinite

from krn.gate import Expectation, Suite
from krn.gate.limits import usual

#: A second run on a day finds nothing, nor do runs at night; only what is gone for so long is overdue.
OVERDUE = timedelta(hours=20)

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Watched:
    """The number that an expectation with limits found in a run over one kind of rows; `at` is the run's clock."""

    table: str
    id: str
    kind: str
    at: datetime
    observed: float


@dataclass(frozen=True)
class History:
    """The watched numbers of former runs, for a run at this instant; days are those of the business."""

    at: datetime = _NEVER
    zone: tzinfo = UTC
    before: tuple[Watched, ...] = ()

    def limited(self, suite: Suite, kind: str) -> Suite:
        """The suite, with limits by the runs over the same kind of rows where it asks for limits."""
        alike = [seen for seen in self.before if (seen.table, seen.kind) == (suite.table, kind)]
        return replace(
            suite,
            expectations=tuple(self._limited(e, kind, alike) for e in suite.expectations),
            reconcile=tuple(self._limited(e, kind, alike) for e in suite.reconcile),
        )

    def is_overdue(self, table: str) -> bool:
        """Whether rows of this table used to come, and the last came long ago."""
        came = [seen.at for seen in self.before if seen.table == table and seen.observed]
        return bool(came) and self.at - max(came) >= OVERDUE

    def _limited(self, expectation: Expectation, kind: str, alike: Sequence[Watched]) -> Expectation:
        if not expectation.parameters:
            return expectation
        found = [(self._day(seen.at), seen.observed) for seen in alike if seen.id == expectation.id]
        limits = usual(expectation.type, kind, found, self._day(self.at))
        return replace(expectation, limits=limits.only(expectation.parameters.values()))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def number(observed: object) -> float | None:
    """A number as it is, an exact decimal out of its text; a date is none."""
    try:
        told = observed if isinstance(observed, int) else float(str(observed))
    except ValueError:
        return None
    return told if isfinite(told) else None
