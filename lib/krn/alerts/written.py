"""The file of alerts: what is watched, when nobody is told, and who is; typed, every wrong key named at once."""

from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from krn import toml
from krn.alerts.condition import Condition, parsed
from krn.errors import UsageError
from krn.metrics.catalogue import METRICS
from krn.metrics.kept import CARRIED

FILE = Path("conf", "alerts.toml")

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Severity = Literal["info", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _metric(name: str) -> str:
    if name not in METRICS:
        raise ValueError(f"there is no metric {name}; docs/reference/metrics.md has them all")
    return name


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Patterns = Annotated[tuple[str, ...], BeforeValidator(_several), Field(min_length=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Watch(_Frozen):
    """A condition on a metric, and what somebody who is woken by it needs to know."""

    name: Name
    severity: Severity
    metric: Annotated[str, AfterValidator(_metric)]
    labels: dict[str, Patterns] = {}
    when: str
    says: str = Field(min_length=1)
    then: str = Field(pattern="^krn ")
    runbook: str = Field(pattern="^[a-z0-9_-]+$")
    over: str = Field("It is as it should be again.", min_length=1)
    for_runs: int = Field(1, ge=1, le=CARRIED)
    for_minutes: float = Field(0, ge=0)
    least: int = Field(0, ge=0)
    absent: bool = False
    group_by: tuple[str, ...] = ()
    repeat_hours: float = Field(24, ge=0)

    @property
    def condition(self) -> Condition:
        return parsed(self.when)

    @model_validator(mode="after")
    def _fits_its_metric(self) -> Self:
        metric, condition = METRICS[self.metric], self.condition
        if unknown := {*self.labels, *self.group_by} - {*metric.labels}:
            raise ValueError(f"{self.metric} has no label {', '.join(sorted(unknown))}")
        if metric.is_instant and not condition.is_time:
            raise ValueError(f"{self.metric} is an instant: compare its age, such as '> 6 h'")
        if condition.is_time and not metric.is_time:
            raise ValueError(f"{self.metric} is no time")
        if metric.is_instant and (self.for_runs > 1 or self.for_minutes):
            raise ValueError("the age of an instant grows by itself: raise `when` instead of for_runs or for_minutes")
        return self


class Quiet(_Frozen):
    """Hours of the business's time zone in which nobody is told; they may pass midnight."""

    watches: Patterns = ("*",)
    days: tuple[Day, ...] = DAYS
    start: time = Field(alias="from")
    end: time = Field(alias="until")
    why: str = Field(min_length=1)


class _Sink(_Frozen):
    name: Name
    least: Severity = "warning"


class Service(_Sink):
    """Mail, Slack, Teams, PagerDuty, a webhook: what the URL in the variable says, in the words of Apprise."""

    kind: Literal["url"] = "url"
    url_from: str = Field(pattern="^KRN_ALERT_[A-Z0-9_]+$")


class Topic(_Sink):
    """A topic of Amazon SNS, with the credentials of the environment or the role."""

    kind: Literal["sns"]
    topic_arn: str = Field(pattern="^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$")
    endpoint_url: str | None = None

    @property
    def region(self) -> str:
        return self.topic_arn.split(":")[3]


def _kind(sink: object) -> object:
    return {"kind": "url", **sink} if isinstance(sink, dict) else sink


Sink = Annotated[Annotated[Service | Topic, Field(discriminator="kind")], BeforeValidator(_kind)]


class Alerts(_Frozen):
    """A file of alerts."""

    watches: tuple[Watch, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    sinks: tuple[Sink, ...] = ()


def load(path: Path) -> Alerts:
    """The alerts of a file; every fault is named at once."""
    told = toml.read(path, "file of alerts", "name one with alerts in the configuration")
    written = toml.validated(Alerts, told, path, "mend the file; conf/alerts.toml shows each key")
    if twice := sorted(_named_twice(written)):
        raise UsageError(f"{path}: named twice: {', '.join(twice)}.", "give each its own name")
    return written


def _named_twice(written: Alerts) -> Iterator[str]:
    for named in (written.watches, written.sinks):
        names = [one.name for one in named]
        yield from {name for name in names if names.count(name) > 1}
