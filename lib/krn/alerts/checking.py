"""One look at the watches: what fires, who is told, and what is remembered of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from krn.alerts import state
from krn.alerts.firing import History, firing
from krn.alerts.incidents import Incident, Notice, advanced, due, settled
from krn.alerts.message import message
from krn.alerts.silence import Silence, is_silent, left
from krn.alerts.sinks import Variable, send
from krn.alerts.state import State
from krn.alerts.written import FILE, Alerts, load
from krn.config import Config
from krn.errors import KrnError, UsageError
from krn.lock import hold
from krn.metrics import kept
from krn.metrics.sample import Series

log = structlog.get_logger()


@dataclass(frozen=True)
class Looked:
    """What is firing or just over, who was told, and who could not be."""

    incidents: tuple[Incident, ...]
    told: tuple[Notice, ...]
    failed: tuple[Notice, ...]


def alerts_of(config: Config, home: Path) -> Alerts:
    """The alerts of the configuration."""
    return load(config.alerts or home / FILE)


def check(config: Config, alerts: Alerts, variable: Variable, now: datetime, *, dry_run: bool = False) -> Looked:
    """Look at the newest metrics and tell the sinks; a sink that fails is tried again by the next look.

    A dry run sends nothing and remembers nothing. Raises Busy while another look is under way.
    """
    with _alone(config.made_warehouse):
        before, watches = state.load(config.warehouse), {watch.name: watch for watch in alerts.watches}
        fires = firing(alerts.watches, _known(kept.history(config.warehouse), config), now)
        incidents = advanced(before.incidents, fires, now)
        notices = due(
            incidents,
            watches,
            alerts.sinks,
            lambda watch: is_silent(watch, before.silences, alerts.quiet, now, config.timezone),
            now,
        )
        if dry_run:
            return Looked(tuple(incidents), tuple(notices), ())
        told = _sent(notices, alerts, variable)
        rest = settled(incidents, told, watches, [sink.name for sink in alerts.sinks], now)
        state.save(config.warehouse, State(rest, left(before.silences, now)))
    _say(before.incidents, incidents)
    return Looked(tuple(incidents), tuple(told), tuple(notice for notice in notices if notice not in told))


def silence(config: Config, alerts: Alerts, watch: str, until: datetime, why: str) -> Silence:
    """Let nobody be told of a watch until an instant; a silence in the past ends one."""
    if watch not in {one.name for one in alerts.watches}:
        raise UsageError(f"There is no watch {watch}.", "krn alerts list")
    asked = Silence(watch, until, why)
    with _alone(config.made_warehouse):
        before = state.load(config.warehouse)
        state.save(config.warehouse, State(before.incidents, {**before.silences, watch: asked}))
    return asked


@contextmanager
def _alone(warehouse: Path) -> Iterator[None]:
    """No other look is under way."""
    with hold(warehouse, "alerts"):
        yield


def _known(history: History, config: Config) -> History:
    """Without sources and tables that the configuration has no longer: nothing will be heard of them again."""
    from krn.tables.every import made_for  # here, since every table imports PySpark

    known = {"table": {"bronze.deliveries", "silver.deliveries", *(table.name for table in made_for(config.tables))}}
    if config.sources:
        known["source"] = {source.name for source in config.sources}

    def is_known(series: Series) -> bool:
        return all(value in known.get(label, {value}) for label, value in series[1])

    return {series: seen for series, seen in history.items() if is_known(series)}


def _sent(notices: Sequence[Notice], alerts: Alerts, variable: Variable) -> list[Notice]:
    """The notices that were taken. A sink that fails is left alone until the next look: each try may take seconds."""
    watches, told = {watch.name: watch for watch in alerts.watches}, list[Notice]()
    for sink in alerts.sinks:
        for notice in (notice for notice in notices if notice.sink == sink.name):
            try:
                send(sink, message(notice, watches[notice.incident.watch]), variable)
            except KrnError as failed:
                log.error("alert_not_sent", sink=sink.name, alert=notice.incident.key, error=str(failed))
                break
            log.info("alert_sent", sink=sink.name, alert=notice.incident.key, kind=notice.kind)
            told.append(notice)
    return told


def _say(before: Sequence[Incident], after: Sequence[Incident]) -> None:
    """In the log also where there is no sink: what began and what ended with this look."""
    known: Mapping[str, Incident] = {incident.key: incident for incident in before}
    for incident in after:
        if incident.key not in known:
            log.warning("alert_fires", alert=incident.key, found=dict(incident.found))
        elif incident.over_at and not known[incident.key].over_at:
            log.info("alert_over", alert=incident.key, after=incident.over_at - incident.since)
