"""The result of a gate: what each expectation found, and what its severity makes of that."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from krn.errors import KrnError
from krn.gate.limits import ROW_COUNT, Limits
from krn.gate.suite import Expectation, Suite

SPARK = (PySparkException, Py4JError)  # what Spark raises; `reason` says it without a value of the data
STATUSES = ("passed", "warned", "waived", "held", "error")  # in order of how bad they are


@dataclass(frozen=True)
class Check:
    """What one expectation found. Counts, numbers and dates only: no text out of the data gets here."""

    id: str
    type: str
    severity: str
    success: bool
    observed: int | float | Decimal | str | None = None  # text is an ISO date or instant
    unexpected_count: int | None = None
    element_count: int | None = None
    unexpected_percent: float | None = None  # of the elements that are not null
    tolerated_percent: float | None = None  # the most of it that passes; None where rows are not counted
    description: str = ""
    notes: str = ""
    error: str = ""  # why nothing was found; a check with an error never passes
    is_waived: bool = False  # it failed, and a person released that
    limits: Limits | None = None  # by former runs, where the expectation asks for them

    @property
    def status(self) -> str:
        """critical holds, warning warns, info is only recorded; what could not be judged is closed, whatever it is."""
        if self.error:
            return "error"
        if self.success:
            return "passed"
        return {"warning": "warned", "info": "passed"}.get(self.severity, "waived" if self.is_waived else "held")


@dataclass(frozen=True)
class Result:
    """The result of a gate: the worst of its checks, or worse still for a reason that is no check (`why`)."""

    table: str
    suite_hash: str
    rows: int | None = None  # None: not counted
    checks: tuple[Check, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)  # the caller's own aggregates, exact
    at_least: str = "passed"
    why: str = ""
    waiver: str = ""  # the id of the waiver that opens it

    @property
    def status(self) -> str:
        """passed, warned, waived, held or error."""
        return max([self.at_least, *(check.status for check in self.checks)], key=STATUSES.index)

    @property
    def is_open(self) -> bool:
        """Whether the candidate may be published."""
        return self.status in ("passed", "warned", "waived")

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that keep the gate shut."""
        return tuple(check for check in self.checks if check.status in ("held", "error"))

    def waived(self, ids: Collection[str], waiver: str) -> "Result":
        """The result with the failed checks of these ids waived."""
        checks = (replace(c, is_waived=True) if c in self.failed and c.id in ids else c for c in self.checks)
        return replace(self, checks=tuple(checks), waiver=waiver)


ROWS = "krn_rows"  # the name of the row count among the caller's own aggregates


def counted(suite: Suite, checks: Sequence[Check], own: Mapping[str, Any]) -> Result:
    """The result of a frame that was counted."""
    extra = {name: value for name, value in own.items() if name != ROWS}
    return Result(suite.table, suite.hash, own[ROWS], tuple(checks), extra)


def uncounted(suite: Suite, checks: Sequence[Check], error: BaseException) -> Result:
    """The result of a frame that can't even be counted: an error, whatever the checks say."""
    return Result(suite.table, suite.hash, None, tuple(checks), at_least="error", why=reason(error))


def nothing_came(suite: Suite) -> Result:
    """The result where nothing came: of its suite only the limits of the row count can be judged, with no pass."""
    counts = [e for e in suite.expectations if e.type == ROW_COUNT and not e.kwargs.get("row_condition")]
    checks = [_check(e, e.limits.allow(0), observed=0) for e in counts if e.limits]
    return Result(suite.table, suite.hash, 0, tuple(checks))


def check(expectation: Expectation, success: bool, found: Mapping[str, object]) -> Check:
    """A check from the `result` part of what Great Expectations says."""
    counts = {key: found.get(key) for key in ("unexpected_count", "element_count", "unexpected_percent")}
    if counts["element_count"] is not None:
        counts["unexpected_count"] = counts["unexpected_count"] or 0  # a sum over no rows is null
        counts["tolerated_percent"] = round(100 * (1 - float(expectation.kwargs.get("mostly", 1))), 6)
    return _check(expectation, success, observed=masked(found.get("observed_value")), **counts)


def failed(expectation: Expectation, error: BaseException) -> Check:
    """A check that could not be made."""
    return _check(expectation, False, error=reason(error))


def _check(expectation: Expectation, success: bool, **found: object) -> Check:
    said = {key: getattr(expectation, key) for key in ("id", "type", "severity", "description", "notes", "limits")}
    return Check(success=success, **said, **found)  # type: ignore[arg-type]


def masked(value: object) -> int | float | Decimal | str | None:
    """A number or a date as it is; anything else may be a person's, so only that there was something."""
    if value is None or isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if _is_instant(str(value)) else "(masked)"


def _is_instant(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def reason(error: BaseException) -> str:
    """Why, without the message of a library: Spark quotes the value that it could not read."""
    if isinstance(error, KrnError):
        return str(error)
    if error.__cause__ is not None:
        return reason(error.__cause__)
    condition = getattr(error, "getCondition", lambda: None)()
    return f"{type(error).__name__}: {condition}" if condition else type(error).__name__
