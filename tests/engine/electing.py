"""Elections in plain Python: checked rows, and the verdicts that the decisions give them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from zlib import crc32

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema

from krn.engine.checking import SCHEMA

#: Verdict, the row it repeats and its resolution.
Verdict = tuple[str, int | None, str | None]


@dataclass(frozen=True)
class Row:
    """A checked row: whether it is valid, of which event, with what content, and the row that it repairs."""

    row_id: int
    repairs: int | None
    ok: bool
    event: str
    content: str

    @property
    def place(self) -> int:
        return self.repairs or self.row_id


def told(rows: Iterable[Row]) -> dict[int, Verdict]:
    """What becomes of each row, as the decision says it."""
    rows, found, accepted = list(rows), dict[int, Verdict](), dict[str, Row]()
    for _, group in groupby(sorted(rows, key=lambda r: (r.place, r.row_id)), key=lambda r: r.place):
        members = list(group)
        stands = max((m for m in members if m.ok), key=lambda m: m.row_id, default=None)
        if stands is None:
            found |= {m.row_id: ("quarantined", None, None) for m in members}
            continue
        first = accepted.setdefault(stands.event, stands)
        is_in = first.content == stands.content
        repeats = None if first is stands else first.row_id
        own = "quarantined" if not is_in else "accepted" if repeats is None else "duplicate"
        found[stands.row_id] = (own, repeats, None)
        for other in members:
            if other is not stands:
                shared = ("duplicate" if is_in else "quarantined", first.row_id)
                verdict = shared if other.ok else ("quarantined", None)
                found[other.row_id] = (*verdict, f"fixed by row {stands.row_id}" if is_in else None)
    return found


def checked_rows(spark: SparkSession, given: Iterable[Row], hashes: int = 1 << 32) -> DataFrame:
    """The rows in the columns of checked ones; of few hashes, several events share one."""
    rows = pa.Table.from_pylist([_record(row, hashes) for row in given], to_arrow_schema(SCHEMA))
    return spark.createDataFrame(rows, SCHEMA)


def _record(row: Row, hashes: int) -> dict[str, object]:
    same = {"batch": 1, "position": row.row_id, "source": "s", "type": "t", "event_source": "/s", "data": "{}"}
    known = {"row_id": row.row_id, "repairs": row.repairs, "ok": row.ok, "reasons": [] if row.ok else ["blank"]}
    event = {"id_hash": crc32(row.event.encode()) % hashes, "event_id": row.event}
    return {**same, **known, **event, "content_hash": row.content if row.ok else None}
