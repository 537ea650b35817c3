"""One row per parcel, from hand-over to delivery."""

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType

from krn.contracts.shipping import ORDER_DELIVERED, ORDER_SHIPPED, SHIPMENT_TRACKED
from krn.tables.folds import EVENT_ORDER, business_date, earliest, known, stacked
from krn.tables.silver import orders as orders_table
from krn.tables.table import Column, Input, Table
from krn.tables.times import hours
from krn.tables.types import COUNT, DAY, FLAG, HOURS, INSTANT, INT, TEXT

#: What takes time, and the instants between which it does.
SPANS = {
    "handling": ("ready_at", "shipped_at"),
    "transit": ("shipped_at", "delivered_at"),
    "total": ("ordered_at", "delivered_at"),
}
_SAID = ("order_id", "carrier", "service", "origin", "destination", "promised_delivery_date")


def shipments(
    shipped: DataFrame, tracked: DataFrame, delivered: DataFrame, orders: DataFrame, timezone: str
) -> DataFrame:
    """Parcels known only from tracking or delivery keep a row, which heals when `shipped` comes."""
    facts = stacked(_shipped(shipped), _tracked(tracked), _delivered(delivered))
    folded = facts.groupBy("shipment_id").agg(*_folds())
    of_order = orders.select(
        "order_id",
        F.col("created_at").alias("ordered_at"),
        F.coalesce("paid_at", "created_at").alias("ready_at"),
        F.col("promised_on").alias("order_promised_on"),
    )
    return _concluded(_named(folded).join(of_order, on="order_id", how="left"), timezone)


def _shipped(shipped: DataFrame) -> DataFrame:
    said = F.struct(*_SAID, F.col("event_time").alias("at"))
    first = earliest(shipped, "shipment_id")
    return first.select("shipment_id", said.alias("shipped"), _seen(F.lit("shipped")), "n_events")


def _tracked(tracked: DataFrame) -> DataFrame:
    """A carrier's sighting is one, however often it was told."""
    names = F.when(F.col("order_id").isNotNull(), F.struct(*EVENT_ORDER, "order_id"))
    sightings = earliest(tracked, "shipment_id", "event_time", "status")
    return sightings.select(
        "shipment_id",
        names.alias("sighted_of"),
        F.when(F.col("status") == "attempt_failed", F.col("event_time")).alias("failed_at"),
        F.when(F.col("status") == "exception", F.col("event_time")).alias("exception_at"),
        _seen(F.col("status")),
        "n_events",
    )


def _delivered(delivered: DataFrame) -> DataFrame:
    said = F.struct("order_id", "carrier", "attempt_no", F.col("event_time").alias("at"))
    first = earliest(delivered, "shipment_id")
    return first.select("shipment_id", said.alias("delivered"), _seen(F.lit("delivered")), "n_events")


def _seen(status: SparkColumn) -> SparkColumn:
    return F.struct(*EVENT_ORDER, status.alias("status")).alias("seen")


def _folds() -> list[SparkColumn]:
    """Nulls take no part in an aggregate; of `shipped` and of `delivered` there is one at most."""
    return [
        F.max("shipped").alias("shipped"),
        F.max("delivered").alias("delivered"),
        F.min("sighted_of").alias("sighted_of"),
        F.min("failed_at").alias("first_failed_at"),
        F.count("failed_at").alias("n_failed"),
        F.count("exception_at").alias("n_exceptions"),
        F.max("seen").alias("last"),
        F.sum("n_events").alias("n_events"),
    ]


def _named(folded: DataFrame) -> DataFrame:
    said = {name: F.col(f"shipped.{name}") for name in _SAID}
    return folded.withColumns(
        {
            **said,
            "order_id": F.coalesce("shipped.order_id", "delivered.order_id", "sighted_of.order_id"),
            "carrier": F.coalesce("shipped.carrier", "delivered.carrier"),
            "shipped_at": F.col("shipped.at"),
            "delivered_at": F.col("delivered.at"),
        }
    )


def _concluded(parcel: DataFrame, timezone: str) -> DataFrame:
    spans = {name: (F.col(start), F.col(end)) for name, (start, end) in SPANS.items()}
    backwards = (F.when(end < start, f"negative_{name}") for name, (start, end) in spans.items())
    days = parcel.withColumns(
        {
            "shipped_on": business_date(F.col("shipped_at"), timezone),
            "delivered_on": business_date(F.col("delivered_at"), timezone),
            "promised_on": F.coalesce("promised_delivery_date", "order_promised_on"),
            "first_attempt_at": F.least("first_failed_at", "delivered_at"),
            "n_attempts": _attempts(),
            **{f"{name}_h": hours(start, end) for name, (start, end) in spans.items()},
            "flags": F.array_compact(F.array(*backwards)),
        }
    )
    late = {
        "days_vs_promise": F.datediff("delivered_on", "promised_on"),
        "is_late": F.col("delivered_on") > F.col("promised_on"),
        "last_status": F.col("last.status"),
        "last_seen_at": F.col("last.event_time"),
        **{name: known(name) for name in ("carrier", "service", "origin", "destination")},
    }
    return days.withColumns(late).select(*(c.name for c in TABLE.columns))


def _attempts() -> SparkColumn:
    """Those that failed and the one that did not, or as many as the delivery says: tracking may have missed some."""
    seen = F.col("n_failed") + F.when(F.col("delivered_at").isNotNull(), 1).otherwise(0)
    return F.greatest(seen, F.col("delivered.attempt_no").cast("long"))


TABLE = Table(
    name="silver.shipments",
    doc=__doc__,
    key=("shipment_id",),
    scope="shipment_id",
    inputs={
        "shipped": Input(ORDER_SHIPPED, fields=("shipment_id", *_SAID)),
        "tracked": Input(SHIPMENT_TRACKED, fields=("shipment_id", "status", "order_id")),
        "delivered": ORDER_DELIVERED,
        "orders": Input(orders_table.TABLE, via="order_id"),
    },
    args=("timezone",),
    columns=(
        Column("shipment_id", TEXT, "the parcel"),
        Column("order_id", TEXT, "its order, as shipped says, else delivered, else tracking; null where none does"),
        Column("carrier", TEXT, "who carries it, as shipped says, else delivered, or unknown"),
        Column("service", TEXT, "the carrier's product, or unknown"),
        Column("origin", TEXT, "region it was sent from, or unknown"),
        Column("destination", TEXT, "region it goes to, or unknown"),
        Column("ordered_at", INSTANT, "when its order was made; null until order.created comes"),
        Column(
            "ready_at", INSTANT, "when its order was paid, else made: it can be sent; null until order.created comes"
        ),
        Column("shipped_at", INSTANT, "when it left the shop; null until order.shipped comes"),
        Column("shipped_on", DAY, "business date of shipped_at; null until order.shipped comes"),
        Column("first_attempt_at", INSTANT, "first attempt to hand it over, failed or not; null before"),
        Column("delivered_at", INSTANT, "when it was handed over; null before"),
        Column("delivered_on", DAY, "business date of delivered_at; null before"),
        Column("n_attempts", COUNT, "attempts that failed, and the one that did not; at least what the delivery says"),
        Column("n_exceptions", COUNT, "sightings with something wrong"),
        Column("last_status", TEXT, "shipped, delivered or a tracked status: the latest that was said"),
        Column("last_seen_at", INSTANT, "when that was"),
        Column("promised_on", DAY, "local date promised for it, else for its order; null where none"),
        Column("handling_h", HOURS, "from ready_at to shipped_at; null while unknown or < 0"),
        Column("transit_h", HOURS, "from shipped_at to delivered_at; null while unknown or < 0"),
        Column("total_h", HOURS, "from ordered_at to delivered_at; null while unknown or < 0"),
        Column("days_vs_promise", INT, "delivered_on less promised_on; null without a promise or delivery"),
        Column("is_late", FLAG, "delivered_on is after promised_on; null without a promise or delivery"),
        Column(
            "flags",
            ArrayType(TEXT),
            "times that run backwards: negative_handling, negative_transit, negative_total",
        ),
        Column("n_events", COUNT, "events about this parcel"),
    ),
    transform=shipments,
)
