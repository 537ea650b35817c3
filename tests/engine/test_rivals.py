"""Who stands for election beside rows that are judged: nobody whose verdict it could change is left out."""

from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from random import Random

from electing import Row, Verdict, checked_rows, told
from pyspark.sql import DataFrame, SparkSession

from krn.engine.election import place
from krn.engine.rivals import beside_of
from krn.store import Store

APART = 1_000  # row_ids of one world


@dataclass
class World:
    """A warehouse in plain Python: rows as they were last judged, their verdicts, and those that were dropped."""

    name: int
    rng: Random
    rows: dict[int, Row] = field(default_factory=dict)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)

    def next(self) -> list[Row]:
        """The rows that something which may happen to a warehouse has judged."""
        fixable = [row for row in self.open() if row.repairs is None]
        may = [lambda: self.deliver(self.rng.randint(1, 5)), self.rejudge_conflicts, self.mend]
        may += [lambda: self.fix(fixable)] * 3 + [lambda: self.drop(fixable)] if fixable else []
        return self.rng.choice(may)()

    def judge(self, fresh: list[Row], beside: set[int]) -> None:
        """Give verdicts to the rows and to those that stand with them, as if nobody else were there."""
        self.rows |= {row.row_id: row for row in fresh}
        self.verdicts |= told([*fresh, *(self.rows[row_id] for row_id in beside & self.rows.keys())])

    def deliver(self, rows: int) -> list[Row]:
        return [self.row(n, None, is_ok=self.rng.random() < 0.7) for n in range(rows)]

    def fix(self, fixable: list[Row]) -> list[Row]:
        """A body for one row, under its id or another, and maybe wrong again."""
        repairs = self.rng.choice(fixable)
        fixed = self.row(0, repairs.row_id, is_ok=self.rng.random() < 0.8)
        return [replace(fixed, event=repairs.event) if self.rng.random() < 0.4 else fixed]

    def rejudge_conflicts(self) -> list[Row]:
        return [row for row in self.quarantined() if row.ok]

    def mend(self) -> list[Row]:
        """A contract is mended: some of what it refused passes."""
        return [replace(row, ok=self.rng.random() < 0.5) for row in self.quarantined() if not row.ok]

    def drop(self, droppable: list[Row]) -> list[Row]:
        self.dropped.add(self.rng.choice(droppable).row_id)
        return []

    def row(self, n: int, repairs: int | None, *, is_ok: bool) -> Row:
        row_id = self.name * APART + len(self.rows) + n + 1
        return Row(row_id, repairs, is_ok, f"{self.name}{self.rng.choice('ABC')}", self.rng.choice("xxy"))

    def standing(self) -> list[Row]:
        return [row for row in self.rows.values() if row.row_id not in self.dropped]

    def quarantined(self) -> list[Row]:
        return [row for row in self.standing() if self.verdicts[row.row_id][0] == "quarantined"]

    def open(self) -> list[Row]:
        return [row for row in self.quarantined() if self.verdicts[row.row_id][2] is None]


def beside(spark: SparkSession, fresh: list[Row], standing: list[Row], folder: Path) -> set[int]:
    found = beside_of(checked_rows(spark, fresh), placed(spark, standing), folder)
    return {row.row_id for row in found.collect()}


def placed(spark: SparkSession, rows: list[Row]) -> DataFrame:
    return checked_rows(spark, rows).withColumn("place", place())


def test_whatever_happens_in_whatever_order_the_verdicts_are_those_of_a_rebuild(store: Store, tmp_path: Path) -> None:
    """Many small worlds step by step, each by a seed of its own."""
    worlds = [World(n, Random(n)) for n in range(300)]
    for world in worlds:
        world.judge(world.deliver(8), set())
    for step in range(3):
        fresh = [world.next() for world in worlds]
        every, standing = chain.from_iterable(fresh), chain.from_iterable(world.standing() for world in worlds)
        with store.planned(0):
            found = beside(store.spark, list(every), list(standing), tmp_path / str(step))
        for world, rows in zip(worlds, fresh, strict=True):
            world.judge(rows, found)
            rebuilt = told(world.standing())
            assert {row_id: world.verdicts[row_id] for row_id in rebuilt} == rebuilt, (world.name, step)
    assert sum(bool(world.dropped) for world in worlds) > 10


def test_an_event_is_followed_through_all_places_that_tie_it_to_others(spark: SparkSession, tmp_path: Path) -> None:
    """Z repeats an event of place 3, whose fix is of another, of which place 6 has a row, whose fix is of a third."""
    rows = [
        Row(1, None, True, "A", "x"),
        Row(2, None, True, "B", "x"),
        Row(3, None, True, "A", "y"),
        Row(5, 3, True, "B", "x"),
        Row(6, None, True, "B", "y"),
        Row(7, 6, True, "C", "x"),
        Row(8, None, True, "C", "x"),
        Row(9, None, True, "D", "x"),
        Row(10, None, False, "A", "x"),
    ]
    assert beside(spark, [Row(4, None, True, "A", "y")], rows, tmp_path) == {1, 2, 3, 5, 6, 7, 8}
