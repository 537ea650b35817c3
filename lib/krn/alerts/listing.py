"""The watches, and what a look at them found, for people."""

from datetime import datetime
from itertools import chain

import pyarrow as pa

from krn.alerts import state
from krn.alerts.checking import Looked
from krn.alerts.silence import is_silent
from krn.alerts.written import Alerts, Watch
from krn.config import Config

WATCHES = pa.schema(
    {
        **dict.fromkeys(("watch", "severity", "fires", "when"), pa.string()),
        "since": pa.timestamp("us", "UTC"),
        **dict.fromkeys(("told", "silent", "next", "runbook"), pa.string()),
    }
)
LOOKED = pa.schema(
    {
        "alert": pa.string(),
        "state": pa.string(),
        "since": pa.timestamp("us", "UTC"),
        "found": pa.string(),
        "told": pa.string(),
        "not told": pa.string(),
    }
)


def watches(config: Config, alerts: Alerts, now: datetime) -> pa.Table:
    """One row per watch and group that fires; a watch that does not has one row."""
    known = state.load(config.warehouse)

    def rows(watch: Watch) -> list[dict[str, object]]:
        silent = is_silent(watch.name, known.silences, alerts.quiet, now, config.timezone)
        asked = known.silences.get(watch.name)
        said = {
            "watch": watch.name,
            "severity": watch.severity,
            "when": f"{watch.metric} {watch.when}",
            "silent": (asked.why if asked and now < asked.until else "quiet hours") if silent else "",
            "next": watch.then,
            "runbook": watch.runbook,
        }
        fires = [one for one in known.incidents if one.watch == watch.name and one.over_at is None]
        of_each = [{"fires": one.key, "since": one.since, "told": ", ".join(sorted(one.told))} for one in fires]
        return [said | of for of in of_each or [{"fires": "", "since": None, "told": ""}]]

    return pa.Table.from_pylist(list(chain.from_iterable(map(rows, alerts.watches))), WATCHES)


def looked(found: Looked) -> pa.Table:
    """One row per incident: what it is, since when, and who heard of it in this look."""
    rows = [
        {
            "alert": incident.key,
            "state": "over" if incident.over_at else "fires",
            "since": incident.since,
            "found": ", ".join(incident.found),
            "told": ", ".join(notice.sink for notice in found.told if notice.incident == incident),
            "not told": ", ".join(notice.sink for notice in found.failed if notice.incident == incident),
        }
        for incident in found.incidents
    ]
    return pa.Table.from_pylist(rows, LOOKED)
