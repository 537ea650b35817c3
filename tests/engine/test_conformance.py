"""Every table, over a shop's events: a restricted run gives the rows of a full one, whatever the order and the split.

This is the property on which increments rest: a transform uses only rows of its own scope.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from paying import payments
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from world import ARGS, RECEIVED, rows_of

from krn.build import in_order
from krn.contracts.contract import Contract
from krn.engine.candidate import conform
from krn.engine.checking import Terms, checked
from krn.engine.election import losers, ruled
from krn.engine.inputs import is_accepted, scope_of, typed
from krn.engine.scope import Scope
from krn.simulate import Habits, Shop, simulate
from krn.tables.bronze.deliveries import TABLE as BRONZE
from krn.tables.every import TABLES
from krn.tables.gold import sales_daily
from krn.tables.silver.deliveries import TABLE as DELIVERIES
from krn.tables.table import Input, Table

BUILT = in_order(t for t in TABLES if t.transform is not None)
SCOPED = [t for t in BUILT if t.scope is not None]
#: Many things go wrong in this shop: half of its orders are reversed, many are paid twice or by no one known.
SHOP = Shop(seed=11, orders=60, days=12, habits=Habits(reversed=0.5, strays=0.1))
#: Told again, each of these is a fact of its own.
KEPT_AGAIN = ("order.cancelled", "shipment.tracked", "customer.upserted", "product.upserted", "transaction.labelled")
RUN_ARGS = {**ARGS, "timezone": SHOP.timezone, "today": SHOP.start + timedelta(days=40)}

Frames = Mapping[str, DataFrame]


@pytest.fixture(scope="module", autouse=True)
def _small_plans(spark: SparkSession) -> Iterator[None]:
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    yield
    spark.conf.unset("spark.sql.adaptive.enabled")


@pytest.fixture(scope="module")
def verdicts(spark: SparkSession) -> DataFrame:
    sold = [d.body for d in simulate(SHOP, landing_share=0).deliveries if _is_text(d.body)]
    bodies = [*sold, *payments(seed=12, n=70)]
    rows = [_bronze(n, body) for n, body in enumerate(bodies)]
    received = checked(spark.createDataFrame(rows, BRONZE.schema), Terms("GBP"))
    kept = spark.createDataFrame(received.toArrow(), received.schema).cache()
    return spark.createDataFrame(ruled(kept, losers(kept, None)).toArrow(), DELIVERIES.schema).cache()


@pytest.fixture(scope="module")
def world(spark: SparkSession, verdicts: DataFrame) -> Frames:
    """Every table, computed in full from all events."""
    return _computed(spark, verdicts)


@pytest.mark.parametrize("table", SCOPED, ids=lambda t: t.name)
def test_a_restricted_run_gives_the_rows_of_a_full_one(
    spark: SparkSession, world: Frames, verdicts: DataFrame, table: Table
) -> None:
    scope = _some(spark, world[table.name], table)
    restricted = _transformed(
        table, {n: _cut(i, _rows(i, world, verdicts), scope, table) for n, i in table.reads.items()}
    )
    if table.reach(RUN_ARGS):
        restricted = scope.restrict(restricted, F.col(str(table.scope)))
    expected = rows_of(scope.restrict(world[table.name], F.col(str(table.scope))))
    assert len(expected) > 1
    assert rows_of(restricted) == expected


def test_events_in_any_order_and_in_other_partitions_give_the_same_tables(
    spark: SparkSession, world: Frames, verdicts: DataFrame
) -> None:
    shuffled = verdicts.orderBy(F.xxhash64("row_id")).repartition(3)
    again = _computed(spark, shuffled)
    assert [name for name in again if rows_of(again[name]) != rows_of(world[name])] == []


def test_business_facts_told_again_under_new_ids_change_nothing_but_the_count_of_events(
    spark: SparkSession, world: Frames, verdicts: DataFrame
) -> None:
    """A cancellation has no business key, and others have their time in it: told later they are other facts."""
    later = verdicts.where(f"verdict = 'accepted' AND accepted_type NOT IN {KEPT_AGAIN}").withColumns(
        {
            "event_id": F.concat(F.lit("again "), "event_id"),
            "event_time": F.col("event_time") + F.expr("INTERVAL 40 DAYS"),
            "row_id": F.col("row_id") + 10**6,
        }
    )
    again = _computed(spark, verdicts.unionByName(later))
    differing = [t.name for t in BUILT if _without_counts(again[t.name]) != _without_counts(world[t.name])]
    assert differing == []


def test_a_transform_that_looks_beyond_its_scope_is_caught(
    spark: SparkSession, world: Frames, verdicts: DataFrame
) -> None:
    def looking_around(**inputs: Any) -> DataFrame:
        assert sales_daily.TABLE.transform is not None
        frame = sales_daily.TABLE.transform(**inputs)
        return frame.withColumn("orders", frame.groupBy().agg(F.sum("orders").alias("all")).scalar())

    with pytest.raises(AssertionError):
        test_a_restricted_run_gives_the_rows_of_a_full_one(
            spark, world, verdicts, _with(sales_daily.TABLE, looking_around)
        )


def _with(table: Table, transform: Any) -> Table:
    planted = replace(table)
    object.__setattr__(planted, "transform", transform)  # past the check of parameter names
    return planted


def _computed(spark: SparkSession, verdicts: DataFrame) -> dict[str, DataFrame]:
    frames: dict[str, DataFrame] = {}
    for table in BUILT:
        made = _transformed(table, {n: typed(i, _rows(i, frames, verdicts)) for n, i in table.reads.items()})
        frames[table.name] = spark.createDataFrame(made.toArrow(), table.schema).cache()
    return frames


def _transformed(table: Table, inputs: Frames) -> DataFrame:
    assert table.transform is not None
    return conform(table, table.transform(**inputs, **{name: RUN_ARGS[name] for name in table.args}))


def _rows(given: Input, frames: Frames, verdicts: DataFrame) -> DataFrame:
    return verdicts.where(is_accepted(given.of)) if isinstance(given.of, Contract) else frames[given.of.name]


def _cut(given: Input, rows: DataFrame, scope: Scope, table: Table) -> DataFrame:
    return typed(given, rows if given.via else scope.restrict(rows, scope_of(table, given), table.reach(RUN_ARGS)))


def _some(spark: SparkSession, frame: DataFrame, table: Table) -> Scope:
    """A third of the table's scope values, of a window the last two days; and a value that it has not."""
    found = sorted(row[0] for row in frame.select(str(table.scope)).distinct().collect())
    values = found[-2:] if table.reach(RUN_ARGS) else found[::3]
    if isinstance(values[0], date):
        return Scope("some", dates=(*values, date(1999, 1, 1)))
    return Scope("some", keys=spark.createDataFrame([(v,) for v in (*values, "nowhere")], "scope string"))


def _without_counts(frame: DataFrame) -> Counter[tuple[Any, ...]]:
    return rows_of(frame.drop("n_events"))


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _bronze(n: int, body: bytes) -> dict[str, Any]:
    known = {"row_id": n, "batch": 1, "position": n, "source": "shop", "received_at": RECEIVED, "sent_at": RECEIVED}
    return {**dict.fromkeys(BRONZE.schema.names), **known, "payload_encoding": "utf8", "payload": body.decode()}
