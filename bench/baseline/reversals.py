"""What cancellations and refunds took of an order's lines: each request in its turn, never more than was ordered."""

from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

_ID = ("event_source", "event_id")
_TAKEN = "array<struct<request: int, line_no: int, units: bigint, gone_before: bigint>>"


def taken(lines: DataFrame, cancelled: DataFrame, refunds: DataFrame) -> DataFrame:
    """One row per request and line that gave units, and one with `line_no` null for units that no line had."""
    requests = _cancellations(cancelled).unionByName(_returns(refunds), allowMissingColumns=True)
    asked = requests.groupBy("order_id").agg(F.array_sort(F.collect_list(_request(requests))).alias("requests"))
    stock = lines.groupBy("order_id").agg(
        F.array_sort(F.collect_list(F.struct("line_no", "product_id", "quantity"))).alias("stock")
    )
    takes = asked.join(stock, "order_id").withColumn("take", F.explode(F.udf(_in_turn, _TAKEN)("stock", "requests")))
    named = takes.select("order_id", F.expr("requests[take.request]").alias("asked"), "take.*")
    return named.select("order_id", "asked.*", "units", "gone_before", F.col("line_no").alias("taken_from"))


def _cancellations(cancelled: DataFrame) -> DataFrame:
    """Without lines a cancellation asks for all that is left: its quantity is null."""
    asked = cancelled.select("*", F.posexplode_outer("lines").alias("nth", "line"))
    return asked.select(
        "order_id", F.col("event_time").alias("at"), *_ID,
        F.coalesce("nth", F.lit(0)).alias("position"),
        F.lit("cancellation").alias("kind"), "line.line_no", F.col("line.quantity").cast("long").alias("quantity"),
    )  # fmt: skip


def _returns(refunds: DataFrame) -> DataFrame:
    asked = refunds.select("*", F.posexplode("lines").alias("position", "line"))
    return asked.select(
        "order_id", F.col("refunded_at").alias("at"), *_ID, "position",
        F.lit("return").alias("kind"), "line.line_no", "line.product_id",
        F.col("line.quantity").cast("long").alias("quantity"), "line.unit_price", "currency",
    )  # fmt: skip


def _request(requests: DataFrame) -> Column:
    """In the order in which they count."""
    first = ("at", *_ID, "position")
    return F.struct(*first, *(c for c in requests.columns if c not in (*first, "order_id")))


def _in_turn(stock: list[Any], requests: list[Any]) -> list[tuple[int, int | None, int, int]]:
    """Spark's functions have no loop whose steps depend on each other; few orders are undone, so Python sees few."""
    gone = {line.line_no: 0 for line in stock}
    takes: list[tuple[int, int | None, int, int]] = []
    for n, asked in enumerate(requests):
        wanted = asked.quantity
        for line in stock:
            left = line.quantity - gone[line.line_no]
            units = left if wanted is None else min(left, wanted)
            is_meant = asked.line_no in (None, line.line_no) and asked.product_id in (None, line.product_id)
            if not is_meant or not units:
                continue
            takes.append((n, line.line_no, units, gone[line.line_no]))
            gone[line.line_no] += units
            wanted = wanted if wanted is None else wanted - units
        if wanted:
            takes.append((n, None, wanted, 0))
    return takes
