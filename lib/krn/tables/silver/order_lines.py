"""One row per line of an order, with its own share of what the order was discounted, taxed and sent for."""

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.contracts.orders import ORDER_CREATED
from krn.tables.exact import share
from krn.tables.folds import business_date, earliest, known
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, INSTANT, INT, MONEY, TEXT

_AMOUNTS = ("discount", "tax", "freight")


def order_lines(created: DataFrame, timezone: str) -> DataFrame:
    """Line amounts win; an amount given only in the header is allocated over the lines."""
    orders = earliest(created, "order_id")
    lines = orders.select("*", F.explode("lines").alias("line"))
    priced = lines.select(
        "order_id",
        "line.line_no",
        "line.product_id",
        "line.sku",
        F.coalesce("line.category", F.lit("unknown")).alias("category"),
        F.coalesce("line.description", F.lit("unknown")).alias("description"),
        F.coalesce("line.seller_id", F.lit("unknown")).alias("seller_id"),
        F.col("line.quantity").cast("long").alias("quantity"),
        "line.unit_price",
        (F.col("line.quantity") * F.col("line.unit_price")).cast("decimal(18,4)").alias("gross"),
        *(F.col(f"line.{name}").alias(f"own_{name}") for name in _AMOUNTS),
        *(F.coalesce(f"{name}_total", F.lit(0)).alias(f"order_{name}") for name in _AMOUNTS),
        "currency",
        known("channel"),
        known("country"),
        known("customer_id"),
        F.col("event_time").alias("ordered_at"),
        business_date(F.col("event_time"), timezone).alias("order_date"),
        "event_source",
        "event_id",
    )
    return _allocated(priced).select(*(c.name for c in TABLE.columns))


def _allocated(lines: DataFrame) -> DataFrame:
    """By value (all zero: by quantity), rounded half up; the largest line (ties: the lowest line_no) takes the rest."""
    order = Window.partitionBy("order_id")
    units = F.col("quantity").cast("decimal(18,4)")
    has_value = F.sum("gross").over(order) > 0
    weighed = lines.withColumns(
        {
            "weight": F.when(has_value, F.col("gross")).otherwise(units),
            "whole": F.when(has_value, F.sum("gross").over(order)).otherwise(F.sum(units).over(order)),
        }
    )
    shared = weighed.withColumns({f"part_{name}": _part(name) for name in _AMOUNTS})
    by_size = order.orderBy(F.col("weight").desc(), "line_no").rowsBetween(Window.unboundedPreceding, Window.currentRow)
    ranked = shared.withColumns(
        {"nth": F.row_number().over(by_size), **{f"parts_{n}": F.sum(f"part_{n}").over(order) for n in _AMOUNTS}}
    )
    return ranked.withColumns({name: _amount(name) for name in _AMOUNTS})


def _part(name: str) -> SparkColumn:
    """The line's part of an amount that only the header gives; null where lines give it themselves."""
    given_by_line = F.count(f"own_{name}").over(Window.partitionBy("order_id")) > 0
    total = F.col(f"order_{name}")
    part = F.when(total > 0, share(total, F.col("weight"), F.col("whole"))).otherwise(F.lit(0).cast("decimal(18,4)"))
    return F.when(~given_by_line, part)


def _amount(name: str) -> SparkColumn:
    """The line's own amount where any line of the order gives one; else its part, the first with what rounding left."""
    rest = F.col(f"order_{name}") - (F.col(f"parts_{name}") - F.col(f"part_{name}"))
    part = F.when(F.col("nth") == 1, rest).otherwise(F.col(f"part_{name}"))
    return F.coalesce(part, f"own_{name}", F.lit(0)).cast("decimal(18,4)")


TABLE = Table(
    name="silver.order_lines",
    doc=__doc__,
    key=("order_id", "line_no"),
    scope="order_id",
    inputs={"created": ORDER_CREATED},
    args=("timezone",),
    may_be_empty=True,  # an order may have no lines
    columns=(
        Column("order_id", TEXT, "the order"),
        Column("line_no", INT, "number of the line, from 1"),
        Column("product_id", TEXT, "the product"),
        Column("sku", TEXT, "stock keeping unit; null where the shop names none"),
        Column("category", TEXT, "category when sold, or unknown"),
        Column("description", TEXT, "the product's name when sold, or unknown"),
        Column("seller_id", TEXT, "who sold it in a marketplace, or unknown"),
        Column("quantity", COUNT, "units ordered"),
        Column("unit_price", MONEY, "price of one unit before discount and tax"),
        Column("gross", MONEY, "quantity * unit_price"),
        Column("discount", MONEY, "taken off the line, its own or its share of the order's"),
        Column("tax", MONEY, "on top of the line, its own or its share of the order's"),
        Column("freight", MONEY, "for sending the line, its own or its share of the order's"),
        Column("currency", TEXT, "ISO 4217 code of every amount"),
        Column("channel", TEXT, "where it was sold, or unknown"),
        Column("country", TEXT, "the buyer's country, or unknown"),
        Column("customer_id", TEXT, "the buyer; unknown for a guest", pii="P2"),
        Column("ordered_at", INSTANT, "when the order was made"),
        Column("order_date", DAY, "business date of the order"),
        Column("event_source", TEXT, "source of the event that says so"),
        Column("event_id", TEXT, "id of the event that says so"),
    ),
    transform=order_lines,
)
