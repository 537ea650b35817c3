"""Which part of a table has to be made again: the scope values that changed in its inputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from pathlib import Path

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from krn.contracts.contract import Contract
from krn.cursors import Cursor
from krn.engine import inputs
from krn.engine.pins import Pins, source_of
from krn.store import Store
from krn.tables.silver import deliveries
from krn.tables.table import Input, Table

#: Keys that are held in memory, a few megabytes; more are written to a file.
FEW = 100_000


@dataclass(frozen=True)
class Scope:
    """Everything (`why` says the reason), the dates in `dates`, or the keys in the one-column frame `keys`."""

    why: str
    dates: tuple[date, ...] | None = None
    keys: DataFrame | None = None
    has_few: bool = True  # so few keys that every task can hold them

    @property
    def is_whole(self) -> bool:
        return self.dates is None and self.keys is None

    @property
    def is_small(self) -> bool:
        return not self.is_whole and self.has_few

    def restrict(self, frame: DataFrame, value: Column, reach: int = 0) -> DataFrame:
        """The rows of `frame` whose scope `value` is in this scope; of dates also the `reach` days before each."""
        if self.dates is not None:
            return frame.where(value.isin(*sorted(_widened(self.dates, -reach, 0))))
        if self.keys is not None:
            wanted = self._hinted(self.keys.withColumnRenamed("scope", "_scope"))
            return frame.join(wanted, on=value == F.col("_scope"), how="left_semi")
        return frame

    def without(self, frame: DataFrame, column: str) -> DataFrame:
        """The rows of a table that this scope leaves as they are."""
        if self.dates is not None:
            return frame.where(~F.col(column).isin(*self.dates))
        if self.keys is not None:
            return frame.join(self._hinted(self.keys), on=F.col(column) == F.col("scope"), how="left_anti")
        return frame.limit(0)

    def _hinted(self, keys: DataFrame) -> DataFrame:
        return F.broadcast(keys) if self.has_few else keys


def changed(
    table: Table, store: Store, pins: Pins, cursor: Cursor, unread: Sequence[str], reach: int, folder: Path
) -> Scope | None:
    """The scope values in the change feeds of the inputs in `unread`, dates also the `reach` days after; None for none.

    Rows before and after a change both count, so one that moves from a day to another touches both. What is reached via
    a column changes the rows that hold it and no others, so these have no days after.
    """
    reads = {name: table.reads[name] for name in unread}
    values = reduce(DataFrame.unionByName, _values(table, store, pins, cursor, reads)).where("scope IS NOT NULL")
    if table.scope_is_date:
        found = values.distinct().collect()  # days are few, whatever the data
        days = _widened([row.scope for row in found if not row.is_via], 0, reach) | {row.scope for row in found}
        return Scope("changed", dates=tuple(sorted(days))) if days else None
    return _of_keys(values.select("scope").distinct(), store, folder)


def _of_keys(values: DataFrame, store: Store, folder: Path) -> Scope | None:
    """The keys as a frame that can be read many times: in memory while they are few, else in a file."""
    few = values.limit(FEW + 1).toArrow()
    if few.num_rows > FEW:
        values.write.parquet(str(folder))
        return Scope("changed", keys=store.spark.read.schema(values.schema).parquet(str(folder)), has_few=False)
    return Scope("changed", keys=store.spark.createDataFrame(few, values.schema)) if few.num_rows else None


def _values(table: Table, store: Store, pins: Pins, cursor: Cursor, reads: dict[str, Input]) -> list[DataFrame]:
    events = [i for i in reads.values() if isinstance(i.of, Contract) and not i.via]
    direct = [i for i in reads.values() if not isinstance(i.of, Contract) and not i.via]
    frames = (
        [_feed(store, pins, cursor, deliveries.TABLE.name).select(inputs.events_scope(table, events).alias("scope"))]
        if events
        else []
    )
    frames += [_differing(store, pins, cursor, i).select(inputs.scope_of(table, i).alias("scope")) for i in direct]
    via = [_reached_via(table, store, pins, cursor, i) for i in reads.values() if i.via]
    return [f.withColumn("is_via", F.lit(False)) for f in frames] + [f.withColumn("is_via", F.lit(True)) for f in via]


def _feed(store: Store, pins: Pins, cursor: Cursor, name: str) -> DataFrame:
    return store.changes(name, cursor.inputs[name].version, pins.seen[name].version)


def _differing(store: Store, pins: Pins, cursor: Cursor, given: Input) -> DataFrame:
    """The changed rows of an input table; where it names its fields, only rows whose key and fields have changed.

    A row before and the same row after a change cancel out: what is left is there an odd number of times. Rows that an
    old deletion vector hides would come up in a feed of whole files, so there nothing cancels.
    """
    name = source_of(given)
    feed = _feed(store, pins, cursor, name)
    if not given.fields or not store.feed_is_exact(name, cursor.inputs[name].version, pins.seen[name].version):
        return feed
    return feed.groupBy(*inputs.read_of(given)).count().where("count % 2 = 1")


def _reached_via(table: Table, store: Store, pins: Pins, cursor: Cursor, given: Input) -> DataFrame:
    """The scope values of the table's own rows that hold a changed value of the `via` column."""
    feed = _feed(store, pins, cursor, source_of(given))
    if isinstance(given.of, Contract):
        feed = feed.where(inputs.is_accepted(given.of))
    touched = feed.select(F.col(given.via).alias("_via")).distinct()
    own = store.read(table.name, cursor.version)
    return own.join(touched, on=F.col(given.via) == F.col("_via"), how="left_semi").select(
        F.col(str(table.scope)).alias("scope")
    )


def _widened(days: Sequence[date], before: int, after: int) -> set[date]:
    return {day + timedelta(days=shift) for day in days for shift in range(before, after + 1)}
