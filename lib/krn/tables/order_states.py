"""What the facts of an order come to: how far it is, and what does not fit together; over rows of its folds."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from krn.contracts.lifecycles import (
    CANCELLED_AFTER_DELIVERY,
    DELIVERED_BEFORE_SHIPPED,
    SHIPPED_BEFORE_PAID,
    Contradiction,
)
from krn.tables.lifecycles import contradicts

NO_MONEY = "CAST(0 AS DECIMAL(38,4))"


def moves() -> Column:
    """Of each parcel when it left and when it came, one beside the other."""

    def each(facts: str, came: bool) -> Column:
        return F.transform(facts, lambda fact: _move(fact, came))

    return F.array_sort(F.concat(each("shipments", False), each("deliveries", True)))


def _move(fact: Column, came: bool) -> Column:
    return F.struct(fact["shipment_id"].alias("shipment_id"), F.lit(came).alias("came"), fact["event_time"].alias("at"))


def status() -> Column:
    """The furthest that is true. Returned: what was not cancelled came back, at least one unit."""
    nothing_left = F.col("cancelled_units") + F.col("returned_units") == F.col("units")
    return (
        F.when((F.col("returned_units") > 0) & nothing_left, "returned")
        .when(F.col("cancelled_at").isNotNull(), "cancelled")
        .when(F.col("fully_delivered_at").isNotNull(), "delivered")
        .when(F.col("shipped_at").isNotNull(), "shipped")
        .when(F.col("paid_at").isNotNull(), "paid")
        .when(F.exists("payments", lambda payment: payment["currency"] == F.col("currency")), "part_paid")
        .otherwise("created")
    )


def flags() -> Column:
    """What does not fit together; flags never reject an order."""
    cent, none = F.expr("0.01BD"), F.expr(NO_MONEY)
    stated = (
        F.col("stated_items")
        - F.coalesce("discount_total", "line_discount")
        + F.coalesce("tax_total", "line_tax")
        + F.col("freight_total")
    )
    owed = F.col("order_total") - F.coalesce("reversed_amount", none)
    foreign = F.exists(
        F.concat(_currencies("payments"), _currencies("refunds")), lambda currency: currency != F.col("currency")
    )
    named = {
        "cancelled_after_delivery": _shows(CANCELLED_AFTER_DELIVERY),
        "currency_mismatch": foreign,
        "delivered_before_shipped": _delivered_before_shipped(),
        "over_returned": F.col("over_returned"),
        "payment_mismatch": F.col("paid_at").isNotNull()
        & (F.abs(F.col("amount_paid") - F.col("amount_refunded") - owed) > cent),
        "shipped_before_paid": _shows(SHIPPED_BEFORE_PAID),
        "total_mismatch": F.abs(F.col("order_total") - stated) > cent,
    }
    raised = F.array(*(F.when(F.coalesce(is_raised, F.lit(False)), F.lit(name)) for name, is_raised in named.items()))
    return F.array_compact(raised)


def _shows(contradiction: Contradiction) -> Column:
    return contradicts(contradiction, F.col(f"{contradiction.state}_at"), F.col(f"{contradiction.then}_at"))


def _delivered_before_shipped() -> Column:
    """Told of one parcel: that another left later than this one came is no contradiction."""

    def is_wrong(move: Column, i: Column) -> Column:
        before = F.get("moves", i - 1)
        is_same = (before["shipment_id"] == move["shipment_id"]) & move["came"]
        return (i > 0) & is_same & contradicts(DELIVERED_BEFORE_SHIPPED, move["at"], before["at"])

    return F.size(F.filter("moves", is_wrong)) > 0


def _currencies(facts: str) -> Column:
    return F.transform(facts, lambda fact: fact["currency"])
