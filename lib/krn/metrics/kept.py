"""What runs measured, one file per run beside the journal: ops/metrics/<day>/<run>.json.

The newest samples of each series are in ops/metrics.json as well: jobs that run often don't push out the others.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import structlog

from krn import records
from krn.errors import Unreadable
from krn.metrics.sample import Labels, Sample, Seen, Series, newest

log = structlog.get_logger()

History = dict[Series, tuple[Seen, ...]]

#: Runs whose files are looked at.
LAST = 100
#: Samples of each series that are carried on, however many runs of other jobs come between.
CARRIED = 24
#: A series that nothing measures any more is gone: its source or table is. What was told of a few deliveries is no news
#: after a week, and a type that never comes again would never be better.
_GONE, _GONE_SHARE = timedelta(weeks=12), timedelta(weeks=1)

SCHEMA = pa.schema(
    {
        "run": pa.string(),
        "at": pa.timestamp("us", "UTC"),
        "name": pa.string(),
        "labels": pa.map_(pa.string(), pa.string()),
        "value": pa.float64(),
        "n": pa.int64(),
    }
)


def write(root: Path, run: str, at: datetime, samples: Sequence[Sample], before: History | None = None) -> History:
    """Add what one run measured; it is never changed afterwards. Returns the history with it.

    `before` is the history without it, where it has been read already.
    """
    known = history(root) if before is None else before
    rows = [{"name": s.name, "value": s.value, "labels": dict(s.labels), "n": s.n} for s in samples]
    day = _folder(root) / f"{at:%Y-%m-%d}"
    records.write(day / f"{run}.json", {"run": run, "at": at.isoformat(), "samples": rows})
    added = {s.series: (*known.get(s.series, ()), Seen(s, at, run)) for s in samples}
    found = {series: seen for series, seen in {**known, **added}.items() if not _is_gone(seen[-1], at)}
    _carry(root, found)
    return found


def history(root: Path, last: int = LAST) -> History:
    """The samples of each series, oldest first: those of the newest runs, and those carried on from runs before.

    A file that is damaged is left out: the others still tell who is to be told.
    """
    found: dict[Series, dict[tuple[datetime, str], Seen]] = defaultdict(dict)
    for read, path in [(_carried, _carried_in(root)), *((_seen, path) for path in islice(_newest_first(root), last))]:
        try:
            for seen in read(path):
                found[seen.sample.series][seen.at, seen.run] = seen
        except Unreadable as damaged:
            log.error("metrics_left_out", error=str(damaged))
    return {series: tuple(seen for _, seen in sorted(of.items())) for series, of in found.items()}


def current(root: Path) -> dict[Series, Seen]:
    """The newest sample of each series."""
    return newest(history(root))


def arrow(root: Path) -> pa.Table:
    """Every sample of every run, one row each: `krn.read("ops.metrics")`."""
    seen = [seen for path in _newest_first(root) for seen in _seen(path)][::-1]
    return pa.Table.from_pylist([_row(one) for one in seen], SCHEMA)


def _row(seen: Seen) -> Mapping[str, Any]:
    s = seen.sample
    return {"run": seen.run, "at": seen.at, "name": s.name, "labels": list(s.labels), "value": s.value, "n": s.n}


def _newest_first(root: Path) -> Iterator[Path]:
    """Day by day, so that the newest hundred are found without a look at all the others."""
    days = sorted(_folder(root).glob("[!.]*"), reverse=True)
    return (path for day in days for path in sorted(day.glob("[!.]*.json"), reverse=True))


def _seen(path: Path) -> list[Seen]:
    record = records.read(path)
    if record is None:
        return []
    with records.whole(path):
        at, run = datetime.fromisoformat(record["at"]), record["run"]
        return [Seen(Sample(s["name"], s["value"], _labels(s), s["n"]), at, run) for s in record["samples"]]


def _carry(root: Path, found: History) -> None:
    """Two runs that end at once may lose each other's here; the next one finds them among the newest runs."""
    series = [
        {
            "name": name,
            "labels": dict(labels),
            "samples": [[one.at.isoformat(), one.run, one.sample.value, one.sample.n] for one in seen[-CARRIED:]],
        }
        for (name, labels), seen in sorted(found.items())
    ]
    records.write(_carried_in(root), {"series": series})


def _carried(path: Path) -> list[Seen]:
    record = records.read(path)
    if record is None:
        return []
    with records.whole(path):
        return [
            Seen(Sample(series["name"], value, _labels(series), n), datetime.fromisoformat(at), run)
            for series in record["series"]
            for at, run, value, n in series["samples"]
        ]


def _is_gone(last: Seen, now: datetime) -> bool:
    return now - last.at > (_GONE if last.sample.n is None else _GONE_SHARE)


def _labels(plain: Mapping[str, Any]) -> Labels:
    return tuple(sorted(plain["labels"].items()))


def _folder(root: Path) -> Path:
    return root / "ops" / "metrics"


def _carried_in(root: Path) -> Path:
    return root / "ops" / "metrics.json"
