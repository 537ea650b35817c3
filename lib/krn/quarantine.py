"""What was set aside: counts by source, type and reason, with one example of each that names no person."""

from pathlib import Path

import pyarrow as pa

from krn.asking import ask, exists
from krn.contracts.reasons import Reason
from krn.harmless import harmless

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
    }
)

_SENTENCES = {reason.word: reason.sentence for reason in Reason}

#: A type is the producer's own word and may hold anything, so one that does not look like a type is not shown.
_QUERY = r"""
    SELECT source, shown AS type, reason, count(*) AS rows, min(received_at) AS oldest, max(received_at) AS newest,
           min(row_id) AS example_row_id, min(batch) AS example_batch
    FROM (
        SELECT source, row_id, batch, received_at, unnest(reasons) AS reason,
               CASE WHEN type IS NULL THEN '(none)'
                    WHEN regexp_like(type, '\A[a-z][a-z0-9_]{0,30}(\.[a-z0-9_]{1,30}){0,3}\z') THEN type
                    ELSE '(not shown)' END AS shown
        FROM silver_deliveries
        WHERE verdict = 'quarantined' AND resolution IS NULL
    )
    GROUP BY source, shown, reason
    ORDER BY rows DESC, source, type, reason
"""


def summary(root: Path) -> pa.Table:
    """One row per source, type and reason, the most frequent first; a delivery with two reasons counts in both.

    The example is the first of its kind in bronze order; its row_id finds the body in bronze.
    """
    if not exists(root, "silver.deliveries"):
        return SCHEMA.empty_table()
    found = ask(root, _QUERY, "silver.deliveries").to_pylist()
    rows = [row | {"source": harmless(row["source"]), "sentence": sentence(row["reason"])} for row in found]
    return pa.Table.from_pylist(rows, SCHEMA)


def sentence(reason: str) -> str:
    """What a person can do about a reason."""
    return _SENTENCES.get(reason, "A later version of krn gave this reason; its data dictionary explains it.")
