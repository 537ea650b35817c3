"""One row per contradiction in the life of an order or a parcel, with the two events that don't fit together."""

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.contracts.lifecycles import LIFECYCLES, NEVER_CREATED, ON_ITS_WAY, ORDER, SHIPMENT
from krn.contracts.orders import ORDER_CANCELLED, ORDER_REFUNDED
from krn.contracts.payments import PAYMENT_FAILED, PAYMENT_RECEIVED
from krn.contracts.shipping import ORDER_DELIVERED, ORDER_SHIPPED, SHIPMENT_TRACKED
from krn.tables.folds import EVENT_ORDER, earliest, stacked
from krn.tables.lifecycles import contradictions, entered, pays_for
from krn.tables.silver import deliveries
from krn.tables.silver import orders as orders_table
from krn.tables.silver import payments as payments_table
from krn.tables.table import Column, Input, Table
from krn.tables.types import INSTANT, TEXT

#: The events that make a row of silver.orders before order.created has come.
_OF_ORDERS = (ORDER_CANCELLED, ORDER_REFUNDED, PAYMENT_RECEIVED, PAYMENT_FAILED, ORDER_SHIPPED, ORDER_DELIVERED)
_TYPES = ", ".join(f"'{contract.type}'" for contract in _OF_ORDERS)
_OF_ORDER, _OF_SHIPMENT = "concat('order:', order_id)", "concat('shipment:', shipment_id)"
_KINDS = "; ".join(
    [
        *(f"{told.kind}: {told.doc}" for lifecycle in LIFECYCLES for told in lifecycle.contradictions),
        f"{NEVER_CREATED}: order.created has not come, other events of the order have",
    ]
)


def findings(
    orders: DataFrame,
    payments: DataFrame,
    told: DataFrame,
    shipped: DataFrame,
    tracked: DataFrame,
    delivered: DataFrame,
) -> DataFrame:
    """A finding goes again when an event comes that makes sense of it, or another one that tells it better."""
    events = told.where(f"accepted_type IN ({_TYPES})").join(orders, on="order_id", how="inner")
    of_orders = stacked(_sent(events), _cancelled(events), _paid(events, payments))
    found = stacked(
        contradictions(ORDER, of_orders),
        contradictions(SHIPMENT, _parcels(shipped, tracked, delivered)),
        _never_created(events),
    )
    return _named(found)


def _sent(events: DataFrame) -> DataFrame:
    """Each parcel of an order, as it was told first."""
    told = earliest(events.where("shipment_id IS NOT NULL"), "order_id", "accepted_type", "shipment_id")
    states = ("shipped", "delivered")
    return stacked(*(entered(_bringing(state, told), ORDER, state, "order_id", "shipment_id") for state in states))


def _cancelled(events: DataFrame) -> DataFrame:
    """The event that took the last unit; of several at that instant the first."""
    last = earliest(_bringing("cancelled", events).where("event_time = cancelled_at"), "order_id")
    return entered(last, ORDER, "cancelled", "order_id", "CAST(NULL AS STRING)")


def _paid(events: DataFrame, payments: DataFrame) -> DataFrame:
    """The payment that made an order paid, and those that came when it was, beyond what it cost."""
    received = payments.where("status = 'received'").withColumnRenamed("currency", "paid_in")
    told = _bringing("paid", events).join(received, on=["order_id", "payment_id"], how="inner")
    once = earliest(told.where("paid_in = currency"), "order_id", "payment_id")
    in_turn = Window.partitionBy("order_id").orderBy("event_time", "payment_id")
    before = F.sum("amount").over(in_turn.rowsBetween(Window.unboundedPreceding, -1))
    upto = F.sum("amount").over(in_turn.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    was_paid = F.coalesce(pays_for(before, F.col("order_total")), F.lit(False))
    is_beyond = (F.col("amount") > 0) & (upto - F.expr("0.01BD") > F.col("order_total"))
    state = F.when(~was_paid & pays_for(upto, F.col("order_total")), "paid").when(was_paid & is_beyond, "paid_again")
    paid = once.withColumn("state", state)
    states = ("paid", "paid_again")
    return stacked(*(entered(paid.where(F.col("state") == s), ORDER, s, "order_id", "payment_id") for s in states))


def _bringing(state: str, events: DataFrame) -> DataFrame:
    return events.where(F.col("accepted_type") == ORDER.states[state].type)


def _parcels(shipped: DataFrame, tracked: DataFrame, delivered: DataFrame) -> DataFrame:
    on_its_way = earliest(tracked.where(F.col("status").isin(*ON_ITS_WAY)), "shipment_id", "event_time", "status")
    return stacked(
        entered(earliest(shipped, "shipment_id"), SHIPMENT, "shipped", "shipment_id", "CAST(NULL AS STRING)"),
        entered(earliest(delivered, "shipment_id"), SHIPMENT, "delivered", "shipment_id", "CAST(NULL AS STRING)"),
        entered(on_its_way, SHIPMENT, "on_its_way", "shipment_id", "status"),
    )


def _never_created(events: DataFrame) -> DataFrame:
    """The first event of an order of which order.created has not come; what was told of it since adds nothing."""
    first = earliest(events.where("NOT is_complete"), "order_id")
    event = F.struct(*EVENT_ORDER, F.col("accepted_type").alias("event_type")).alias("event")
    return first.select(
        F.lit(ORDER.entity).alias("entity"),
        F.col("order_id").alias("entity_id"),
        F.lit(NEVER_CREATED).alias("kind"),
        event,
    )


def _named(found: DataFrame) -> DataFrame:
    named_by = F.array("kind", "entity_id", "event.event_source", "event.event_id")
    return found.select(
        F.to_json(named_by).alias("finding_id"),
        F.concat_ws(":", "entity", "entity_id").alias("subject"),
        "entity",
        "entity_id",
        "kind",
        *_event("earlier", "earlier_"),
        *_event("event", ""),
        "detail",
    )


def _event(of: str, prefix: str) -> list[SparkColumn]:
    names = {
        "event_id": "event_id",
        "event_source": "event_source",
        "event_type": "event_type",
        "event_time": "event_at",
    }
    return [F.col(f"{of}.{name}").alias(f"{prefix}{named}") for name, named in names.items()]


TABLE = Table(
    name="silver.findings",
    doc=__doc__,
    key=("finding_id",),
    scope="subject",
    inputs={
        # `flags` are read by the suite: a flag and its finding are raised together
        "orders": Input(
            orders_table.TABLE,
            scope=_OF_ORDER,
            fields=("order_total", "currency", "cancelled_at", "is_complete", "flags"),
        ),
        "payments": Input(payments_table.TABLE, scope=_OF_ORDER, fields=("order_id", "status", "amount", "currency")),
        "told": Input(
            deliveries.TABLE,
            scope=f"CASE WHEN accepted_type IN ({_TYPES}) THEN {_OF_ORDER} END",
            fields=("accepted_type", *EVENT_ORDER, "order_id", "payment_id", "shipment_id"),
        ),
        "shipped": Input(ORDER_SHIPPED, scope=_OF_SHIPMENT, fields=("shipment_id",)),
        "tracked": Input(SHIPMENT_TRACKED, scope=_OF_SHIPMENT, fields=("shipment_id", "status")),
        "delivered": Input(ORDER_DELIVERED, scope=_OF_SHIPMENT, fields=("shipment_id",)),
    },
    may_be_empty=True,  # a shop may do everything right
    columns=(
        Column("finding_id", TEXT, "JSON list of the kind, the entity and the event"),
        Column("subject", TEXT, "the entity and its id: order:A, shipment:S"),
        Column("entity", TEXT, "order or shipment"),
        Column("entity_id", TEXT, "order_id or shipment_id"),
        Column("kind", TEXT, _KINDS),
        Column("earlier_event_id", TEXT, "the event that this one can't follow; null of never_created"),
        Column("earlier_event_source", TEXT, "its source; null of never_created"),
        Column("earlier_event_type", TEXT, "its type; null of never_created"),
        Column("earlier_event_at", INSTANT, "when it happened; null of never_created"),
        Column("event_id", TEXT, "the event that came at the wrong time; of never_created the first of its order"),
        Column("event_source", TEXT, "its source"),
        Column("event_type", TEXT, "its type"),
        Column("event_at", INSTANT, "when it happened"),
        Column(
            "detail", TEXT, "the payment, the parcel of the order or what the carrier said; null where it is neither"
        ),
    ),
    transform=findings,
)
