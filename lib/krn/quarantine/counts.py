"""What is set aside and open: counts by source, type and reason, with one example of each that names no person."""

from base64 import b64decode
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pyarrow as pa

from krn.asking import ask, exists
from krn.contracts.faulty import faulty
from krn.contracts.parse import parse
from krn.contracts.reasons import Reason
from krn.harmless import harmless
from krn.masked import masked, masked_value
from krn.quarantine.chosen import Chosen

SCHEMA = pa.schema(
    {
        "source": pa.string(),
        "type": pa.string(),
        "reason": pa.string(),
        "rows": pa.int64(),
        "sentence": pa.string(),
        "oldest": pa.timestamp("us", "UTC"),
        "newest": pa.timestamp("us", "UTC"),
        "example_row_id": pa.int64(),
        "example_batch": pa.int64(),
        "faulty": pa.string(),
        "example": pa.string(),
    }
)

_BY_DAY = pa.schema([pa.field("day", pa.date32()), *SCHEMA])

_REASONS = {reason.word: reason for reason in Reason}
#: Whatever is in quarantine.
EVERY = Chosen()

_PLACES = 3  # members that are named of one body

#: A type is the producer's own word and may hold anything, so one that does not look like a type is not shown.
SHOWN_TYPE = r"""
    CASE WHEN type IS NULL THEN '(none)'
         WHEN regexp_like(type, '\A[a-z][a-z0-9_]{0,30}(\.[a-z0-9_]{1,30}){0,3}\z')
              AND NOT regexp_like(type, '[0-9]{5}') THEN type
         ELSE '(not shown)' END
"""


def _query(chosen: Chosen, day: str) -> str:
    """Kinds by their size, or by `day` first; the names that the query is made of are ours or were checked."""
    return f"""
        SELECT {day} source, shown AS type, reason, count(*) AS rows, min(received_at) AS oldest,
               max(received_at) AS newest, min(row_id) AS example_row_id, min(batch) AS example_batch
        FROM (
            SELECT source, row_id, batch, received_at, CAST(received_at AS DATE) AS day,
                   unnest(reasons) AS reason, {SHOWN_TYPE} AS shown
            FROM silver_deliveries
            WHERE {chosen.sql} AND resolution IS NULL
        )
        GROUP BY {day} source, shown, reason
        ORDER BY {day} rows DESC, source, type, reason
    """  # noqa: S608


def summary(root: Path, chosen: Chosen = EVERY, *, by_day: bool = False) -> pa.Table:
    """One row per source, type and reason, the most frequent first; a delivery with two reasons counts in both.

    `by_day` tells them apart by the UTC day of receipt, the oldest first.

    The example is the first of its kind in bronze order; its row_id finds the body in bronze. `example` is that body,
    masked; `faulty` names the members that the reason is about, where they can be told.
    """
    if not exists(root, "silver.deliveries"):
        return SCHEMA.empty_table()
    found = ask(root, _query(chosen, "day," if by_day else ""), "silver.deliveries").to_pylist()
    bodies = bodies_of(root, {row["example_row_id"] for row in found})
    said = [
        {"source": harmless(row["source"]), "sentence": sentence(row["reason"])}
        | _example(bodies.get(row["example_row_id"]), row["reason"])
        for row in found
    ]
    rows = [row | more for row, more in zip(found, said, strict=True)]
    return pa.Table.from_pylist(rows, _BY_DAY if by_day else SCHEMA)


def bodies_of(root: Path, row_ids: Iterable[int]) -> dict[int, bytes]:
    """The bodies of a few bronze rows, where they are still there; the files' statistics tell which files to open."""
    wanted = ", ".join(map(str, sorted(row_ids)))
    if not wanted or not exists(root, "bronze.deliveries"):
        return {}
    query = f"""
        SELECT row_id, payload_encoding, payload FROM bronze_deliveries
        WHERE row_id IN ({wanted}) AND payload IS NOT NULL
    """  # noqa: S608  numbers
    rows = ask(root, query, "bronze.deliveries").to_pylist()
    return {
        row["row_id"]: b64decode(row["payload"]) if row["payload_encoding"] == "base64" else row["payload"].encode()
        for row in rows
    }


def _example(payload: bytes | None, word: str) -> dict[str, str]:
    return {} if payload is None else {"faulty": at_fault(payload, word), "example": masked(payload)}


def at_fault(payload: bytes, word: str) -> str:
    """The members of a body that a reason is about, with their values masked; empty where nobody can tell."""
    body, reason = parse(payload).body, _REASONS.get(word)
    places = faulty(body, reason) if body is not None and reason else iter(())
    named = (f"{path}: {'absent' if value is None else masked_value(value)}" for path, value in places)
    return harmless("; ".join(islice(named, _PLACES)))


def sentence(reason: str) -> str:
    """What a person can do about a reason."""
    known = _REASONS.get(reason)
    return known.sentence if known else "A later version of krn gave this reason; its data dictionary explains it."
