"""One delivery: where it came from, its verdict and why, what became of it, and its body, masked."""

from base64 import b64decode
from pathlib import Path
from typing import Any

import pyarrow as pa

from krn.asking import ask, exists
from krn.errors import UsageError
from krn.harmless import harmless
from krn.masked import masked
from krn.quarantine.counts import SHOWN_TYPE, at_fault, sentence

SCHEMA = pa.schema(
    {
        "row_id": pa.int64(),
        "source": pa.string(),
        "source_kind": pa.string(),
        "path": pa.string(),
        "line": pa.int64(),
        "delivery_key": pa.string(),
        "run_id": pa.string(),
        "sent_at": pa.timestamp("us", "UTC"),
        "received_at": pa.timestamp("us", "UTC"),
        "type": pa.string(),
        "verdict": pa.string(),
        "reasons": pa.string(),
        "faulty": pa.string(),
        "duplicate_of": pa.int64(),
        "repairs": pa.int64(),
        "resolution": pa.string(),
        "body": pa.string(),
    }
)


def one(root: Path, row_id: int, *, reveal: bool = False) -> pa.Table:
    """The delivery as one row. Its body is as it came only when `reveal` asks for it, and never with a card number."""
    tables = ("silver.deliveries", "bronze.deliveries")
    found = ask(root, _query(row_id), *tables).to_pylist() if all(exists(root, table) for table in tables) else []
    if not found:
        raise UsageError(f"No delivery with a verdict has row_id {row_id}.", "krn quarantine shows examples")
    (row,) = found
    body = b64decode(row["payload"]) if row["payload_encoding"] == "base64" else row["payload"].encode()
    return pa.Table.from_pylist([row | _told(row, body, reveal)], SCHEMA)


def _query(row_id: int) -> str:
    return f"""
        SELECT s.row_id, s.source, b.source_kind, b.path, b.line, b.delivery_key, b.run_id, b.sent_at, s.received_at,
               {SHOWN_TYPE} AS type, s.verdict, s.reasons, s.duplicate_of,
               CAST(b.attributes['krn:repairs'] AS BIGINT) AS repairs, s.resolution, b.payload_encoding, b.payload
        FROM silver_deliveries s JOIN bronze_deliveries b ON b.row_id = s.row_id
        WHERE s.row_id = {int(row_id)}
    """  # noqa: S608  a number


def _told(row: dict[str, Any], body: bytes, reveal: bool) -> dict[str, Any]:
    places = {reason: at_fault(body, reason) for reason in row["reasons"]}
    return {
        "path": row["path"] and harmless(row["path"]),
        "reasons": " ".join(f"{reason}: {sentence(reason)}" for reason in row["reasons"]),
        "faulty": "; ".join(f"{reason}: {named}" for reason, named in places.items() if named),
        "resolution": row["resolution"] and harmless(row["resolution"]),
        "body": body.decode(errors="replace") if reveal else masked(body),
    }
