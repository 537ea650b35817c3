"""The sales ledger: one signed line per fact that sold goods or took them back."""

from functools import reduce

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.contracts.orders import ORDER_CANCELLED, ORDER_CREATED
from krn.tables.exact import share
from krn.tables.folds import EVENT_ORDER, business_date
from krn.tables.reversals import reversals
from krn.tables.silver import order_lines, refund_lines
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, INSTANT, INT, MONEY, TEXT


def sales_entries(
    created: DataFrame, lines: DataFrame, cancelled: DataFrame, returned: DataFrame, timezone: str
) -> DataFrame:
    """Sales at the order's prices, cancellations at the same, returns at their own; each on its own business day."""
    orders = created.select("order_id").distinct()
    attributed = returned.join(orders, on="order_id", how="left_semi")
    unattributed = returned.join(orders, on="order_id", how="left_anti")
    taken = reversals(lines, cancelled, attributed)
    entries = (
        _sales(lines),
        _reversed(lines, taken, timezone),
        _freight_given_back(lines, taken, timezone),
        _unattributed(unattributed),
    )
    return reduce(DataFrame.unionByName, entries)


def _sales(lines: DataFrame) -> DataFrame:
    sold = lines.withColumns(
        {"kind": F.lit("sale"), "occurred_at": F.col("ordered_at"), "business_date": F.col("order_date")}
    )
    return _entries(sold, F.array(F.lit("sale"), "order_id", F.col("line_no").cast("string")))


def _reversed(lines: DataFrame, taken: DataFrame, timezone: str) -> DataFrame:
    """Minus the units; of the line's discount and tax the part up to these units less the part before them.

    So parts never lose a ten-thousandth, and all units give back all of it. A return in another currency than the
    order's gives back none: it was not paid in that money.
    """
    ordered = lines.drop("event_source", "event_id").withColumnsRenamed(
        {"quantity": "ordered", "unit_price": "order_price", "currency": "order_currency"}
    )
    both = taken.drop("quantity").join(ordered, on=["order_id", "line_no"], how="inner")
    is_same_money = F.coalesce(F.col("currency") == F.col("order_currency"), F.lit(True))
    price = F.coalesce("unit_price", "order_price")
    entries = both.withColumns(
        {
            "gross": (-F.col("units") * price).cast("decimal(18,4)"),
            "discount": F.when(is_same_money, _given_back("discount")).otherwise(F.lit(0)).cast("decimal(18,4)"),
            "tax": F.when(is_same_money, _given_back("tax")).otherwise(F.lit(0)).cast("decimal(18,4)"),
            "freight": F.lit(0).cast("decimal(18,4)"),
            "quantity": -F.col("units"),
            "currency": F.coalesce("currency", "order_currency"),
            "occurred_at": F.col("at"),
            "business_date": business_date(F.col("at"), timezone),
        }
    )
    named_by = F.when(F.col("kind") == "return", F.array(F.lit("return"), "refund_id")).otherwise(
        F.array("kind", "event_source", "event_id")
    )
    return _entries(
        entries, F.concat(named_by, F.array(F.col("position").cast("string"), F.col("line_no").cast("string")))
    )


def _given_back(amount: str) -> SparkColumn:
    before, upto = F.col("gone_before"), F.col("gone_before") + F.col("units")
    return share(F.col(amount), before, F.col("ordered")) - share(F.col(amount), upto, F.col("ordered"))


def _freight_given_back(lines: DataFrame, taken: DataFrame, timezone: str) -> DataFrame:
    """All freight goes back with the cancellation after which no unit of the order is left to send."""
    last = F.max_by(
        F.struct(F.col("at").alias("event_time"), "event_source", "event_id"),
        F.struct("at", "event_source", "event_id"),
    )
    cancelled = (
        taken.where("kind = 'cancellation'")
        .groupBy("order_id")
        .agg(F.sum("units").alias("cancelled"), last.alias("last"))
    )
    ordered = lines.withColumn("units", F.sum("quantity").over(Window.partitionBy("order_id")))
    whole = (
        ordered.drop("event_source", "event_id")
        .join(cancelled.where("cancelled > 0"), on="order_id", how="inner")
        .where("cancelled = units AND freight <> 0")
    )
    entries = whole.select(
        *(c for c in whole.columns if c not in ("quantity", "gross", "discount", "tax", "freight")),
        "freight",
        *(F.col(f"last.{c}") for c in EVENT_ORDER),
    )
    none = F.lit(0).cast("decimal(18,4)")
    entries = entries.withColumns(
        {
            "kind": F.lit("cancellation"),
            "quantity": F.lit(0).cast("long"),
            "gross": none,
            "discount": none,
            "tax": none,
            "freight": (-F.col("freight")).cast("decimal(18,4)"),
            "occurred_at": F.col("event_time"),
            "business_date": business_date(F.col("event_time"), timezone),
        }
    )
    return _entries(entries, F.array(F.lit("freight"), "event_source", "event_id", F.col("line_no").cast("string")))


def _unattributed(returned: DataFrame) -> DataFrame:
    """A return whose order is unknown counts in full, by its own channel, country and day."""
    none, unknown = F.lit(0).cast("decimal(18,4)"), F.lit("unknown")
    entries = returned.withColumns(
        {
            "kind": F.lit("return"),
            "gross": (-F.col("quantity") * F.col("unit_price")).cast("decimal(18,4)"),
            "quantity": -F.col("quantity"),
            "discount": none,
            "tax": none,
            "freight": none,
            "category": unknown,
            "seller_id": unknown,
            "order_date": F.lit(None).cast("date"),
            "occurred_at": F.col("refunded_at"),
            "line_no": F.lit(None).cast("int"),
        }
    )
    return _entries(entries, F.array(F.lit("return"), "refund_id", F.col("position").cast("string")))


def _entries(facts: DataFrame, named_by: SparkColumn) -> DataFrame:
    """The ledger's columns; ids are JSON lists, so no id inside another can make two entries one."""
    refund_id = F.col("refund_id") if "refund_id" in facts.columns else F.lit(None).cast("string")
    ledger_id = F.coalesce("order_id", F.concat(F.lit("refund:"), refund_id))
    return facts.withColumns({"entry_id": F.to_json(named_by), "ledger_id": ledger_id, "refund_id": refund_id}).select(
        *(c.name for c in TABLE.columns)
    )


TABLE = Table(
    name="silver.sales_entries",
    doc=__doc__,
    key=("entry_id",),
    scope="ledger_id",
    inputs={
        "created": Input(ORDER_CREATED, scope="order_id", fields=("order_id",)),
        "lines": Input(order_lines.TABLE, scope="order_id"),
        "cancelled": Input(ORDER_CANCELLED, scope="order_id"),
        "returned": Input(refund_lines.TABLE, scope="coalesce(order_id, concat('refund:', refund_id))"),
    },
    args=("timezone",),
    may_be_empty=True,  # an order may have no lines
    columns=(
        Column("entry_id", TEXT, "JSON list that names the fact and the line"),
        Column("ledger_id", TEXT, "order_id; refund:refund_id where a refund names no order"),
        Column("kind", TEXT, "sale, cancellation or return"),
        Column("order_id", TEXT, "the order; null where a refund names none"),
        Column("refund_id", TEXT, "the refund of a return; null otherwise"),
        Column("line_no", INT, "line of the order; null where the order is unknown"),
        Column("product_id", TEXT, "the product"),
        Column("category", TEXT, "category when sold, or unknown"),
        Column("quantity", COUNT, "units; negative where they were cancelled or came back"),
        Column("gross", MONEY, "quantity * unit price; negative where cancelled or returned"),
        Column("discount", MONEY, "taken off gross, with the sign of gross"),
        Column("tax", MONEY, "on top of gross, with the sign of gross"),
        Column("freight", MONEY, "for sending; given back only when the whole order is cancelled"),
        Column("business_date", DAY, "business date of the fact"),
        Column("order_date", DAY, "business date of the order; null where the order is unknown"),
        Column("currency", TEXT, "ISO 4217 code of every amount"),
        Column("channel", TEXT, "channel of the order, else of the refund, or unknown"),
        Column("country", TEXT, "country of the order, else of the refund, or unknown"),
        Column("customer_id", TEXT, "customer of the order, else of the refund; unknown for a guest", pii="P2"),
        Column("seller_id", TEXT, "who sold it in a marketplace, or unknown"),
        Column("occurred_at", INSTANT, "when the fact happened"),
        Column("event_source", TEXT, "source of the event that says so"),
        Column("event_id", TEXT, "id of the event that says so"),
    ),
    transform=sales_entries,
)
