"""What a person reads: names, numbers, the next command and the place in the runbook; nothing out of an event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from krn.alerts.incidents import Kind, Notice
from krn.alerts.written import Severity, Watch

RUNBOOK = "docs/runbook.md"
_SHOWN = 10


@dataclass(frozen=True)
class Message:
    """The title of an incident stays the same from its begin to its end, so that a service can put them together."""

    title: str
    body: str
    severity: Severity
    kind: Kind


def message(notice: Notice, watch: Watch) -> Message:
    """What a notice says."""
    return Message(f"krn: {notice.incident.key}", "\n".join(_lines(notice, watch)), watch.severity, notice.kind)


def _lines(notice: Notice, watch: Watch) -> Iterator[str]:
    incident = notice.incident
    if notice.kind == "over":
        yield f"Over: {watch.over}"
        yield f"It began {incident.since:%Y-%m-%d %H:%M} UTC and ended {incident.over_at:%Y-%m-%d %H:%M} UTC."
        return
    yield f"{'Still ' + watch.severity if notice.kind == 'again' else watch.severity.capitalize()}: {watch.says}"
    yield from _found(incident.found, watch)
    yield f"Since {incident.since:%Y-%m-%d %H:%M} UTC."
    yield f"Next: {watch.then}"
    yield f"Runbook: {RUNBOOK}#{watch.runbook}"


def _found(found: Mapping[str, float], watch: Watch) -> Iterator[str]:
    for name, value in islice(found.items(), _SHOWN):
        yield f"- {name}: {_shown(value, watch)} ({watch.metric} {watch.when})"
    if len(found) > _SHOWN:
        yield f"- and {len(found) - _SHOWN} more"


def _shown(value: float, watch: Watch) -> str:
    if watch.condition.is_time:
        return f"{value / 3_600:.1f} h"
    return f"{value:,.0f}" if value == int(value) else f"{value:.3g}"
