"""One row per order, folded from all that was said of it."""

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType

from krn.contracts.orders import ORDER_CANCELLED, ORDER_CREATED, ORDER_REFUNDED
from krn.contracts.shipping import ORDER_DELIVERED, ORDER_SHIPPED
from krn.tables.folds import EVENT_ORDER, business_date, known, stacked
from krn.tables.lifecycles import pays_for
from krn.tables.order_states import NO_MONEY, flags, moves, status
from krn.tables.silver import order_lines, payments, refund_lines, sales_entries
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, FLAG, INSTANT, MONEY, MONEY_SUM, TEXT

_AMOUNTS = ("order_total", "items_total", "discount_total", "tax_total", "freight_total")
_HEADER = ("order_id", "currency", *_AMOUNTS, "customer_id", "channel", "country", "promised_delivery_date")


def orders(
    created: DataFrame,
    lines: DataFrame,
    cancelled: DataFrame,
    refunded: DataFrame,
    returned: DataFrame,
    paid: DataFrame,
    entries: DataFrame,
    shipped: DataFrame,
    delivered: DataFrame,
    timezone: str,
) -> DataFrame:
    """Facts that come before `created` keep an incomplete row, which heals when it comes."""
    facts = stacked(
        _created(created),
        _lines(lines),
        _cancelled(cancelled),
        _refunded(refunded),
        _returned(returned),
        _paid(paid),
        _entries(entries),
        _told("shipment", shipped, "shipment_id"),
        _told("delivery", delivered, "shipment_id"),
    )
    folded = facts.groupBy("order_id").agg(*_folds()).where("n_events > 0")
    return _concluded(folded.select("*", "header.*"), timezone)


def _created(created: DataFrame) -> DataFrame:
    header = F.struct(*(c for c in _HEADER if c != "order_id"), F.col("event_time").alias("created_at"))
    return created.select(
        "order_id", F.struct(*EVENT_ORDER).alias("created_by"), header.alias("said"), F.lit(1).alias("event")
    )


def _lines(lines: DataFrame) -> DataFrame:
    amounts = (F.col(name).alias(f"line_{name}") for name in ("quantity", "gross", "discount", "tax", "freight"))
    return lines.select("order_id", *amounts)


def _cancelled(cancelled: DataFrame) -> DataFrame:
    """Units asked for by line, or the event that asks for the whole order."""
    is_whole = F.col("lines").isNull()
    asked = F.aggregate("lines", F.lit(0).cast("long"), lambda total, line: total + line["quantity"])
    whole = F.when(is_whole, F.struct(*EVENT_ORDER))
    return cancelled.select(
        "order_id", whole.alias("cancelled_by"), F.coalesce(asked, F.lit(0)).alias("asked"), F.lit(1).alias("event")
    )


def _refunded(refunded: DataFrame) -> DataFrame:
    return _told("refund", refunded.where("order_id IS NOT NULL"), "refund_id", "amount", "currency")


def _returned(returned: DataFrame) -> DataFrame:
    return returned.where("order_id IS NOT NULL").select("order_id", F.col("quantity").alias("asked"))


def _paid(paid: DataFrame) -> DataFrame:
    payment = F.struct("paid_at", "payment_id", "amount", "currency")
    return paid.select(
        "order_id", F.when(F.col("status") == "received", payment).alias("payment"), F.col("n_events").alias("event")
    )


def _entries(entries: DataFrame) -> DataFrame:
    """What the ledger says went back."""
    took = F.struct("event_source", "event_id", (-F.col("quantity")).alias("units"))
    reversed_ = entries.where("kind <> 'sale' AND order_id IS NOT NULL AND line_no IS NOT NULL")
    return reversed_.select(
        "order_id",
        took.alias("took"),
        F.when(F.col("kind") == "cancellation", -F.col("quantity")).alias("cancelled_units"),
        F.when(F.col("kind") == "return", -F.col("quantity")).alias("returned_units"),
        F.when((F.col("kind") == "cancellation") & (F.col("quantity") < 0), F.col("occurred_at")).alias(
            "cancelled_last_at"
        ),
        F.struct(
            "currency",
            (-(F.col("gross") - F.col("discount") + F.col("tax") + F.col("freight"))).cast(MONEY_SUM).alias("amount"),
        ).alias("reversal"),
    )


def _told(name: str, events: DataFrame, key: str, *fields: str) -> DataFrame:
    """Facts that a shop may tell twice, each under its key."""
    fact = F.struct(*EVENT_ORDER, key, *fields).alias("fact")
    return events.select("order_id", F.struct(key, fact).alias(name), F.lit(1).alias("event"))


def _folds() -> list[SparkColumn]:
    """Nulls take no part in an aggregate, so each sees only the facts that have its column."""
    sums = ("line_discount", "line_tax", "line_freight", "line_gross")
    return [
        F.min_by("said", "created_by").alias("header"),
        F.count("created_by").alias("n_created"),
        F.sum(F.coalesce("event", F.lit(0))).cast("long").alias("n_events"),
        F.count("line_quantity").alias("n_lines"),
        *(
            F.coalesce(F.sum(name), F.lit(0)).cast("long").alias(name)
            for name in ("line_quantity", "cancelled_units", "returned_units", "asked")
        ),
        *(F.coalesce(F.sum(name), F.lit(0)).cast(MONEY_SUM).alias(name) for name in sums),
        F.min("cancelled_by.event_time").alias("cancelled_whole_at"),
        F.max("cancelled_last_at").alias("cancelled_last_at"),
        F.collect_set("cancelled_by").alias("whole_cancellations"),
        F.collect_list("took").alias("took"),
        F.collect_list("reversal").alias("reversals"),
        F.array_sort(F.collect_list("payment")).alias("payments"),
        F.array_sort(F.collect_list("refund")).alias("refunds"),
        F.array_sort(F.collect_list("shipment")).alias("shipments"),
        F.array_sort(F.collect_list("delivery")).alias("deliveries"),
    ]


def _concluded(order: DataFrame, timezone: str) -> DataFrame:
    amounts = order.withColumns(
        {
            "is_complete": F.col("n_created") > 0,
            "refunds": _first_told("refunds", "refund_id"),
            "shipments": _first_told("shipments", "shipment_id"),
            "deliveries": _first_told("deliveries", "shipment_id"),
            "units": F.col("line_quantity"),
            "items_total": F.col("line_gross"),
            "stated_items": F.coalesce("items_total", "line_gross"),
            "freight_total": F.coalesce("freight_total", "line_freight").cast(MONEY_SUM),
            "amount_paid": _sum_of("payments"),
            "paid_at": _paid_at(),
        }
    )
    states = amounts.withColumns(
        {
            "amount_refunded": _sum_of("refunds"),
            "reversed_amount": _sum_of("reversals"),
            "business_date": business_date(F.col("created_at"), timezone),
            "n_payments": F.size("payments").cast("long"),
            "first_payment_at": F.try_element_at("payments", F.lit(1))["paid_at"],
            "n_shipments": F.size("shipments").cast("long"),
            "n_delivered": F.size("deliveries").cast("long"),
            "shipped_at": F.try_element_at("shipments", F.lit(1))["event_time"],
            "delivered_at": F.try_element_at("deliveries", F.lit(1))["event_time"],
            "fully_delivered_at": _fully_delivered_at(),
            "cancelled_at": _cancelled_at(),
            "moves": moves(),
            "over_returned": F.col("is_complete") & (F.col("asked") > _given()),
        }
    )
    named = states.withColumns({"status": status(), "flags": flags()})
    dimensions = {name: known(name) for name in ("customer_id", "channel", "country")}
    return named.withColumns({**dimensions, "promised_on": F.col("promised_delivery_date")}).select(
        *(c.name for c in TABLE.columns)
    )


def _first_told(told: str, key: str) -> SparkColumn:
    """The first fact of each key, in their order; `told` lie by key and then in their order."""
    first = F.filter(told, lambda one, i: (i == 0) | (F.get(told, i - 1)[key] != one[key]))
    return F.array_sort(F.transform(first, lambda one: one["fact"]))


def _sum_of(facts: str) -> SparkColumn:
    """The sum of `amount` over those in the order's currency; others can't be added, and are flagged."""
    own = F.filter(facts, lambda fact: fact["currency"] == F.col("currency"))
    return F.aggregate(own, F.expr(NO_MONEY), lambda total, fact: (total + fact["amount"]).cast(MONEY_SUM))


def _paid_at() -> SparkColumn:
    """The first instant at which the money received reaches the total, a cent less allowed."""
    own = F.filter("payments", lambda payment: payment["currency"] == F.col("currency"))
    start = F.struct(F.expr(NO_MONEY).alias("total"), F.lit(None).cast("timestamp").alias("at"))

    def add(state: SparkColumn, payment: SparkColumn) -> SparkColumn:
        total = (state["total"] + payment["amount"]).cast(MONEY_SUM)
        reached = F.when(pays_for(total, F.col("order_total")), payment["paid_at"])
        return F.struct(total.alias("total"), F.coalesce(state["at"], reached).alias("at"))

    return F.aggregate(own, start, add, lambda state: state["at"])


def _given() -> SparkColumn:
    """Units that went back of those asked for by number; what a whole cancellation took is not among them."""

    def was_asked_for(took: SparkColumn) -> SparkColumn:
        def is_it(by: SparkColumn) -> SparkColumn:
            return (by["event_source"] == took["event_source"]) & (by["event_id"] == took["event_id"])

        return ~F.exists("whole_cancellations", is_it)

    asked = F.filter("took", was_asked_for)
    return F.aggregate(asked, F.lit(0).cast("long"), lambda total, took: total + took["units"])


def _cancelled_at() -> SparkColumn:
    """When the last unit was cancelled; of an order without lines, when it was."""
    every_unit = (F.col("units") > 0) & (F.col("cancelled_units") == F.col("units"))
    no_units = F.col("is_complete") & (F.col("n_lines") == 0)
    return F.when(every_unit, F.col("cancelled_last_at")).when(no_units, F.col("cancelled_whole_at"))


def _fully_delivered_at() -> SparkColumn:
    """When the last parcel came, once as many came as were sent."""
    have_all_come = F.size("deliveries") >= F.size("shipments")
    return F.when(have_all_come, F.try_element_at("deliveries", F.lit(-1))["event_time"])


TABLE = Table(
    name="silver.orders",
    doc=__doc__,
    key=("order_id",),
    scope="order_id",
    inputs={
        "created": Input(ORDER_CREATED, fields=_HEADER),
        "lines": order_lines.TABLE,
        "cancelled": ORDER_CANCELLED,
        "refunded": Input(ORDER_REFUNDED, fields=("refund_id", "order_id", "amount", "currency")),
        "returned": refund_lines.TABLE,
        "paid": payments.TABLE,
        "entries": Input(sales_entries.TABLE, scope="order_id"),
        "shipped": Input(ORDER_SHIPPED, fields=("shipment_id", "order_id")),
        "delivered": Input(ORDER_DELIVERED, fields=("shipment_id", "order_id")),
    },
    args=("timezone",),
    columns=(
        Column("order_id", TEXT, "the order"),
        Column("created_at", INSTANT, "when it was made; null until order.created comes"),
        Column("customer_id", TEXT, "the buyer; unknown for a guest", pii="P2"),
        Column("channel", TEXT, "where it was sold, or unknown"),
        Column("country", TEXT, "the buyer's country, or unknown"),
        Column("currency", TEXT, "ISO 4217 code of every amount; null until order.created comes"),
        Column("n_lines", COUNT, "lines ordered"),
        Column("units", COUNT, "units ordered"),
        Column("items_total", MONEY_SUM, "sum of quantity * unit_price over the lines"),
        Column("freight_total", MONEY_SUM, "for sending, the header's or the sum of the lines'"),
        Column("order_total", MONEY, "what the shop says is owed; null until order.created comes"),
        Column("n_payments", COUNT, "payments received"),
        Column("amount_paid", MONEY_SUM, "received in the order's currency"),
        Column("first_payment_at", INSTANT, "first payment received; null where none"),
        Column("paid_at", INSTANT, "when payments reached order_total less 0.01; null while they have not"),
        Column("amount_refunded", MONEY_SUM, "refunded in the order's currency, with or without goods"),
        Column("n_shipments", COUNT, "parcels shipped"),
        Column("n_delivered", COUNT, "parcels delivered"),
        Column("shipped_at", INSTANT, "when the first parcel left the shop; null while none has"),
        Column("delivered_at", INSTANT, "when the first parcel was handed over; null while none was"),
        Column(
            "fully_delivered_at",
            INSTANT,
            "when the last parcel was handed over, once as many were as are shipped; null before",
        ),
        Column("cancelled_at", INSTANT, "when every unit was cancelled; null while one is not"),
        Column("promised_on", DAY, "local date the buyer was promised; null where none"),
        Column("business_date", DAY, "business date of created_at; null until order.created comes"),
        Column(
            "status",
            TEXT,
            "returned, cancelled, delivered, shipped, paid, part_paid or created: the furthest that is true",
        ),
        Column(
            "flags",
            ArrayType(TEXT),
            "what does not fit together: cancelled_after_delivery (the whole order, after its first parcel came), "
            "currency_mismatch, delivered_before_shipped (one parcel), over_returned, payment_mismatch, "
            "shipped_before_paid (the first parcel, of an order that is paid now), total_mismatch",
        ),
        Column("is_complete", FLAG, "whether order.created has come"),
        Column("n_events", COUNT, "events folded into the row"),
    ),
    transform=orders,
)
