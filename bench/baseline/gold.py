"""Silver to gold: the sales ledger is made anew, and every table of it overwritten."""

import sys
from datetime import date, datetime, timedelta
from functools import reduce
from pathlib import Path
from zoneinfo import ZoneInfo

import lake
from events import of_type
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from quality import validate
from reversals import taken

TABLES = (
    "gold.sales_daily",
    "gold.sales_by_country",
    "gold.sales_by_product",
    "gold.payment_mix",
    "gold.product_ranking",
)
_BUYER = ("channel", "country", "customer_id")
_AMOUNTS = ("quantity", "gross", "discount", "tax", "freight")
_ENTRY = ("kind", "order_id", "product_id", *_AMOUNTS, "business_date", "currency", *_BUYER)
_WINDOWS = (7, 28, 90)


def main(root: Path, timezone: str, clock: str) -> None:
    """Overwrite the five tables."""
    spark = SparkSession.builder.appName("gold").getOrCreate()
    orders, lines, refunds, payments = (
        lake.read(spark, root, f"silver.{name}") for name in ("orders", "order_lines", "refunds", "payments")
    )
    cancelled = of_type(lake.read(spark, root, "silver.events"), "order.cancelled")
    known = orders.where("is_complete")
    entries = _entries(lines, cancelled, refunds, known, timezone).persist()
    sales = {"entries": entries, "orders": orders, "refunds": refunds}
    today = datetime.fromisoformat(clock).astimezone(ZoneInfo(timezone)).date()
    _publish(_sales_daily(entries, known, refunds), root, "gold.sales_daily", sales)
    _publish(_sales_by_country(entries, known), root, "gold.sales_by_country", sales)
    _publish(_sales_by_product(entries), root, "gold.sales_by_product", sales)
    _publish(_payment_mix(payments), root, "gold.payment_mix", {"payments": payments})
    _publish(_product_ranking(entries, today), root, "gold.product_ranking", {"entries": entries})
    lake.say_jobs(spark, *TABLES)
    spark.stop()


def _publish(rows: DataFrame, root: Path, table: str, inputs: dict[str, DataFrame]) -> None:
    with lake.jobs_of(rows.sparkSession, table):
        kept = rows.persist()
        validate(kept, table, inputs)
        kept.write.format("delta").mode("overwrite").save(lake.path(root, table))
        kept.unpersist()


def _entries(lines: DataFrame, cancelled: DataFrame, refunds: DataFrame, known: DataFrame, timezone: str) -> DataFrame:
    """One signed line per fact that sold goods or took them back."""
    takes = taken(lines, cancelled, refunds).where("taken_from IS NOT NULL")
    sold = lines.withColumns({"kind": F.lit("sale"), "business_date": F.col("order_date")})
    parts = (
        sold,
        _taken_back(lines, takes, timezone),
        _freight_back(lines, takes, timezone),
        _of_unknown_orders(refunds, known),
    )
    return reduce(DataFrame.unionByName, (part.select(*_ENTRY) for part in parts))


def _taken_back(lines: DataFrame, takes: DataFrame, timezone: str) -> DataFrame:
    """At the order's prices, a return at its own; discount and tax by share of quantity, if paid in that money."""
    asked = takes.select("order_id", F.col("taken_from").alias("line_no"), "at", "kind", "units", "gone_before",
                         F.col("unit_price").alias("own_price"), F.col("currency").alias("own_currency"))  # fmt: skip
    is_own = F.coalesce(F.col("own_currency") == F.col("currency"), F.lit(True))
    back = {
        c: F.when(is_own, _share(c, "gone_before") - _share(c, "gone_after")).otherwise(0) for c in ("discount", "tax")
    }
    return (
        asked.join(lines, ["order_id", "line_no"])
        .withColumn("gone_after", F.col("gone_before") + F.col("units"))
        .withColumns(back)
        .withColumns(
            {
                "quantity": -F.col("units"),
                "gross": -F.col("units") * F.coalesce("own_price", "unit_price"),
                "freight": F.lit(0),
                "business_date": lake.business_date(F.col("at"), timezone),
                "currency": F.coalesce("own_currency", "currency"),
            }
        )
    )


def _share(charge: str, units: str) -> Column:
    """Of a line's charge the part of so many units, to 4 places."""
    return F.round(F.col(charge) * F.col(units).cast("decimal(10,0)") / F.col("quantity").cast("decimal(10,0)"), 4)


def _freight_back(lines: DataFrame, takes: DataFrame, timezone: str) -> DataFrame:
    """All of it, on the day that leaves nothing of the order to send."""
    cancelled = (
        takes.where("kind = 'cancellation'")
        .groupBy("order_id")
        .agg(F.sum("units").alias("cancelled"), F.max("at").alias("at"))
    )
    whole = lines.withColumn("ordered", F.sum("quantity").over(Window.partitionBy("order_id"))).join(
        cancelled, "order_id"
    )
    nothing = {c: F.lit(0) for c in ("quantity", "gross", "discount", "tax")}
    return whole.where("cancelled = ordered AND freight > 0").withColumns(
        {
            **nothing,
            "kind": F.lit("cancellation"),
            "freight": -F.col("freight"),
            "business_date": lake.business_date(F.col("at"), timezone),
        }
    )


def _of_unknown_orders(refunds: DataFrame, known: DataFrame) -> DataFrame:
    """They count in full."""
    back = refunds.join(known.select("order_id"), "order_id", "left_anti").withColumn("line", F.explode("lines"))
    return back.withColumns(
        {
            "kind": F.lit("return"),
            "product_id": F.col("line.product_id"),
            "quantity": -F.col("line.quantity"),
            "gross": -F.col("line.quantity") * F.col("line.unit_price"),
            **{c: F.lit(0) for c in ("discount", "tax", "freight")},
        }
    )


def _sales_daily(entries: DataFrame, known: DataFrame, refunds: DataFrame) -> DataFrame:
    """Refunds under the channel of the order, where it is known."""
    key = ("business_date", "currency", "channel")
    channels = known.select("order_id", F.col("channel").alias("order_channel"))
    paid_back = refunds.join(channels, "order_id", "left").withColumn("channel", F.coalesce("order_channel", "channel"))
    facts = _facts(entries, known, key).unionByName(
        paid_back.select(*key, F.col("amount").alias("refund")), allowMissingColumns=True
    )
    sums = facts.groupBy(*key).agg(*_measures(), _sum(F.col("refund")).alias("refunds_paid"))
    return sums.drop("returned_units").withColumns(
        {
            "total_sales": F.col("net_sales") + F.col("tax") + F.col("shipping"),
            "aov": _ratio(F.col("gross_sales") - F.col("discounts"), F.col("orders")),
        }
    )


def _sales_by_country(entries: DataFrame, known: DataFrame) -> DataFrame:
    key = ("business_date", "country", "currency")
    return _facts(entries, known, key).groupBy(*key).agg(*_measures()).drop("discounts", "tax", "shipping")


def _sales_by_product(entries: DataFrame) -> DataFrame:
    """Freight that was given back alone belongs to no product's day."""
    orders = F.count_distinct(F.when(F.col("kind") == "sale", F.col("order_id"))).alias("orders")
    goods = entries.where("quantity <> 0").groupBy("business_date", "product_id", "currency")
    return goods.agg(orders, *_measures()[1:]).drop("discounts", "tax", "shipping")


def _facts(entries: DataFrame, known: DataFrame, key: tuple[str, ...]) -> DataFrame:
    """Entries and orders under one key."""
    return entries.unionByName(known.select(*key, F.lit(1).alias("order")), allowMissingColumns=True)


def _measures() -> list[Column]:
    is_sale, is_back = F.col("kind") == "sale", F.col("kind") != "sale"
    net = F.col("gross") - F.col("discount")
    return [
        F.count("order").alias("orders"),
        F.coalesce(F.sum(F.when(is_sale, F.col("quantity"))), F.lit(0)).alias("units"),
        _sum(F.when(is_sale, F.col("gross"))).alias("gross_sales"),
        _sum(F.when(is_sale, F.col("discount"))).alias("discounts"),
        F.coalesce(-F.sum(F.when(is_back, F.col("quantity"))), F.lit(0)).alias("returned_units"),
        _sum(F.when(is_back, -net)).alias("returns"),
        _sum(net).alias("net_sales"),
        _sum(F.col("tax")).alias("tax"),
        _sum(F.col("freight")).alias("shipping"),
    ]


def _payment_mix(payments: DataFrame) -> DataFrame:
    came = F.col("status") == "received"
    sums = payments.groupBy("business_date", "method", "currency").agg(
        F.count_if(came).alias("payments"),
        F.count_distinct(F.when(came, F.col("order_id"))).alias("orders"),
        _sum(F.when(came, F.col("amount"))).alias("amount"),
        F.count_if(~came).alias("failed"),
        F.sum("installments").alias("parts"),
        F.count("installments").alias("n_parts"),
    )
    rates = {
        "failure_rate": _ratio(F.col("failed"), F.col("payments") + F.col("failed")),
        "mean_installments": _ratio(F.col("parts"), F.col("n_parts")),
    }
    return sums.withColumns(rates).drop("parts", "n_parts")


def _product_ranking(entries: DataFrame, today: date) -> DataFrame:
    """Windows of some days that end today, each against the one before."""
    key = ("window_days", "product_id", "currency")
    is_sale, is_now, is_named = F.col("kind") == "sale", F.col("is_now"), F.col("customer_id") != "unknown"
    net = F.col("gross") - F.col("discount")
    sums = reduce(DataFrame.unionByName, (_window(entries, days, today) for days in _WINDOWS)).groupBy(*key).agg(
        F.coalesce(F.sum(F.when(is_now & is_sale, F.col("quantity"))), F.lit(0)).alias("units"),
        F.coalesce(-F.sum(F.when(is_now & ~is_sale, F.col("quantity"))), F.lit(0)).alias("returned_units"),
        _sum(F.when(is_now & is_sale, F.col("gross"))).alias("gross_sales"),
        _sum(F.when(is_now, net)).alias("net_sales"),
        _sum(F.when(~is_now, net)).alias("net_before"),
        F.count_distinct(F.when(is_now & is_sale & is_named, F.col("customer_id"))).alias("buyers"),
        F.count_if(is_now).alias("n_now"),
    )  # fmt: skip
    among = Window.partitionBy("window_days", "currency")
    return sums.where("n_now > 0").drop("n_now").withColumns(
        {
            "rank_net": F.row_number().over(among.orderBy(F.col("net_sales").desc(), "product_id")),
            "rank_units": F.row_number().over(among.orderBy(F.col("units").desc(), "product_id")),
            "return_rate": _ratio(F.col("returned_units"), F.col("units")),
            "trend": _ratio(F.col("net_sales") - F.col("net_before"), F.abs("net_before")),
        }
    )  # fmt: skip


def _window(entries: DataFrame, days: int, today: date) -> DataFrame:
    first, before = today - timedelta(days=days - 1), today - timedelta(days=2 * days - 1)
    dated = entries.where(F.col("business_date").between(F.lit(before), F.lit(today)))
    return dated.withColumns({"window_days": F.lit(days), "is_now": F.col("business_date") >= F.lit(first)})


def _sum(amount: Column) -> Column:
    return F.coalesce(F.sum(amount), F.lit(0)).cast("decimal(38,4)")


def _ratio(part: Column, whole: Column) -> Column:
    # narrow enough that the quotient keeps more places than it is rounded to
    return F.round(F.try_divide(part.cast("decimal(20,4)"), whole.cast("decimal(18,4)")), 4).cast("decimal(18,4)")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
