"""Bronze to silver: valid events once each, and the orders, lines, payments and refunds that they tell of."""

import sys
from pathlib import Path

import lake
from events import checked, of_type
from pyspark.sql import Column, DataFrame, SparkSession, Window, WindowSpec
from pyspark.sql import functions as F
from quality import validate
from reversals import taken

TABLES = (
    "silver.events",
    "silver.quarantine",
    "silver.payments",
    "silver.refunds",
    "silver.order_lines",
    "silver.orders",
)
_WHEN = ("event_time", "event_source", "event_id")
_CHARGES = ("discount", "tax", "freight")
_EARLIER = "(s.event_time, s.event_source, s.event_id) < (t.event_time, t.event_source, t.event_id)"


def main(root: Path, timezone: str) -> None:
    """Take the bronze rows that came since the last run."""
    spark = SparkSession.builder.appName("silver").getOrCreate()
    bronze = lake.read(spark, root, "bronze.deliveries")
    if lake.exists(spark, root, "silver.events"):
        upto = lake.read(spark, root, "silver.events").agg(F.max("received_at")).collect()[0][0]
        bronze = bronze.where(F.col("received_at") > upto)
    if not bronze.isEmpty():
        events = _events(spark, root, bronze)
        _payments(events, root, timezone)
        _refunds(events, root, timezone)
        _order_lines(events, root, timezone)
        _orders(events, root, timezone)
    lake.say_jobs(spark, *TABLES)
    spark.stop()


def _events(spark: SparkSession, root: Path, bronze: DataFrame) -> DataFrame:
    """Set aside what is no event, merge the rest; returns the events that are new."""
    rows = checked(bronze).persist()
    with lake.jobs_of(spark, "silver.events"):
        validate(rows, "silver.deliveries", without=("accepted-once",))  # repeats fall to the merge below
    broken = rows.where("verdict = 'quarantined'").select("payload", "received_at", "type", "reason")
    with lake.jobs_of(spark, "silver.quarantine"):
        lake.append(broken, root, "silver.quarantine")
    valid = rows.where("verdict = 'accepted'").drop("payload", "reason", "verdict")
    key = ("event_source", "event_id")
    with lake.jobs_of(spark, "silver.events"):
        lake.merge(valid.dropDuplicates([*key]), root, "silver.events", key, None, "type")
        came = bronze.agg(F.min("received_at")).collect()[0][0]
    rows.unpersist()
    return lake.read(spark, root, "silver.events").where(F.col("received_at") >= came)


def _payments(events: DataFrame, root: Path, timezone: str) -> None:
    """Received wins over failed, then the earliest."""
    received = of_type(events, "payment.received").withColumn("status", F.lit("received"))
    both = received.unionByName(
        of_type(events, "payment.failed").withColumn("status", F.lit("failed")), allowMissingColumns=True
    )
    rows = _first(both, "payment_id", F.col("status").desc()).withColumns(
        {
            "amount": _money("amount"),
            "paid_at": F.col("event_time"),
            "business_date": lake.business_date(F.col("event_time"), timezone),
        }
    )
    better = f"s.status > t.status OR (s.status = t.status AND {_EARLIER})"
    _publish(rows, root, "silver.payments", ("payment_id",), better)


def _refunds(events: DataFrame, root: Path, timezone: str) -> None:
    """The earliest event about a refund counts. Channel, country and customer of a known order are found in gold."""
    rows = _first(of_type(events, "order.refunded"), "refund_id").withColumns(
        {
            "amount": _money("amount"),
            "refunded_at": F.col("event_time"),
            "business_date": lake.business_date(F.col("event_time"), timezone),
            **{c: F.coalesce(c, F.lit("unknown")) for c in ("channel", "country", "customer_id")},
        }
    )
    _publish(rows, root, "silver.refunds", ("refund_id",), _EARLIER)


def _order_lines(events: DataFrame, root: Path, timezone: str) -> None:
    """A line's own discount, tax and freight, or its share of the order's."""
    orders = _first(of_type(events, "order.created"), "order_id")
    lines = orders.select("*", F.explode("lines").alias("line")).select(
        "order_id", "line.line_no", "line.product_id", "line.quantity", "line.unit_price",
        F.coalesce("line.category", F.lit("unknown")).alias("category"),
        (F.col("line.quantity") * F.col("line.unit_price")).cast("decimal(14,4)").alias("gross"),
        *(F.col(f"line.{c}").alias(c) for c in _CHARGES), *(f"{c}_total" for c in _CHARGES), "currency",
        *(F.coalesce(c, F.lit("unknown")).alias(c) for c in ("channel", "country", "customer_id")),
        lake.business_date(F.col("event_time"), timezone).alias("order_date"), *_WHEN,
    )  # fmt: skip
    rows = _allocated(lines)
    _publish(rows, root, "silver.order_lines", ("order_id", "line_no"), _EARLIER, {})


def _allocated(lines: DataFrame) -> DataFrame:
    """By value (all zero: by quantity), to 4 places; the largest line takes what rounding left."""
    order = Window.partitionBy("order_id")
    weight = F.when(F.sum("gross").over(order) > 0, F.col("gross")).otherwise(F.col("quantity")).cast("decimal(14,4)")
    weighed = lines.withColumn("weight", weight).withColumns(
        {
            "whole": F.sum("weight").over(order).cast("decimal(14,4)"),
            "nth": F.row_number().over(order.orderBy(F.col("weight").desc(), "line_no")),
        }
    )
    shared = weighed.withColumns(
        {f"{c}_share": F.round(F.col(f"{c}_total") * F.col("weight") / F.col("whole"), 4) for c in _CHARGES}
    )
    charged = shared.withColumns({c: _charge(c, order) for c in _CHARGES})
    return charged.drop("weight", "whole", "nth", *(f"{c}_{of}" for c in _CHARGES for of in ("total", "share")))


def _charge(name: str, order: WindowSpec) -> Column:
    share, total = F.col(f"{name}_share"), F.col(f"{name}_total")
    rest = total - (F.sum(share).over(order) - share)
    header = F.when(F.col("nth") == 1, rest).otherwise(share)
    is_given_by_line = F.count(name).over(order) > 0
    return F.coalesce(F.when(is_given_by_line, F.col(name)).otherwise(header), F.lit(0)).cast("decimal(14,4)")


def _orders(events: DataFrame, root: Path, timezone: str) -> None:
    """Fold again every order that something new was said of, from all that was ever said of it."""
    spark = events.sparkSession
    touched = events.select("order_id").where("order_id IS NOT NULL").distinct().persist()

    def of_touched(table: str) -> DataFrame:
        return lake.read(spark, root, table).join(touched, "order_id", "left_semi")

    history, lines, refunds = (of_touched(f"silver.{name}") for name in ("events", "order_lines", "refunds"))
    payments = of_touched("silver.payments").where("status = 'received'")
    created = _created(history, timezone)
    parts = (
        created,
        history.groupBy("order_id").agg(F.count("*").alias("n_events")),
        lines.groupBy("order_id").agg(
            F.count("*").alias("n_lines"), F.sum("quantity").alias("units"), F.sum("gross").alias("items_total")
        ),
        _paid(payments, created),
        _refunded(refunds, created),
        _undone(taken(lines, of_type(history, "order.cancelled"), refunds)),
    )
    folded = touched
    for part in parts:
        folded = folded.join(part, "order_id", "left")
    _publish(_concluded(folded), root, "silver.orders", ("order_id",), "true", {"lines": lines, "paid": payments})
    touched.unpersist()


def _created(history: DataFrame, timezone: str) -> DataFrame:
    return _first(of_type(history, "order.created"), "order_id").select(
        "order_id", "currency", _money("order_total").alias("order_total"), "channel", "country", "customer_id",
        F.col("event_time").alias("created_at"),
        lake.business_date(F.col("event_time"), timezone).alias("business_date"),
    )  # fmt: skip


def _paid(payments: DataFrame, created: DataFrame) -> DataFrame:
    """Paid since the first instant at which the money in the order's currency reaches its total."""
    due = created.select("order_id", "order_total", F.col("currency").alias("order_currency"))
    by_time = Window.partitionBy("order_id").orderBy("paid_at", "payment_id").rowsBetween(Window.unboundedPreceding, 0)
    own = F.when(F.col("currency") == F.col("order_currency"), F.col("amount"))
    so_far = payments.join(due, "order_id", "left").withColumns({"own": own, "so_far": F.sum(own).over(by_time)})
    return so_far.groupBy("order_id").agg(
        F.count("*").alias("n_payments"),
        F.sum("own").alias("amount_paid"),
        F.min("paid_at").alias("first_payment_at"),
        F.min(
            F.when(F.col("so_far") >= F.col("order_total") - F.lit("0.01").cast("decimal(14,4)"), F.col("paid_at"))
        ).alias("paid_at"),
    )


def _refunded(refunds: DataFrame, created: DataFrame) -> DataFrame:
    own = refunds.join(created.select("order_id", "currency"), ["order_id", "currency"], "left_semi")
    return own.groupBy("order_id").agg(F.sum("amount").alias("amount_refunded"))


def _undone(takes: DataFrame) -> DataFrame:
    """Units that went back, and whether more were asked for than there were."""
    was_there, is_cancelled = F.col("taken_from").isNotNull(), F.col("kind") == "cancellation"
    return takes.groupBy("order_id").agg(
        F.sum(F.when(was_there & is_cancelled, F.col("units"))).alias("cancelled_units"),
        F.sum(F.when(was_there & ~is_cancelled, F.col("units"))).alias("returned_units"),
        F.max(F.when(was_there & is_cancelled, F.col("at"))).alias("cancelled_last_at"),
        F.count_if(~was_there).alias("n_missing"),
    )


def _concluded(orders: DataFrame) -> DataFrame:
    none = {
        c: F.coalesce(c, F.lit(0))
        for c in ("n_lines", "units", "n_payments", "cancelled_units", "returned_units", "n_missing")
    }
    sums = {c: F.coalesce(c, F.lit(0)).cast("decimal(38,4)") for c in ("items_total", "amount_paid", "amount_refunded")}
    names = {c: F.coalesce(c, F.lit("unknown")) for c in ("channel", "country", "customer_id")}
    is_cancelled = (F.col("units") > 0) & (F.col("cancelled_units") == F.col("units"))
    return (
        orders.withColumns({**none, **sums, **names, "is_complete": F.col("created_at").isNotNull()})
        .withColumn("cancelled_at", F.when(is_cancelled, F.col("cancelled_last_at")))
        .withColumn("status", _status())
        .withColumn("flags", F.array_compact(F.array(F.when(F.col("n_missing") > 0, "over_returned"))))
        .drop("cancelled_last_at", "n_missing")
    )


def _status() -> Column:
    """The furthest that is true."""
    nothing_left = F.col("cancelled_units") + F.col("returned_units") == F.col("units")
    return (
        F.when((F.col("returned_units") > 0) & nothing_left, "returned")
        .when(F.col("cancelled_at").isNotNull(), "cancelled")
        .when(F.col("paid_at").isNotNull(), "paid")
        .when(F.col("n_payments") > 0, "part_paid")
        .otherwise("created")
    )


def _publish(
    rows: DataFrame,
    root: Path,
    table: str,
    key: tuple[str, ...],
    better: str,
    inputs: dict[str, DataFrame] | None = None,
) -> None:
    """Validate the new rows, then merge them."""
    with lake.jobs_of(rows.sparkSession, table):
        kept = rows.persist()
        validate(kept, table, inputs)
        lake.merge(kept, root, table, key, better)
        kept.unpersist()


def _first(events: DataFrame, key: str, *before: Column) -> DataFrame:
    """One event per key: a shop may tell one fact twice."""
    nth = F.row_number().over(Window.partitionBy(key).orderBy(*before, *_WHEN))
    return events.withColumn("nth", nth).where("nth = 1").drop("nth")


def _money(column: str) -> Column:
    return F.col(column).cast("decimal(18,4)")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
