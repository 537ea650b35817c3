"""What features cost: n transactions of 180 days in full, then one day more, through the engine with its gate on.

Run: python bench/features.py [transactions]. Transactions are drawn evenly by Spark; a tenth is at one merchant, a
hundredth of those online on one device, a hundredth is fraud and labelled a week later. CPU is that of the whole
process, the JVM included.
"""

import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from gate import cpu
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from krn import cursors
from krn.build import build
from krn.cursors import Cursor, Seen
from krn.outcome import Built, Run
from krn.session import open_session
from krn.store import Store
from krn.suites import suite_of
from krn.tables.gold import transaction_features
from krn.tables.silver import cards, labels, transactions
from krn.tables.table import Table

HOME = Path(__file__).parents[1]
DAYS = 180
START = datetime(2025, 1, 1, tzinfo=UTC)
A_CARD, A_TERMINAL = 350, 175  # transactions in 180 days


def tried(spark: SparkSession, n: int, first: int, days: int) -> DataFrame:
    """`n` transactions a period of 180 days, those of `days` days from day `first` on."""
    each = n // DAYS
    drawn = spark.range(first * each, (first + days) * each).select("id", F.xxhash64("id").alias("h"))
    micros = F.lit(int(START.timestamp()) * 1_000_000) + F.floor(F.col("id") / each) * 86_400_000_000
    at = F.timestamp_micros((micros + _drawn(86_400_000_000, 1)).cast("bigint"))
    is_online = _drawn(10, 2) < 4
    device = F.when(_drawn(100, 3) == 0, "proxy").otherwise(F.concat(F.lit("device-"), _drawn(n // A_CARD + 1, 4)))
    merchant = F.when(_drawn(10, 5) == 0, "market").otherwise(F.concat(F.lit("merchant-"), _drawn(n // 2000 + 1, 6)))
    frame = drawn.select(
        F.format_string("transaction-%010d", "id").alias("transaction_id"),
        F.concat(F.lit("card-"), _drawn(n // A_CARD + 1, 4)).alias("card_id"),
        merchant.alias("merchant_id"),
        F.when(~is_online, F.concat(F.lit("terminal-"), _drawn(n // A_TERMINAL + 1, 6))).alias("terminal_id"),
        (_drawn(100_000, 7) / 400).cast("decimal(18,4)").alias("amount"),
        F.lit("EUR").alias("currency"),
        F.when(is_online, device).alias("device_id"),
        F.when(is_online, F.md5(device)).alias("ip_token"),
        F.when(~is_online, 48 + _drawn(1000, 8) / 1000).alias("lat"),
        F.when(~is_online, 2 + _drawn(1000, 9) / 1000).alias("lon"),
        at.alias("initiated_at"),
        F.to_date(at).alias("initiated_on"),
        F.to_date(at).alias("business_date"),
        F.when(_drawn(20, 10) == 0, "declined").otherwise("approved").alias("decision"),
        (at + F.expr("INTERVAL 1 SECOND")).alias("decided_at"),
        F.lit(True).alias("is_complete"),
        F.lit(1).alias("n_events"),
    )
    return _as(transactions.TABLE, frame)


def _drawn(below: int, what: int) -> Column:
    return F.pmod(F.xxhash64("h", F.lit(what)), F.lit(below))


def labelled(made: DataFrame) -> DataFrame:
    """A hundredth of the transactions, known as fraud a week later."""
    frauds = made.where(F.pmod(F.xxhash64("transaction_id"), F.lit(100)) == 0)
    at = F.col("initiated_at") + F.expr("INTERVAL 7 DAYS")
    known = {"known_at": at, "known_on": F.to_date(at), "label": F.lit("fraud"), "is_latest": F.lit(True)}
    return _as(labels.TABLE, frauds.withColumns(known))


def _as(table: Table, frame: DataFrame) -> DataFrame:
    have = set(frame.columns)
    return frame.select(
        *(
            F.col(c.name).cast(c.type) if c.name in have else F.lit(None).cast(c.type).alias(c.name)
            for c in table.columns
        )
    )


def delivered(store: Store, table: Table, frame: DataFrame | None, through: int) -> None:
    """The rows, if any, in a table of silver, as a build would have left it."""
    version = store.head(table.name) or 0
    if frame is not None:
        version = store.append(table, frame, {"run": f"in {through}", "token": 0})
    seen = {"silver.deliveries": Seen(through, "bench")}
    cursors.save(store.root, Cursor(table.name, version, store.table_id(table.name), through, "", seen))


def built(store: Store, run: Run) -> Built:
    spent, started = cpu(store.spark), time.monotonic()
    with store.jobs(run.id) as jobs:
        found = build(transaction_features.TABLE, store, run)
    rows, used = sum(found.rows.values()), cpu(store.spark) - spent
    print(f"{run.id:10}{used:8.1f}{time.monotonic() - started:8.1f}{rows:12,}{jobs():6}  {found.outcome}", flush=True)
    return found


def main(n: int) -> None:
    """Make silver, build features in full, add a day, build again; both must be published."""
    spark = open_session(HOME, "bench features", {"spark.master": "local[2]"})
    suites = suite_of(HOME)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(lambda: spark, Path(folder))
        args = {"label_delay_days": 7, "timezone": "UTC", "today": date(2025, 7, 1)}
        print(f"{n:,} transactions in {DAYS} days\n{'':10}{'CPU s':>8}{'wall s':>8}{'rows':>12}{'jobs':>6}")
        for day, days, name in ((0, DAYS, "full"), (DAYS, 1, "one day")):
            made = tried(spark, n, day, days)
            known = labelled(tried(spark, n, max(0, day - 7), days if day else days - 7))
            delivered(store, transactions.TABLE, made, day)
            delivered(store, labels.TABLE, known, day)
            seen = made.groupBy("card_id").agg(F.min("initiated_at").alias("first_seen_at"))
            delivered(store, cards.TABLE, None if day else seen, day)
            found = built(store, Run(name, args, suites))
            if found.outcome != "published":
                raise SystemExit(f"{found.table} {found.outcome}: {found.why}")
    spark.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
