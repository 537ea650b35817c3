"""What was cancelled or came back, line by line: requests applied in their order, never more than was ordered."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

_ALL = 2**62  # more units than any order has: a cancellation without lines takes what is left

_REQUEST = (
    "at",
    "event_source",
    "event_id",
    "position",
    "kind",
    "line_no",
    "product_id",
    "quantity",
    "refund_id",
    "unit_price",
    "currency",
)
_TAKEN = "array<struct<request:int, line_no:int, units:bigint, gone_before:bigint>>"


def reversals(lines: DataFrame, cancelled: DataFrame, returned: DataFrame) -> DataFrame:
    """One row per request and line that gave units: the request's columns, line_no, units, and `gone_before`.

    Per line, cancelled and returned units never exceed the ordered ones. A request names a line, or a product (it fills
    the lines of that product by line_no), or neither (the whole order); it gets what is left.
    """
    requests = (
        _requests(cancelled, returned)
        .groupBy("order_id")
        .agg(F.array_sort(F.collect_list(F.struct(*_REQUEST))).alias("requests"))
    )
    stock = lines.groupBy("order_id").agg(F.array_sort(F.collect_list(_line())).alias("stock"))
    both = requests.join(stock, on="order_id", how="inner")
    taken = both.select("order_id", "requests", F.explode(_taken("requests", "stock")).alias("take"))
    asked = F.element_at("requests", F.col("take.request"))
    named = taken.select("order_id", asked.alias("asked"), "take.line_no", "take.units", "take.gone_before")
    return named.select(
        "order_id",
        *(f"asked.{c}" for c in _REQUEST if c not in ("line_no", "product_id")),
        "line_no",
        "units",
        "gone_before",
    )


def _requests(cancelled: DataFrame, returned: DataFrame) -> DataFrame:
    nothing = {"refund_id": "string", "product_id": "string", "unit_price": "decimal(18,4)", "currency": "string"}
    cancels = cancelled.select(
        "order_id",
        F.col("event_time").alias("at"),
        "event_source",
        "event_id",
        F.posexplode_outer("lines").alias("nth", "line"),
    )
    return (
        cancels.select(
            "order_id", "at", "event_source", "event_id",
            F.coalesce("nth", F.lit(0)).alias("position"),
            F.lit("cancellation").alias("kind"),
            "line.line_no",
            F.coalesce(F.col("line.quantity").cast("long"), F.lit(_ALL)).alias("quantity"),
            *(F.lit(None).cast(kind).alias(name) for name, kind in nothing.items()),
        )
        .unionByName(
            returned.withColumns({"at": F.col("refunded_at"), "kind": F.lit("return")}).select("order_id", *_REQUEST)
        )
    )  # fmt: skip


def _line() -> Column:
    return F.struct("line_no", "product_id", F.col("quantity").alias("ordered"), F.lit(0).cast("long").alias("gone"))


def _taken(requests: str, stock: str) -> Column:
    """Fold the requests over the lines: the order matters, since each leaves less for the next."""
    numbered = F.transform(F.col(requests), lambda asked, i: F.struct((i + 1).alias("n"), asked.alias("asked")))
    start = F.struct(F.col(stock).alias("stock"), F.array().cast(_TAKEN).alias("taken"))
    return F.aggregate(numbered, start, _apply, lambda state: state["taken"])


def _apply(state: Column, numbered: Column) -> Column:
    """One request: fill the lines it means, and note what each gave."""
    asked, n = numbered["asked"], numbered["n"]
    meant = F.filter(
        state["stock"],
        lambda line: _is_meant(asked["line_no"], line["line_no"]) & _is_meant(asked["product_id"], line["product_id"]),
    )
    start = F.struct(asked["quantity"].alias("wanted"), F.array().cast(_TAKEN).alias("took"))
    took = F.aggregate(meant, start, lambda filled, line: _fill(filled, line, n), lambda filled: filled["took"])
    return F.struct(
        F.transform(state["stock"], lambda line: _less(line, took)).alias("stock"),
        F.concat(state["taken"], took).alias("taken"),
    )


def _fill(filled: Column, line: Column, n: Column) -> Column:
    """Take from one line what the request still wants of it."""
    units = F.least(line["ordered"] - line["gone"], filled["wanted"])
    took = F.struct(
        n.alias("request"), line["line_no"].alias("line_no"), units.alias("units"), line["gone"].alias("gone_before")
    )
    return F.struct(
        (filled["wanted"] - units).alias("wanted"),
        F.when(units > 0, F.concat(filled["took"], F.array(took))).otherwise(filled["took"]).alias("took"),
    )


def _less(line: Column, took: Column) -> Column:
    """The line after what was taken from it; line numbers don't repeat in an order."""
    own = F.filter(took, lambda taken: taken["line_no"] == line["line_no"])
    units = F.aggregate(own, F.lit(0).cast("long"), lambda total, taken: total + taken["units"])
    kept = (line[name].alias(name) for name in ("line_no", "product_id", "ordered"))
    return F.struct(*kept, (line["gone"] + units).alias("gone"))


def _is_meant(asked: Column, line: Column) -> Column:
    return asked.isNull() | (asked == line)
