"""What runs measured, one file per run beside the journal: ops/metrics/<day>/<run>.json."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from krn import records
from krn.metrics.sample import Sample, Seen, Series, newest

#: Runs that are looked back on. A series without a sample in any of them is gone.
LAST = 100

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


def write(root: Path, run: str, at: datetime, samples: Iterable[Sample]) -> None:
    """Add what one run measured; it is never changed afterwards."""
    rows = [{"name": s.name, "value": s.value, "labels": dict(s.labels), "n": s.n} for s in samples]
    day = _folder(root) / f"{at:%Y-%m-%d}"
    records.write(day / f"{run}.json", {"run": run, "at": at.isoformat(), "samples": rows})


def history(root: Path, last: int = LAST) -> dict[Series, tuple[Seen, ...]]:
    """The samples of the newest runs by series, oldest first."""
    found: dict[Series, list[Seen]] = defaultdict(list)
    newest_first = islice(_newest_first(root), last)
    for seen in sorted((seen for path in newest_first for seen in _seen(path)), key=lambda seen: (seen.at, seen.run)):
        found[seen.sample.series].append(seen)
    return {series: tuple(seen) for series, seen in found.items()}


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
        return [
            Seen(Sample(s["name"], s["value"], tuple(sorted(s["labels"].items())), s["n"]), at, run)
            for s in record["samples"]
        ]


def _folder(root: Path) -> Path:
    return root / "ops" / "metrics"
