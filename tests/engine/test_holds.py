"""A gate that stays shut: nothing is published, readers keep what they had, and the next run asks again."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from world import BUYERS, DAILY, LABELLED, RANKING, TOTALS, a_run, content, deliver, order, step

from krn import cursors, holds
from krn.config import Landing
from krn.errors import GateHeld, UsageError
from krn.gate import Expectation, Number, Suite
from krn.ingest import ingest_folder
from krn.judge import judge
from krn.pipeline import Progress, concluded
from krn.store import Store
from krn.suites import suite_of
from krn.tables.bronze.deliveries import TABLE as BRONZE
from krn.tables.silver.deliveries import TABLE as DELIVERIES
from krn.tables.table import Table

TOYS = (TOTALS, DAILY, BUYERS, LABELLED)
OVER_5 = {"column": "total", "min_value": 5}


class Suites:
    """The suites of a run; what has none is not gated."""

    def __init__(self, *suites: Suite) -> None:
        self._suites = {suite.table: suite for suite in suites}

    def __call__(self, table: Table) -> Suite | None:
        return self._suites.get(table.name)


def between(table: Table, severity: str = "critical", **kwargs: object) -> Suite:
    return Suite(table.name, (Expectation("in-range", "expect_column_values_to_be_between", kwargs, severity),))


def one_of(table: Table, column: str, *values: str) -> Suite:
    kwargs = {"column": column, "value_set": list(values)}
    return Suite(table.name, (Expectation("known", "expect_column_values_to_be_in_set", kwargs, "critical"),))


def one_row(table: Table) -> Suite:
    return Suite(table.name, (Expectation("n", "expect_table_row_count_to_equal", {"value": 1}, "critical"),))


BIG_TOTALS = Suites(between(TOTALS, **OVER_5))


@pytest.fixture(scope="module")
def begun(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Order a is published; order b, whose total is too small, has its verdict and is in no table yet."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("begun") / "warehouse")
    deliver(store, order("a", 10, customer="x"))
    step(store, "r1", TOYS, suite_of=BIG_TOTALS)
    deliver(store, order("b", 1, customer="y"))
    judge(store, a_run("judged"))
    return store.root


@pytest.fixture
def held(begun: Path, store: Store) -> Store:
    shutil.copytree(begun, store.root)
    return store


def rows(store: Store, table: Table) -> list[Any]:
    return sorted(content(store, table.name, table.key[0]).elements())


def test_a_held_table_publishes_nothing_and_says_which_expectation_failed(held: Store) -> None:
    cursor = cursors.load(held.root, TOTALS.name)
    built = step(held, "r2", [TOTALS], suite_of=BIG_TOTALS)[TOTALS.name]
    assert (built.outcome, built.version, built.why) == ("held", None, "1 of 1 expectations failed: in-range")
    assert (held.head(TOTALS.name), rows(held, TOTALS)) == (0, [("a",)])
    assert cursors.load(held.root, TOTALS.name) == cursor


def test_the_candidate_of_a_held_table_is_kept_and_the_hold_says_where(held: Store) -> None:
    step(held, "r2", [TOTALS], suite_of=BIG_TOTALS)
    (hold,) = holds.every(held.root)
    assert (hold["table"], hold["run"], hold["status"]) == (TOTALS.name, "r2", "held")
    kept = held.spark.read.parquet(hold["candidate"]).select("order_id", "_change").collect()
    assert [tuple(row) for row in kept] == [("b", "insert")]


@pytest.mark.parametrize("jobs", [[TOYS], [[TOTALS], [BUYERS, DAILY, LABELLED]]], ids=["one job", "two jobs"])
def test_what_reads_a_held_table_waits_and_says_for_whom(held: Store, jobs: list[list[Table]]) -> None:
    steps = [step(held, f"r{n}", job, suite_of=BIG_TOTALS) for n, job in enumerate(jobs)]
    done = {name: built for step_ in steps for name, built in step_.items()}
    waits = {t.name: (done[t.name].outcome, TOTALS.name in done[t.name].why) for t in (DAILY, BUYERS)}
    assert waits == {DAILY.name: ("waits", True), BUYERS.name: ("waits", True)}
    assert done[LABELLED.name].outcome == "waits"
    assert rows(held, LABELLED) == [("a",)]
    with pytest.raises(GateHeld, match=f"{DAILY.name} waits: .*{TOTALS.name}"):
        concluded(Progress(tables=list(steps[-1].values())))


def test_a_table_waits_for_the_one_of_its_inputs_that_is_held_and_its_siblings_go_on(held: Store) -> None:
    only_x = Suites(one_of(BUYERS, "customer_id", "x"))
    done = step(held, "r2", TOYS, suite_of=only_x)
    assert {name: done[name].outcome for name in (TOTALS.name, DAILY.name, BUYERS.name, LABELLED.name)} == {
        TOTALS.name: "published",
        DAILY.name: "published",
        BUYERS.name: "held",
        LABELLED.name: "waits",
    }
    assert done[LABELLED.name].why == "not yet at version 1 of silver.deliveries: silver.buyers"


def test_a_first_build_that_is_held_makes_no_table(store: Store) -> None:
    deliver(store, order("a", 1))
    done = step(store, "r1", [TOTALS, DAILY], suite_of=BIG_TOTALS)
    assert (done[TOTALS.name].outcome, store.exists(TOTALS.name)) == ("held", False)
    assert (done[DAILY.name].outcome, done[DAILY.name].why) == ("waits", "not built yet: silver.totals")
    assert cursors.load(store.root, TOTALS.name) is None


def test_a_mended_suite_lets_the_next_run_publish_and_the_hold_is_gone(held: Store) -> None:
    step(held, "r2", TOYS, suite_of=BIG_TOTALS)
    done = step(held, "r3", TOYS, suite_of=Suites(between(TOTALS, column="total", min_value=0)))
    assert {done[t.name].outcome for t in TOYS} == {"published"}
    assert [rows(held, t) for t in (TOTALS, LABELLED)] == [[("a",), ("b",)]] * 2
    assert holds.every(held.root) == []
    assert not (held.root / "_candidates" / TOTALS.name).exists()


def test_mended_data_lets_the_next_run_publish(held: Store) -> None:
    step(held, "r2", TOYS, suite_of=BIG_TOTALS)
    deliver(held, order("b", 7, customer="y", event_id="mended"))
    done = step(held, "r3", TOYS, suite_of=BIG_TOTALS)
    assert {done[t.name].outcome for t in TOYS} == {"published"}
    assert rows(held, TOTALS) == [("a",), ("b",)]
    assert holds.every(held.root) == []


def test_a_held_table_is_gated_again_when_nothing_new_came(held: Store) -> None:
    step(held, "r2", [TOTALS], suite_of=BIG_TOTALS)
    assert step(held, "r3", [TOTALS], suite_of=BIG_TOTALS)[TOTALS.name].outcome == "held"
    assert [hold["run"] for hold in holds.every(held.root)] == ["r3"]


def test_a_full_build_that_is_held_leaves_the_old_rows(held: Store) -> None:
    done = step(held, "r2", [TOTALS], suite_of=BIG_TOTALS, full=True)
    assert done[TOTALS.name].outcome == "held"
    assert rows(held, TOTALS) == [("a",)]


@pytest.mark.parametrize("column", ["total", "nothing"])
def test_a_gate_that_cannot_judge_is_shut(held: Store, column: str) -> None:
    wrong = {"column": column, "min_value": "five" if column == "total" else 5}
    built = step(held, "r2", [TOTALS], suite_of=Suites(between(TOTALS, "info", **wrong)))[TOTALS.name]
    assert built.result is not None
    assert (built.outcome, built.result.status, held.head(TOTALS.name)) == ("held", "error", 0)


@pytest.mark.parametrize("expression", ["sum(9223372036854775807)", "sum(nothing)"])
def test_numbers_that_cannot_be_counted_shut_the_gate_and_the_other_tables_go_on(held: Store, expression: str) -> None:
    agree = Expectation("none", "expect_column_values_to_be_in_set", {"column": "many", "value_set": [0]}, "warning")
    suite = Suite(BUYERS.name, (), numbers=(Number("many", "this", expression),), reconcile=(agree,))
    done = step(held, "r2", TOYS, suite_of=Suites(suite))
    built = done[BUYERS.name]
    assert built.result is not None and (built.outcome, built.result.status) == ("held", "error")
    assert built.why.startswith("numbers of its suite can't be counted: ")
    assert {done[t.name].outcome for t in (TOTALS, DAILY)} == {"published"}


def test_a_table_without_a_suite_is_not_published(held: Store, tmp_path: Path) -> None:
    missing = suite_of(tmp_path)
    with pytest.raises(UsageError, match="no such suite"):
        step(held, "r2", [TOTALS], suite_of=lambda table: missing(table) if table is TOTALS else None)
    assert held.head(TOTALS.name) == 0


def nothing(totals: DataFrame) -> DataFrame:
    days = totals.where(F.col("total") > 1_000).groupBy("day")
    return days.agg(F.sum("total").cast("decimal(38,4)").alias("total"), F.count("*").alias("n"))


EMPTY = replace(DAILY, transform=nothing)
ANY = Suites(between(DAILY, column="n", min_value=0))


def test_an_empty_candidate_of_inputs_with_rows_is_held(store: Store) -> None:
    deliver(store, order("a"))
    built = step(store, "r1", [TOTALS, EMPTY], suite_of=ANY)[DAILY.name]
    assert (built.outcome, built.why.partition(":")[0]) == ("held", "unexpectedly empty")
    assert not store.exists(DAILY.name)


def test_a_change_that_would_empty_the_table_is_held(store: Store) -> None:
    deliver(store, order("a"))
    step(store, "r1", [TOTALS, DAILY], suite_of=ANY)
    built = step(store, "r2", [TOTALS, EMPTY], suite_of=ANY)[DAILY.name]
    assert (built.outcome, store.read(DAILY.name).count()) == ("held", 1)


def test_a_table_that_may_be_empty_is_published_empty(store: Store) -> None:
    deliver(store, order("a", day=31))
    done = step(store, "r1", [TOTALS, RANKING], suite_of=Suites(one_row(RANKING)), today=date(2026, 1, 1))
    assert (done[RANKING.name].outcome, store.read(RANKING.name).count()) == ("published", 0)


AS_MANY = Expectation(
    "as-many", "expect_column_pair_values_to_be_equal", {"column_A": "made", "column_B": "given"}, "critical"
)


def as_many(table: Table, of: str) -> Suites:
    """The table has a row for each of its input."""
    numbers = (Number("made", "this", "count(*)"), Number("given", of, "count(DISTINCT order_id)"))
    return Suites(Suite(table.name, (), numbers, (AS_MANY,)))


def test_a_table_that_may_be_empty_and_lost_every_row_is_held(store: Store) -> None:
    deliver(store, order("a", day=31))
    built = step(store, "r1", [TOTALS, RANKING], suite_of=as_many(RANKING, "totals"), today=date(2026, 1, 1))
    assert (built[RANKING.name].why, store.exists(RANKING.name)) == ("1 of 1 expectations failed: as-many", False)


def test_news_of_which_no_row_is_made_hold_the_table(held: Store) -> None:
    def only_a(created: DataFrame) -> DataFrame:
        assert TOTALS.transform is not None
        return TOTALS.transform(created).where("order_id = 'a'")

    deliver(held, order("a", event_id="told twice", customer="x"))
    cursor = cursors.load(held.root, TOTALS.name)
    done = step(held, "r2", [replace(TOTALS, transform=only_a)], suite_of=as_many(TOTALS, "created"))
    built = done[TOTALS.name]
    assert (built.outcome, built.why, built.rows["same"]) == ("held", "1 of 1 expectations failed: as-many", 1)
    assert cursors.load(held.root, TOTALS.name) == cursor


def test_news_that_change_nothing_are_reconciled_and_their_rows_not_judged_again(store: Store) -> None:
    deliver(store, order("a"))
    step(store, "r1", [TOTALS])
    deliver(store, order("a", event_id="told twice"))
    suite = as_many(TOTALS, "created")(TOTALS)
    assert suite is not None
    both = replace(suite, expectations=between(TOTALS, column="total", min_value=50).expectations)
    built = step(store, "r2", [TOTALS], suite_of=Suites(both))[TOTALS.name]
    assert (built.outcome, built.result) == ("unchanged", None)


def test_empty_inputs_make_an_empty_table_whatever_its_suite_says(store: Store) -> None:
    deliver(store, b"not json")
    assert step(store, "r1", [TOTALS], suite_of=Suites(one_row(TOTALS)))[TOTALS.name].outcome == "published"


def test_a_warning_is_published_and_the_commit_says_so(held: Store) -> None:
    warns = Suites(between(TOTALS, "warning", **OVER_5))
    built = step(held, "r2", [TOTALS], suite_of=warns)[TOTALS.name]
    assert built.result is not None
    assert (built.outcome, built.result.status, rows(held, TOTALS)) == ("published", "warned", [("a",), ("b",)])
    assert held.metadata(TOTALS.name, 1)["result"] == "warned"
    assert holds.every(held.root) == []


def test_a_hold_on_bronze_stops_judge_and_not_what_arrives(store: Store, tmp_path: Path) -> None:
    deliver(store, order("a"))
    strict = Suites(one_of(BRONZE, "source", "shop"))
    done = step(store, "r1", [TOTALS], suite_of=strict)
    assert (done[BRONZE.name].outcome, store.exists(DELIVERIES.name)) == ("held", False)
    assert [hold["table"] for hold in holds.every(store.root)] == [BRONZE.name]
    landing = Landing(name="shop", path=tmp_path / "landing", settle_s=0)
    landing.path.mkdir()
    (landing.path / "b.jsonl").write_bytes(order("b") + b"\n")
    assert ingest_folder(landing, store, "in2", lambda: datetime.now(UTC), lambda: False).rows == 1
    assert step(store, "r2", [TOTALS], suite_of=strict)[BRONZE.name].outcome == "held"
    step(store, "r3", [TOTALS], suite_of=Suites(one_of(BRONZE, "source", "shop", "test")))
    assert rows(store, TOTALS) == [("a",), ("b",)]
    assert holds.every(store.root) == []


def test_held_verdicts_are_given_again_by_the_next_run(store: Store) -> None:
    deliver(store, order("a"))
    step(store, "r1", [TOTALS])
    deliver(store, b"not json")
    strict = Suites(one_of(DELIVERIES, "verdict", "accepted"))
    done = step(store, "r2", [TOTALS], suite_of=strict)
    assert (done[DELIVERIES.name].outcome, store.head(DELIVERIES.name)) == ("held", 0)
    deliver(store, order("b"))
    step(store, "r3", [TOTALS])
    assert content(store, DELIVERIES.name, "verdict") == Counter({("accepted",): 2, ("quarantined",): 1})
    assert holds.every(store.root) == []
    assert not (store.root / "_candidates" / DELIVERIES.name).exists()


def test_a_run_with_a_held_table_ends_with_3_and_names_it(held: Store) -> None:
    done = step(held, "r2", TOYS, suite_of=BIG_TOTALS)
    with pytest.raises(GateHeld) as ended:
        concluded(Progress(tables=list(done.values())))
    assert ended.value.exit_code == 3
    assert "silver.totals held: 1 of 1 expectations failed: in-range" in str(ended.value)
    assert str(ended.value).endswith("Readers keep the previous version. Next: krn hold list")


def test_a_table_that_was_lost_while_it_was_held_is_made_again(held: Store) -> None:
    step(held, "r2", [TOTALS], suite_of=BIG_TOTALS)
    shutil.rmtree(held.path(TOTALS.name))
    step(held, "r3", [TOTALS])
    assert rows(held, TOTALS) == [("a",), ("b",)]
