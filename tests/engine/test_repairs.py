"""Of a row and its fixes one stands, in the place of the row: against the same rule in plain Python, over many rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from random import Random

import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import to_arrow_schema

from krn.engine.checking import SCHEMA
from krn.engine.repairs import elected


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


Verdict = tuple[str, int | None, str | None]


def told(rows: Iterable[Row]) -> dict[int, Verdict]:
    """Verdict, the row it repeats and its resolution, as the decision says it."""
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


def some(rng: Random, n: int) -> list[Row]:
    """Few events and contents, so that they meet; a fix comes after what it repairs, and no fix is of a fix."""
    rows: list[Row] = []
    for row_id in range(1, n + 1):
        originals = [r.row_id for r in rows if r.repairs is None]
        repairs = rng.choice(originals) if originals and rng.random() < 0.5 else None
        rows.append(Row(row_id, repairs, rng.random() < 0.6, rng.choice("ABCD"), rng.choice("xxy")))
    return rows


def test_whatever_is_fixed_in_whatever_order_the_verdicts_are_those_of_the_rule(spark: SparkSession) -> None:
    """Hundreds of small worlds in one frame, each with events and rows of its own."""
    rng, given = Random(1), []
    for world in range(60):
        base = world * 1_000
        given += [
            Row(base + r.row_id, r.repairs and base + r.repairs, r.ok, f"{world}{r.event}", r.content)
            for r in some(rng, rng.randint(2, 9))
        ]
    rows = pa.Table.from_pylist([_record(row) for row in given], to_arrow_schema(SCHEMA))
    found = elected(spark.createDataFrame(rows, SCHEMA)).select("row_id", "verdict", "duplicate_of", "resolution")
    verdicts = {r.row_id: (r.verdict, r.duplicate_of, r.resolution) for r in found.collect()}
    assert verdicts == told(given)
    kinds = {(verdict, repeats is None, resolution is None) for verdict, repeats, resolution in verdicts.values()}
    assert len(kinds) == 6  # accepted; duplicate, broken: resolved or not; in conflict, which resolves nothing


def _record(row: Row) -> dict[str, object]:
    same = {"batch": 1, "position": row.row_id, "source": "s", "type": "t", "event_source": "/s", "data": "{}"}
    reasons = [] if row.ok else ["blank"]
    known = {"id_hash": hash(row.event) % 7, "event_id": row.event, "content_hash": row.content if row.ok else None}
    return {**same, **known, "row_id": row.row_id, "repairs": row.repairs, "ok": row.ok, "reasons": reasons}
