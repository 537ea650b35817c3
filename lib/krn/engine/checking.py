"""Bronze rows through `check`, in Arrow batches: the one place where Python sees every event."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.contract import Contract, Delivered
from krn.contracts.envelope import Envelope
from krn.contracts.known import compiled
from krn.contracts.tokens import tokens
from krn.tables.bronze.deliveries import FIX, REPAIRS, UNFETCHED
from krn.tables.silver.deliveries import ENTITY_KEYS

_TAKEN = ("row_id", "batch", "position", "source", "received_at", "repairs")
_KEYS = tuple(name for name, _ in ENTITY_KEYS)
_CHECKED = (
    "ok",
    "reasons",
    "type",
    "version",
    "event_id",
    "event_source",
    "event_time",
    "time_source",
    "id_hash",
    "content_hash",
    "data",
    "sequence",
    "partition_key",
)

SCHEMA = StructType(
    [
        StructField("row_id", LongType()),
        StructField("batch", LongType()),
        StructField("position", LongType()),
        StructField("source", StringType()),
        StructField("received_at", TimestampType()),
        StructField("repairs", LongType()),
        StructField("ok", BooleanType()),
        StructField("reasons", ArrayType(StringType())),
        StructField("type", StringType()),
        StructField("version", IntegerType()),
        StructField("event_id", StringType()),
        StructField("event_source", StringType()),
        StructField("event_time", TimestampType()),
        StructField("time_source", StringType()),
        StructField("id_hash", LongType()),
        StructField("content_hash", StringType()),
        StructField("data", StringType()),
        StructField("sequence", LongType()),
        StructField("partition_key", StringType()),
        *(StructField(name, StringType()) for name in _KEYS),
    ]
)


@dataclass(frozen=True)
class Terms:
    """What deliveries are judged by: the contracts, the currency of bodies without one, the key of personal tokens, the
    envelopes of sources that have their own, and whose dead letters a source holds: they are judged as that source's.
    """

    currency: str
    contracts: tuple[Contract, ...] = CONTRACTS
    key: str = field(default="", repr=False)
    envelopes: Mapping[str, Envelope] = field(default_factory=dict)
    dead_letters: Mapping[str, str] = field(default_factory=dict)


def checked(pending: DataFrame, terms: Terms) -> DataFrame:
    """One row of `SCHEMA` per bronze row. In Python: Spark's JSON lets duplicate keys, trailing data and NaN pass."""
    unfetched = F.coalesce(F.col("attributes")[UNFETCHED], F.lit("")).alias("unfetched")
    wanted = pending.withColumn("repairs", repaired()).select(
        *_TAKEN, "sent_at", unfetched, "payload_encoding", "payload"
    )
    return wanted.mapInArrow(partial(_batches, terms=terms), SCHEMA)


def checked_once(bodies: DataFrame, terms: Terms, path: Path) -> DataFrame:
    """The same, written to `path` and read from there, since each look at it would check every body again."""
    checked(bodies, terms).write.parquet(str(path))
    return bodies.sparkSession.read.schema(SCHEMA).parquet(str(path))


def repaired() -> Column:
    """The row that a bronze row repairs; null where it is no fix."""
    return F.when(F.col("source_kind") == FIX, F.col("attributes")[REPAIRS].cast("long"))


def _batches(batches: Iterator[pa.RecordBatch], terms: Terms) -> Iterator[pa.RecordBatch]:
    schema, known = to_arrow_schema(SCHEMA), compiled(terms.contracts, tokens(terms.key), terms.envelopes)
    for batch in batches:
        found = [check(payload, delivered, known) for payload, delivered in _deliveries(batch, terms)]
        columns: dict[str, Any] = {name: batch.column(name) for name in _TAKEN}
        columns |= {name: [getattr(c, name) for c in found] for name in _CHECKED}
        columns |= {name: [c.keys.get(name) for c in found] for name in _KEYS}
        yield pa.RecordBatch.from_arrays([_array(columns[f.name], f.type) for f in schema], schema=schema)


def _deliveries(batch: pa.RecordBatch, terms: Terms) -> Iterator[tuple[bytes, Delivered]]:
    """The exact bytes of each row, with what its delivery tells; rounds and files share it, so it is made once."""
    known = cache(partial(Delivered, currency=terms.currency))
    encodings, payloads = (
        batch.column("payload_encoding").to_pylist(),
        batch.column("payload").cast(pa.binary()).to_pylist(),
    )
    told = zip(
        batch.column("received_at").to_pylist(),
        batch.column("sent_at").to_pylist(),
        batch.column("source").to_pylist(),
        batch.column("unfetched").to_pylist(),
        strict=True,
    )
    for encoding, payload, (received_at, sent_at, source, unfetched) in zip(encodings, payloads, told, strict=True):
        yield (
            b64decode(payload) if encoding == "base64" else payload,
            known(
                received_at=received_at,
                sent_at=sent_at,
                source=terms.dead_letters.get(source, source),
                unfetched=unfetched,
            ),
        )


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, type=kind)
