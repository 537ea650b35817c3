"""One row per bronze row with its verdict: accepted, duplicate or quarantined, and why."""

from pyspark.sql.types import ArrayType, IntegerType, LongType, StringType, TimestampType

from krn.contracts import checked
from krn.tables.table import Column, Table

_LINKABLE = ("device_id", "customer_id", "card_id")
#: The entity keys with their PII class.
ENTITY_KEYS = tuple((name, "P2" if name in _LINKABLE else "") for name in checked.ENTITY_KEYS)

#: What a delivery can be ruled to be.
VERDICTS = ("accepted", "duplicate", "quarantined")
#: How a resolution begins.
FIXED, DROPPED = "fixed by row", "dropped by"

TABLE = Table(
    name="silver.deliveries",
    doc=__doc__,
    key=("row_id",),
    columns=(
        Column("row_id", LongType(), "the bronze row; sorted, it is bronze order"),
        Column("batch", LongType(), "the bronze commit; the greatest one here is how far judge has come"),
        Column("position", LongType(), "place in the batch from 0"),
        Column("source", StringType(), "name of the source in the configuration"),
        Column("verdict", StringType(), "accepted, duplicate or quarantined"),
        Column(
            "accepted_type", StringType(), "type of an accepted event; null for the others, so that partitions stay few"
        ),
        Column("reasons", ArrayType(StringType()), "why a delivery was quarantined; empty for the others"),
        Column(
            "duplicate_of", LongType(), "the accepted row that a duplicate or an id conflict repeats; null otherwise"
        ),
        Column(
            "resolution",
            StringType(),
            "fixed by row N, or dropped by whom, when and why; null while it is open, and of what was never set aside",
        ),
        Column("event_source", StringType(), "source attribute of the event; null where it could not be read"),
        Column("event_id", StringType(), "id attribute of the event; null where it could not be read"),
        Column("id_hash", LongType(), "64 bits of event_source and event_id; null where one is missing"),
        Column("type", StringType(), "type attribute as sent; null where it could not be read"),
        Column(
            "version",
            IntegerType(),
            "version of the contract that data is in, or as sent; null where unknown",
        ),
        Column("event_time", TimestampType(), "when it happened; null where it could not be read"),
        Column("time_source", StringType(), "event, or delivery where the body has no time of its own"),
        Column(
            "sequence",
            LongType(),
            "the source's own count of its events, within partition_key; null where it does not count, where it names "
            "its part by what is no id, and of what is quarantined",
        ),
        Column(
            "partition_key",
            StringType(),
            "the part of the source that counts alone; null where it has none, and of what is quarantined",
            pii="P2",
        ),
        Column("received_at", TimestampType(), "wall clock at ingest"),
        *(
            Column(name, StringType(), f"{name} that the event names; null where none", pii=pii)
            for name, pii in ENTITY_KEYS
        ),
        Column(
            "content_hash",
            StringType(),
            "hash of type, time, subject and data but personal fields: equal = the same content",
        ),
        Column(
            "data",
            StringType(),
            "canonical JSON of the body in the newest version of its contract; null when quarantined",
        ),
    ),
    partition_by=("verdict", "accepted_type"),
)
