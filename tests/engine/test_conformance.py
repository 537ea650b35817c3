"""Every table, over a shop's events: a restricted run gives the rows of a full one, whatever the order and the split.

This is the property on which increments rest: a transform uses only rows of its own scope.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from paying import payments
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from world import ARGS, OF_CARDS, computed, made, raw, rows_of, verdicts_of

from krn.dag import in_order
from krn.engine.inputs import scope_of, typed
from krn.engine.scope import Scope
from krn.simulate import Habits, Shop, simulate
from krn.tables.every import TABLES
from krn.tables.gold import sales_daily
from krn.tables.table import Input, Table

BUILT = in_order(t for t in TABLES if t.transform is not None)
SCOPED = [t for t in BUILT if t.scope is not None]
#: Many things go wrong in this shop: half of its orders are reversed, many are paid twice or by no one known.
SHOP = Shop(seed=11, orders=60, days=12, habits=Habits(reversed=0.5, strays=0.1, lapses=0.3, skips=0.1))
#: Told again, each of these is a fact of its own.
KEPT_AGAIN = ("order.cancelled", "shipment.tracked", "customer.upserted", "product.upserted", "transaction.labelled")
RUN_ARGS = {**ARGS, "timezone": SHOP.timezone, "today": SHOP.start + timedelta(days=40)}

Frames = Mapping[str, DataFrame]


@pytest.fixture(scope="module")
def verdicts(spark: SparkSession) -> DataFrame:
    sold = [d.body for d in simulate(SHOP, landing_share=0).deliveries if _is_text(d.body)]
    return verdicts_of(spark, [*sold, *payments(seed=12, n=140, days=120)])


@pytest.fixture(scope="module")
def world(spark: SparkSession, verdicts: DataFrame) -> Frames:
    """Every table, computed in full from all events."""
    return computed(spark, verdicts, BUILT, RUN_ARGS)


@pytest.mark.parametrize("table", SCOPED, ids=lambda t: t.name)
def test_a_restricted_run_gives_the_rows_of_a_full_one(
    spark: SparkSession, world: Frames, verdicts: DataFrame, table: Table
) -> None:
    scope = _some(spark, world[table.name], table)
    cut = {n: _cut(i, raw(i, world, verdicts), scope, table) for n, i in table.reads.items()}
    restricted = made(table, cut, RUN_ARGS)
    if table.reach(RUN_ARGS):
        restricted = scope.restrict(restricted, F.col(str(table.scope)))
    expected = rows_of(scope.restrict(world[table.name], F.col(str(table.scope))))
    assert len(expected) > 1
    assert rows_of(restricted) == expected


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param([t for t in BUILT if t.name.startswith(OF_CARDS)], id="of cards"),
        # All take a minute more. The shop of test_pipeline comes in random order and in parts, and repeats some facts.
        pytest.param(BUILT, id="all", marks=pytest.mark.slow),
    ],
)
def test_events_in_any_order_and_told_again_under_new_ids_change_nothing_but_their_count(
    spark: SparkSession, world: Frames, verdicts: DataFrame, tables: list[Table]
) -> None:
    """Shuffled, in other partitions, each business fact once more; test_pipeline compares a shop's counts as well.

    A cancellation has no business key, and others have their time in it: told later they are other facts.
    """
    later = verdicts.where(f"verdict = 'accepted' AND accepted_type NOT IN {KEPT_AGAIN}").withColumns(
        {
            "event_id": F.concat(F.lit("again "), "event_id"),
            "event_time": F.col("event_time") + F.expr("INTERVAL 40 DAYS"),
            "row_id": F.col("row_id") + 10**6,
        }
    )
    shuffled = verdicts.unionByName(later).orderBy(F.xxhash64("row_id")).repartition(3)
    again = computed(spark, shuffled, tables, RUN_ARGS)
    differing = [t.name for t in tables if _without_counts(again[t.name]) != _without_counts(world[t.name])]
    assert differing == []
    assert len(tables) > len(OF_CARDS)


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


def _cut(given: Input, rows: DataFrame, scope: Scope, table: Table) -> DataFrame:
    return typed(given, rows if given.via else scope.restrict(rows, scope_of(table, given), table.reach(RUN_ARGS)))


def _some(spark: SparkSession, frame: DataFrame, table: Table) -> Scope:
    """A third of the table's scope values, of a window two days in the middle and the last two; and one it has not.

    Card payments go on for so long that between these days some are not read.
    """
    found = sorted(row[0] for row in frame.select(str(table.scope)).distinct().collect())
    half = len(found) // 2
    values = [*found[half - 1 : half + 1], *found[-2:]] if table.reach(RUN_ARGS) else found[::3]
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
