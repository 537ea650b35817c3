"""What the baseline knows of events: their shapes, and which deliveries are no event."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

_ENVELOPE = "id STRING, type STRING, source STRING, time STRING, dataschema STRING, data STRING"
_PAYMENT = "payment_id STRING, order_id STRING, amount STRING, currency STRING, method STRING"
_ORDER_LINE = (
    "line_no: INT, product_id: STRING, quantity: INT, unit_price: DECIMAL(14,4), category: STRING, "
    "discount: DECIMAL(14,4), tax: DECIMAL(14,4), freight: DECIMAL(14,4)"
)
#: Amounts that must be refused are read as text: a decimal would be rounded to its scale without a word.
SCHEMAS = {
    "order.created": "order_id STRING, currency STRING, order_total STRING, customer_id STRING, channel STRING, "
    "country STRING, discount_total DECIMAL(14,4), tax_total DECIMAL(14,4), freight_total DECIMAL(14,4), "
    f"lines ARRAY<STRUCT<{_ORDER_LINE}>>",
    "order.cancelled": "order_id STRING, lines ARRAY<STRUCT<line_no: INT, quantity: INT>>",
    "order.refunded": "refund_id STRING, order_id STRING, amount STRING, currency STRING, customer_id STRING, "
    "channel STRING, country STRING, reason STRING, "
    "lines ARRAY<STRUCT<line_no: INT, product_id: STRING, quantity: INT, unit_price: DECIMAL(14,4)>>",
    "payment.received": f"{_PAYMENT}, installments INT, provider STRING",
    "payment.failed": f"{_PAYMENT}, reason STRING",
}
_REQUIRED = {
    "order.created": ("order_id", "currency", "order_total"),
    "order.cancelled": ("order_id",),
    "order.refunded": ("refund_id", "amount", "currency"),
    "payment.received": ("payment_id", "order_id", "amount", "currency", "method"),
    "payment.failed": ("payment_id", "order_id", "amount", "currency", "method"),
}
_CURRENCIES = ("AUD", "CAD", "CHF", "DKK", "EUR", "GBP", "JPY", "NOK", "PLN", "SEK", "USD")
_AMOUNT = r"^[0-9]{1,14}(\.[0-9]{1,4})?$"


def checked(deliveries: DataFrame) -> DataFrame:
    """Every delivery with its envelope and `reason`, null where it is an event; repeats are still among them."""
    enveloped = deliveries.withColumn("e", F.from_json("payload", _ENVELOPE)).select(*deliveries.columns, "e.*")
    bodies = {
        _body(kind): F.when(F.col("type") == kind, F.from_json("data", schema)) for kind, schema in SCHEMAS.items()
    }
    # a text that ends in no offset is no instant
    at = F.when(F.col("time").rlike(r"(Z|[+-]\d\d:\d\d)$"), F.try_to_timestamp("time"))
    return (
        enveloped.withColumns({"event_time": at, **bodies})
        .withColumn("reason", _reason())
        .select(
            "payload",
            "received_at",
            "type",
            "event_time",
            F.col("source").alias("event_source"),
            F.col("id").alias("event_id"),
            F.coalesce(*(f"{_body(kind)}.order_id" for kind in SCHEMAS)).alias("order_id"),
            F.when(F.col("reason").isNull(), F.col("data")).alias("data"),
            "reason",
            F.when(F.col("reason").isNull(), "accepted").otherwise("quarantined").alias("verdict"),
        )
    )


def of_type(events: DataFrame, kind: str) -> DataFrame:
    """The events of a type with the fields of their body as columns."""
    head = ("event_time", "event_source", "event_id")
    body = F.from_json("data", SCHEMAS[kind]).alias("body")
    return events.where(F.col("type") == kind).select(*head, body).select(*head, "body.*")


def _reason() -> Column:
    """The first rule that a delivery breaks."""
    in_time = F.col("event_time").between(
        F.lit("1970-01-01").cast("timestamp"), F.col("received_at") + F.expr("INTERVAL 5 MINUTES")
    )
    return F.coalesce(
        F.when(_is_blank("id") | _is_blank("source") | _is_blank("type"), "missing_field"),
        F.when(~F.col("type").isin(*SCHEMAS), "unknown_type"),
        F.when(~F.coalesce("dataschema", F.lit(":1")).rlike(r"[/:v]1$"), "unknown_version"),
        F.when(~F.coalesce(in_time, F.lit(False)), "bad_time"),
        *(_broken(kind) for kind in SCHEMAS),
    )


def _broken(kind: str) -> Column:
    body, is_this = _body(kind), F.col("type") == kind
    fields = _REQUIRED[kind]
    blank = reduce(Column.__or__, (_is_blank(f"{body}.{name}") for name in fields))
    wrong = [F.when(is_this & blank, "missing_field")]
    wrong += [
        F.when(is_this & ~F.col(f"{body}.{a}").rlike(_AMOUNT), "bad_amount")
        for a in ("order_total", "amount")
        if a in fields
    ]
    wrong += (
        [F.when(is_this & ~F.col(f"{body}.currency").isin(*_CURRENCIES), "bad_currency")]
        if "currency" in fields
        else []
    )
    return F.coalesce(*wrong)


def _is_blank(column: str) -> Column:
    return F.coalesce(F.trim(column) == "", F.lit(True))


def _body(kind: str) -> str:
    return kind.replace(".", "_")
