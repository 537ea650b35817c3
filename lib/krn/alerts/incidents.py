"""What fires, since when, and who was told: the state of alerts and its steps, all of them pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from krn.alerts.firing import Firing
from krn.alerts.written import SEVERITIES, Sink, Watch

Kind = Literal["fires", "again", "over"]


@dataclass(frozen=True)
class Incident:
    """A watch that fires for a group: since when, when a series last came to it, and when it ended, if it has.

    `told` is when each sink was last told that it fires.
    """

    watch: str
    key: str
    since: datetime
    grown_at: datetime
    found: Mapping[str, float]
    told: Mapping[str, datetime] = field(default_factory=dict)
    over_at: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """What one sink is to be told about one incident."""

    incident: Incident
    sink: str
    kind: Kind


def advanced(incidents: Iterable[Incident], firing: Iterable[Firing], now: datetime) -> list[Incident]:
    """The incidents after a look: new ones begin, those that fire no more are over.

    One that fires again before anybody was told that it was over has never ended. What comes to a group that fires is
    news, so everybody is told of the whole group again.
    """
    before, fires = {incident.key: incident for incident in incidents}, {one.key: one for one in firing}
    kept = [_still(before[key], fires.get(key), now) for key in before]
    new = [Incident(one.watch, key, now, now, one.found) for key, one in fires.items() if key not in before]
    return [*kept, *new]


def _still(incident: Incident, fires: Firing | None, now: datetime) -> Incident:
    if fires is None:
        return replace(incident, over_at=incident.over_at or now)
    has_more = set(fires.found) - set(incident.found)
    return replace(incident, found=fires.found, over_at=None, grown_at=now if has_more else incident.grown_at)


def due(
    incidents: Iterable[Incident],
    watches: Mapping[str, Watch],
    sinks: Iterable[Sink],
    is_silent: Callable[[str], bool],
    now: datetime,
) -> list[Notice]:
    """Who is to be told what now; of a watch that is silent nobody hears anything, and later what is then true."""
    sinks = list(sinks)
    loud = [incident for incident in incidents if incident.watch in watches and not is_silent(incident.watch)]
    return [
        Notice(incident, sink.name, kind)
        for incident in loud
        for sink in sinks
        if (kind := _due(incident, watches[incident.watch], sink, now))
    ]


def _due(incident: Incident, watch: Watch, sink: Sink, now: datetime) -> Kind | None:
    told = incident.told.get(sink.name)
    if incident.over_at:
        return "over" if told else None
    if SEVERITIES.index(watch.severity) < SEVERITIES.index(sink.least):
        return None
    if told is None or told < incident.grown_at:
        return "fires"
    repeats = watch.repeat_hours and now - told >= timedelta(hours=watch.repeat_hours)
    return "again" if repeats else None


def settled(
    incidents: Iterable[Incident], told: Iterable[Notice], watches: Iterable[str], sinks: Iterable[str], now: datetime
) -> list[Incident]:
    """The incidents after the sinks in `told` took their notices; what is over is forgotten when all have heard so.

    Watches and sinks that are no longer in the file are forgotten as well.
    """
    watched, heard = set(watches), {(notice.incident.key, notice.sink): notice.kind for notice in told}
    kept = (_told(incident, heard, set(sinks), now) for incident in incidents if incident.watch in watched)
    return [incident for incident in kept if incident.over_at is None or incident.told]


def _told(incident: Incident, heard: Mapping[tuple[str, str], Kind], sinks: set[str], now: datetime) -> Incident:
    return replace(incident, told=dict(_times(incident, heard, sinks, now)))


def _times(
    incident: Incident, heard: Mapping[tuple[str, str], Kind], sinks: set[str], now: datetime
) -> Iterator[tuple[str, datetime]]:
    for sink in sinks:
        kind = heard.get((incident.key, sink))
        if kind in ("fires", "again"):
            yield sink, now
        elif kind is None and sink in incident.told:
            yield sink, incident.told[sink]
