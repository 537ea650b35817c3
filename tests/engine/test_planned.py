"""Plans: adaptive and compiled only where there is much to read, and the same rows either way."""

from contextlib import AbstractContextManager
from datetime import date

import pytest
from pyspark.sql import SparkSession
from world import DAILY, RANKING, TOTALS, built, content, deliver, order, step

from krn.store import INTERPRETED, Store

SETTINGS = ("spark.sql.adaptive.enabled", "spark.sql.codegen.wholeStage", "spark.sql.codegen.factoryMode")
OF_LARGE = ("true", "true", "FALLBACK")


def told(spark: SparkSession) -> tuple[str | None, ...]:
    return tuple(spark.conf.get(name) for name in SETTINGS)


@pytest.fixture
def beside(spark: SparkSession, store: Store) -> Store:
    """The warehouse in a session that is set as a run's is, not as those of the tests."""
    own = Store(spark.newSession, store.root)
    for name, value in zip(SETTINGS, OF_LARGE, strict=True):
        own.spark.conf.set(name, value)
    return own


def watched(store: Store) -> tuple[Store, list[tuple[int, bool]]]:
    """The store, and what it was told of the work that it is to plan."""
    seen = []

    class Watched(Store):
        def planned(self, rows: int, *, works_on_few: bool = False) -> AbstractContextManager[None]:
            seen.append((rows, works_on_few))
            return super().planned(rows, works_on_few=works_on_few)

    return Watched(lambda: store.spark, store.root), seen


@pytest.mark.parametrize(
    ("rows", "works_on_few", "expected"),
    [
        (0, False, ("false", "false", "NO_CODEGEN")),
        (INTERPRETED, False, ("false", "false", "NO_CODEGEN")),
        (INTERPRETED + 1, True, ("false", "true", "FALLBACK")),
        (INTERPRETED + 1, False, OF_LARGE),
    ],
)
def test_plans_are_as_many_rows_and_as_much_work_ask_for_and_the_session_is_left_as_it_was(
    beside: Store, rows: int, works_on_few: bool, expected: tuple[str, ...]
) -> None:
    inside = []

    def dies() -> None:
        with beside.planned(rows, works_on_few=works_on_few):
            inside.append(told(beside.spark))
            raise KeyError

    with pytest.raises(KeyError):
        dies()
    assert inside == [expected]
    assert told(beside.spark) == OF_LARGE


@pytest.mark.parametrize(
    ("rows", "few", "broadcast"),
    [(INTERPRETED + 1, True, "-1"), (INTERPRETED + 1, False, "7"), (INTERPRETED, True, "7")],
)
def test_few_of_many_rows_are_joined_by_sorting_and_the_session_is_left_as_it_was(
    beside: Store, rows: int, few: bool, broadcast: str
) -> None:
    name = "spark.sql.autoBroadcastJoinThreshold"
    beside.spark.conf.set(name, "7")
    inside = []

    def dies() -> None:
        with beside.joined(rows, few=few):
            inside.append(beside.spark.conf.get(name))
            raise KeyError

    with pytest.raises(KeyError):
        dies()
    assert (inside, beside.spark.conf.get(name)) == ([broadcast], "7")


def test_compiled_plans_give_the_rows_that_are_owed(beside: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As interpreted ones do in the tests of builds."""
    monkeypatch.setattr("krn.store.INTERPRETED", -1)
    for n, bodies in enumerate(([order("a"), order("b", day=2), b"not json"], [order("b", 99, day=3, event_id="b2")])):
        deliver(beside, *bodies)
        step(beside, f"r{n}", (TOTALS, DAILY))
    first, third = date(2026, 1, 1), date(2026, 1, 3)
    assert content(beside, TOTALS.name) == {("a", 10, "c", first): 1, ("b", 99, "c", third): 1}
    assert content(beside, DAILY.name) == {(first, 10, 1): 1, (third, 99, 1): 1}


@pytest.mark.slow  # four runs for how a plan is made, which changes no row
def test_a_table_of_few_rows_is_made_anew_as_few_unless_it_reads_very_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, seen = watched(store)
    for n, limit in enumerate(({}, {}, {"READ": 0}, {"READ": 10, "FEW": 0})):  # first it is made, and not known as few
        for name, rows in limit.items():
            monkeypatch.setattr(f"krn.build.{name}", rows)
        deliver(store, order(f"{n}"))
        step(store, f"r{n}", (TOTALS,))
        built(one, RANKING, f"r{n}")
    assert [works_on_few for _, works_on_few in seen] == [False, True, False, False]
