"""A small world for the engine: events as bodies, a bronze to put them in, and toy tables over them."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from krn import rules
from krn.build import build
from krn.contracts import CONTRACTS
from krn.contracts.contract import Body, Check, Contract
from krn.contracts.orders import ORDER_CREATED
from krn.contracts.reasons import Reason
from krn.dag import build_all
from krn.engine.candidate import conform
from krn.engine.checking import Terms, checked
from krn.engine.election import losers, ruled
from krn.engine.inputs import is_accepted, typed
from krn.gate import Suite
from krn.judge import judge
from krn.outcome import Built, Run
from krn.store import Store
from krn.tables.bronze.deliveries import BATCH_ROWS
from krn.tables.bronze.deliveries import TABLE as BRONZE
from krn.tables.forest import Forest
from krn.tables.models import Model
from krn.tables.silver.deliveries import TABLE as DELIVERIES
from krn.tables.table import Column, Input, Table
from krn.tables.types import COUNT, DAY, INT, MONEY, MONEY_SUM, TEXT

RECEIVED = datetime(2026, 2, 1, tzinfo=UTC)
HOME = Path(__file__).parents[2]
#: How the names of the tables of card payments begin.
OF_CARDS = ("silver.transactions", "silver.cards", "silver.labels", "gold.transaction_features", "gold.fraud")
#: In force for good: it asks whether the amount is above 50, then how many transactions the terminal had.
A_MODEL = Model(
    "a-model",
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(2100, 1, 1, tzinfo=UTC),
    Forest(
        features=(*rules.FEATURE_NAMES, "score"),
        roots=np.array([0]),
        feature=np.array([rules.FEATURE_NAMES.index("amount"), 0, rules.FEATURE_NAMES.index("terminal_n_30d"), 0, 0]),
        threshold=np.array([50.0, 0, 1, 0, 0]),
        left=np.array([1, 1, 3, 3, 4]),
        right=np.array([2, 1, 4, 3, 4]),
        value=np.array([0.1, 0.05, 0.4, 0.25, 0.75]),
    ),
)
ARGS = {
    "timezone": "UTC",
    "currency": "GBP",
    "today": date(2026, 1, 31),
    "label_delay_days": 7,
    "review_capacity": 2,
    "rules": rules.load(HOME / rules.FILE),
    "models": (A_MODEL,),
}


def order(order_id: str, total: int = 10, day: int = 1, event_id: str = "", customer: str = "c") -> bytes:
    """An order of one line; its event is named after it unless told."""
    line = {"line_no": 1, "product_id": "p", "quantity": 1, "unit_price": str(total)}
    data = {
        "order_id": order_id,
        "currency": "GBP",
        "order_total": str(total),
        "lines": [line],
        "customer_id": customer,
    }
    return event("order.created", event_id or f"e-{order_id}", f"2026-01-{day:02}T12:00:00Z", data)


def event(kind: str, event_id: str, time: str, data: dict[str, Any]) -> bytes:
    body = {"specversion": "1.0", "id": event_id, "source": "/shop", "type": kind, "time": time, "data": data}
    return json.dumps(body).encode()


def deliver(store: Store, *bodies: bytes, rows: int | None = None) -> None:
    """Put the bodies into bronze as one batch."""
    batch = store.max(BRONZE.name, "batch", 0) + 1
    records = [
        {
            "row_id": batch * BATCH_ROWS + n,
            "batch": batch,
            "position": n,
            "source": "test",
            "source_kind": "landing",
            "delivery_key": f"{batch}:{n}",
            "path": f"{batch}.jsonl",
            "line": n + 1,
            "received_at": RECEIVED,
            "run_id": f"in{batch}",
            "payload_encoding": "utf8",
            "payload": body.decode(),
        }
        for n, body in enumerate(bodies)
    ]
    frame = store.spark.createDataFrame([{**dict.fromkeys(BRONZE.schema.names), **r} for r in records], BRONZE.schema)
    store.append(BRONZE, frame, {"run": f"in{batch}", "token": batch})


def refusing(violated: Callable[[Body], bool]) -> tuple[Contract, ...]:
    """The contracts with one more check of an order's total."""
    check = Check(Reason.OUT_OF_RANGE, ("order_total",), violated)
    other = replace(ORDER_CREATED, checks=(*ORDER_CREATED.checks, check))
    return tuple(other if contract is ORDER_CREATED else contract for contract in CONTRACTS)


def a_run(run_id: str, suite_of: Callable[[Table], Suite | None] = lambda table: None, **changed: Any) -> Run:
    full = bool(changed.pop("full", False))
    return Run(run_id, {**ARGS, **changed}, suite_of, full=full)


def step(store: Store, run_id: str, tables: Sequence[Table], **how: Any) -> dict[str, Built]:
    """Judge what is pending, then build the tables."""
    run = a_run(run_id, **how)
    return {built.table: built for built in (*judge(store, run), *build_all(tables, store, run))}


def built(store: Store, table: Table, run_id: str, **how: Any) -> Built:
    return build(table, store, a_run(run_id, **how))


def content(store: Store, name: str, *columns: str) -> Counter[tuple[Any, ...]]:
    """The rows of a table, order-free."""
    frame = store.read(name)
    return Counter(tuple(map(_plain, row)) for row in frame.select(*(columns or frame.columns)).collect())


def rows_of(frame: DataFrame) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(map(_plain, row)) for row in frame.collect())


def _plain(value: Any) -> Any:
    return tuple(map(_plain, value)) if isinstance(value, list) else value


def totals(created: DataFrame) -> DataFrame:
    by_order = created.groupBy("order_id").agg(
        F.max("order_total").alias("total"), F.max("customer_id").alias("customer_id")
    )
    days = created.groupBy("order_id").agg(F.to_date(F.max("event_time")).alias("day"))
    return by_order.join(days, on="order_id", how="inner")


TOTALS = Table(
    name="silver.totals",
    doc="One row per order.",
    key=("order_id",),
    scope="order_id",
    inputs={"created": ORDER_CREATED},
    columns=(
        Column("order_id", TEXT, "the order"),
        Column("total", MONEY, "what is owed"),
        Column("customer_id", TEXT, "the buyer"),
        Column("day", DAY, "UTC day"),
    ),
    transform=totals,
)


def daily(totals: DataFrame) -> DataFrame:
    return totals.groupBy("day").agg(F.sum("total").cast("decimal(38,4)").alias("total"), F.count("*").alias("n"))


DAILY = Table(
    name="gold.daily",
    doc="One row per day.",
    key=("day",),
    scope="day",
    inputs={"totals": TOTALS},
    columns=(Column("day", DAY, "the day"), Column("total", MONEY_SUM, "sum"), Column("n", COUNT, "orders")),
    transform=daily,
)


def ranking(totals: DataFrame, today: date) -> DataFrame:
    top = totals.where(F.col("day") <= F.lit(today)).orderBy(F.col("total").desc(), "order_id").limit(1)
    return top.select("order_id", F.lit(1).alias("rank"))


RANKING = Table(
    name="gold.ranking",
    doc="The greatest order so far.",
    key=("order_id",),
    scope=None,
    inputs={"totals": TOTALS},
    args=("today",),
    may_be_empty=True,
    columns=(Column("order_id", TEXT, "the order"), Column("rank", INT, "1")),
    transform=ranking,
)


def buyers(totals: DataFrame) -> DataFrame:
    return totals.groupBy("customer_id").agg(F.min("day").alias("first_on"))


BUYERS = Table(
    name="silver.buyers",
    doc="When each customer bought first.",
    key=("customer_id",),
    scope="customer_id",
    inputs={"totals": TOTALS},
    columns=(Column("customer_id", TEXT, "the buyer"), Column("first_on", DAY, "first day")),
    transform=buyers,
)


def labelled(totals: DataFrame, buyers: DataFrame) -> DataFrame:
    both = totals.join(buyers, on="customer_id", how="left")
    return both.select("order_id", "customer_id", (F.col("day") == F.col("first_on")).alias("is_first").cast("int"))


#: An order says whether it is its buyer's first: a change of the buyer reaches it by the customer it names.
LABELLED = Table(
    name="silver.labelled",
    doc="Orders that know whether they are their buyer's first.",
    key=("order_id",),
    scope="order_id",
    inputs={"totals": TOTALS, "buyers": Input(BUYERS, via="customer_id")},
    columns=(
        Column("order_id", TEXT, "the order"),
        Column("customer_id", TEXT, "the buyer"),
        Column("is_first", INT, "1 = yes"),
    ),
    transform=labelled,
)


def moving(totals: DataFrame) -> DataFrame:
    """Each day with orders, and the sum of it and the two days before."""
    days = totals.groupBy("day").agg(F.sum("total").alias("own"))
    other = days.select(F.col("day").alias("before"), F.col("own").alias("part"))
    near = days.join(other, on=(F.datediff("day", "before") >= 0) & (F.datediff("day", "before") <= 2), how="inner")
    return near.groupBy("day").agg(F.sum("part").cast("decimal(38,4)").alias("total"))


MOVING = Table(
    name="gold.moving",
    doc="A sum over three days.",
    key=("day",),
    scope="day",
    window_days=2,
    inputs={"totals": TOTALS},
    columns=(Column("day", DAY, "the day"), Column("total", MONEY_SUM, "of three days")),
    transform=moving,
)

TOYS = (TOTALS, DAILY, RANKING, BUYERS, LABELLED, MOVING)


def same_as_in_full(store: Store, tables: Iterable[Table], **how: Any) -> list[str]:
    """The tables whose increments differ from a computation of everything."""
    before = {table.name: content(store, table.name) for table in tables}
    step(store, "full", list(tables), full=True, **how)
    return [table.name for table in tables if content(store, table.name) != before[table.name]]


def verdicts_of(spark: SparkSession, bodies: Iterable[bytes]) -> DataFrame:
    """silver.deliveries of these bodies, delivered in this order."""
    rows = [_pending(n, body) for n, body in enumerate(bodies)]
    received = checked(spark.createDataFrame(rows, BRONZE.schema), Terms("GBP"))
    kept = spark.createDataFrame(received.toArrow(), received.schema).cache()
    return spark.createDataFrame(ruled(kept, losers(kept, None)).toArrow(), DELIVERIES.schema).cache()


def _pending(n: int, body: bytes) -> dict[str, Any]:
    known = {"row_id": n, "batch": 1, "position": n, "source": "shop", "received_at": RECEIVED, "sent_at": RECEIVED}
    return {**dict.fromkeys(BRONZE.schema.names), **known, "payload_encoding": "utf8", "payload": body.decode()}


def computed(
    spark: SparkSession, verdicts: DataFrame, tables: Iterable[Table], args: Mapping[str, object]
) -> dict[str, DataFrame]:
    """The tables, given in the order of their inputs, in full and in memory: transforms without a build."""
    frames: dict[str, DataFrame] = {}
    for table in tables:
        frame = made(table, {n: typed(i, raw(i, frames, verdicts)) for n, i in table.reads.items()}, args)
        frames[table.name] = spark.createDataFrame(frame.toArrow(), table.schema).cache()
    return frames


def made(table: Table, inputs: Mapping[str, DataFrame], args: Mapping[str, object]) -> DataFrame:
    assert table.transform is not None
    return conform(table, table.transform(**inputs, **{name: args[name] for name in table.args}))


def raw(given: Input, frames: Mapping[str, DataFrame], verdicts: DataFrame) -> DataFrame:
    """The rows of an input as they are stored: the accepted events of a contract, or a table's."""
    if isinstance(given.of, Contract):
        return verdicts.where(is_accepted(given.of))
    return verdicts if given.of is DELIVERIES else frames[given.of.name]
