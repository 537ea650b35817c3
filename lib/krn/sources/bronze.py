"""Deliveries as Arrow rows of `bronze.deliveries`: the exact body, base64 only where it is not UTF-8."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql.pandas.types import to_arrow_schema

from krn.sources.delivery import Delivery
from krn.tables.bronze.deliveries import BATCH_ROWS, TABLE

SCHEMA: pa.Schema = to_arrow_schema(TABLE.schema)


def in_order(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """By (group, sequence) where the queue numbers its messages, as received where it does not."""
    return sorted(deliveries, key=lambda d: (d.group_id or "", d.sequence_number) if d.sequence_number else ("", ""))


def staged(
    deliveries: Sequence[Delivery], source: str, kind: str, batch: int, received_at: datetime, run_id: str
) -> pa.Table:
    """One round as a table: immutable, so every look at it sees the same rows and asks the queue for none."""
    ordered = in_order(deliveries)
    same = {"batch": batch, "source": source, "source_kind": kind, "received_at": received_at, "run_id": run_id}
    return pa.Table.from_batches([
        rows(
            pa.array([d.body for d in ordered], pa.binary()),
            first=0,
            same=same,
            own={
                "delivery_key": [d.id for d in ordered],
                "sent_at": [d.sent_at for d in ordered],
                "receive_count": [d.receive_count for d in ordered],
                "group_id": [d.group_id for d in ordered],
                "sequence_number": [d.sequence_number for d in ordered],
                "attributes": [None if d.attributes is None else list(d.attributes.items()) for d in ordered],
            },
        )
    ])  # fmt: skip


def rows(bodies: pa.Array, first: int, same: Mapping[str, Any], own: Mapping[str, Any]) -> pa.RecordBatch:
    """Bronze rows of `bodies`, at positions from `first` on: `same` in each, `own` one value a row, the rest null."""
    n = len(bodies)
    position = pa.array(range(first, first + n), pa.int64())
    columns = {
        "position": position,
        "row_id": pc.add(position, pa.scalar(int(same["batch"]) * BATCH_ROWS, pa.int64())),
        **payload(bodies),
        **own,
    }
    return pa.RecordBatch.from_arrays(
        [_column(field, columns.get(field.name), same, n) for field in SCHEMA], schema=SCHEMA
    )


def _column(field: pa.Field, values: Any, same: Mapping[str, Any], n: int) -> pa.Array:
    if values is None:
        return pa.repeat(pa.scalar(same.get(field.name), field.type), n)
    return values if isinstance(values, pa.Array) else pa.array(values, field.type)


def payload(bodies: pa.Array) -> dict[str, pa.Array]:
    """The bodies as text; the cast checks UTF-8 for all at once, the slow way is taken only when one is not."""
    try:
        return {"payload": bodies.cast(pa.string()), "payload_encoding": pa.repeat(pa.scalar("utf8"), len(bodies))}
    except pa.ArrowInvalid:
        texts = [_text(body) for body in bodies.to_pylist()]
        return {
            "payload": pa.array([text for text, _ in texts], pa.string()),
            "payload_encoding": pa.array([encoding for _, encoding in texts], pa.string()),
        }


def _text(body: bytes) -> tuple[str, str]:
    try:
        return body.decode("utf-8"), "utf8"
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), "base64"
