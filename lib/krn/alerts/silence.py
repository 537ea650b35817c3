"""When nobody is told: hours that the file names, and silences that a person asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from krn.alerts.written import DAYS, Quiet


@dataclass(frozen=True)
class Silence:
    """Nobody is told of a watch until an instant; `why` is a person's word."""

    watch: str
    until: datetime
    why: str


def is_silent(watch: str, silences: Mapping[str, Silence], quiet: Iterable[Quiet], now: datetime, zone: str) -> bool:
    """Whether the watch may tell nobody now."""
    asked = silences.get(watch)
    local = now.astimezone(ZoneInfo(zone))
    return (asked is not None and now < asked.until) or any(
        _is_within(hours, local) and any(fnmatchcase(watch, pattern) for pattern in hours.watches) for hours in quiet
    )


def _is_within(hours: Quiet, local: datetime) -> bool:
    """Hours that pass midnight are of the day they begin on."""
    time, day = local.time(), DAYS[local.weekday()]
    before = DAYS[(local - timedelta(days=1)).weekday()]
    if hours.start < hours.end:
        return day in hours.days and hours.start <= time < hours.end
    return (day in hours.days and time >= hours.start) or (before in hours.days and time < hours.end)


def left(silences: Mapping[str, Silence], now: datetime) -> dict[str, Silence]:
    """The silences that have not ended."""
    return {watch: silence for watch, silence in silences.items() if now < silence.until}
