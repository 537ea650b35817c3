"""One row per delivery, exactly as a source handed it over; append-only, nothing parsed, nothing dropped."""

from pyspark.sql.types import IntegerType, LongType, MapType, StringType, TimestampType

from krn.tables.table import Column, Table

#: row_id = batch * BATCH_ROWS + position, so a row_id names its batch and sorts in bronze order.
BATCH_ROWS = 1_000_000_000

#: Attributes of krn's own. No sender has them: SQS takes no name with a colon.
FETCHED, UNFETCHED, REPAIRS = "krn:fetched", "krn:unfetched", "krn:repairs"

#: The kind of source of a body that a person corrected; its `source` is that of the row it repairs.
FIX = "fix"

TABLE = Table(
    name="bronze.deliveries",
    doc=__doc__,
    key=("row_id",),
    columns=(
        Column("row_id", LongType(), "batch * 1,000,000,000 + position: unique, and bronze order when sorted"),
        Column("batch", LongType(), "number of the commit that brought the row; one more than the greatest before it"),
        Column(
            "position", LongType(), "place in the batch from 0: files by path then line, queue messages as received"
        ),
        Column("source", StringType(), "name of the source in the configuration"),
        Column("source_kind", StringType(), "sqs, landing, or fix: a corrected body"),
        Column(
            "delivery_key",
            StringType(),
            "message id of the queue; sha256:line of a file; of a fix the row it repairs and the sha256 of its body",
        ),
        Column("path", StringType(), "file below the source's folder, or name of the file of fixes; null for queues"),
        Column("line", LongType(), "line in the file from 1; null for queues"),
        Column(
            "sent_at",
            TimestampType(),
            "when the queue took it, or the file's time; of a fix that of the row it repairs; null where unknown",
        ),
        Column("received_at", TimestampType(), "wall clock at ingest, one value per round"),
        Column("receive_count", IntegerType(), "how often the queue has handed it out; null for files"),
        Column("group_id", StringType(), "ordering group of the queue; null where none"),
        Column("sequence_number", StringType(), "order within the group, zero-padded to 20 digits; null where none"),
        Column(
            "attributes",
            MapType(StringType(), StringType()),
            "message attributes as sent; sqs:… is what the queue adds, krn:fetched where in S3 the body was, "
            "krn:unfetched why it was left there, krn:repairs the row that a fix repairs; null where none",
        ),
        Column("run_id", StringType(), "the run that ingested it"),
        Column("payload_encoding", StringType(), "utf8, or base64 where the bytes are not UTF-8"),
        Column("payload", StringType(), "the exact body as the queue, the file or S3 had it", pii="P1"),
    ),
)
