"""What was set aside: counts by source, type and reason, with one example of each that names no person."""

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

_REASONS = {reason.word: reason for reason in Reason}
_PLACES = 3  # members that are named of one body

#: A type is the producer's own word and may hold anything, so one that does not look like a type is not shown.
SHOWN_TYPE = r"""
    CASE WHEN type IS NULL THEN '(none)'
         WHEN regexp_like(type, '\A[a-z][a-z0-9_]{0,30}(\.[a-z0-9_]{1,30}){0,3}\z')
              AND NOT regexp_like(type, '[0-9]{5}') THEN type
         ELSE '(not shown)' END
"""
_QUERY = f"""
    SELECT source, shown AS type, reason, count(*) AS rows, min(received_at) AS oldest, max(received_at) AS newest,
           min(row_id) AS example_row_id, min(batch) AS example_batch
    FROM (
        SELECT source, row_id, batch, received_at, unnest(reasons) AS reason, {SHOWN_TYPE} AS shown
        FROM silver_deliveries
        WHERE verdict = 'quarantined' AND resolution IS NULL
    )
    GROUP BY source, shown, reason
    ORDER BY rows DESC, source, type, reason
"""  # noqa: S608  an expression of ours


def summary(root: Path) -> pa.Table:
    """One row per source, type and reason, the most frequent first; a delivery with two reasons counts in both.

    The example is the first of its kind in bronze order; its row_id finds the body in bronze. `example` is that body,
    masked; `faulty` names the members that the reason is about, where they can be told.
    """
    if not exists(root, "silver.deliveries"):
        return SCHEMA.empty_table()
    found = ask(root, _QUERY, "silver.deliveries").to_pylist()
    bodies = _bodies(root, {row["example_row_id"] for row in found})
    said = [
        {"source": harmless(row["source"]), "sentence": sentence(row["reason"])}
        | _example(bodies.get(row["example_row_id"]), row["reason"])
        for row in found
    ]
    return pa.Table.from_pylist([row | more for row, more in zip(found, said, strict=True)], SCHEMA)


def _bodies(root: Path, row_ids: Iterable[int]) -> dict[int, bytes]:
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
    if payload is None:
        return {}
    body, reason = parse(payload).body, _REASONS.get(word)
    places = faulty(body, reason) if body is not None and reason else iter(())
    named = (f"{path}: {'absent' if value is None else masked_value(value)}" for path, value in places)
    return {"faulty": harmless("; ".join(islice(named, _PLACES))), "example": masked(payload)}


def sentence(reason: str) -> str:
    """What a person can do about a reason."""
    known = _REASONS.get(reason)
    return known.sentence if known else "A later version of krn gave this reason; its data dictionary explains it."
