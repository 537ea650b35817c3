"""Tables are built once their inputs are, some at a time; what is under way when one fails is told all the same."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event

import pytest
from structlog.testing import capture_logs

from krn.dag import build_all
from krn.errors import KrnError
from krn.outcome import Built, Run
from krn.store import Store
from krn.tables.table import Column, Table
from krn.tables.types import TEXT


def table(name: str, *reads: Table) -> Table:
    return Table(
        name=f"silver.{name}",
        doc=f"{name}.",
        key=("id",),
        scope=None,
        inputs={f"of_{read.name.removeprefix('silver.')}": read for read in reads},
        columns=(Column("id", TEXT, "an id"),),
    )


ORDERS, PAYMENTS = table("orders"), table("payments")
LEDGER = table("ledger", ORDERS, PAYMENTS)
SALES = table("sales", LEDGER)
ALL = (SALES, LEDGER, PAYMENTS, ORDERS)


def unasked() -> object:
    raise AssertionError("nothing here needs Spark")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(unasked, tmp_path)  # type: ignore[arg-type]


def run(threads: int) -> Run:
    return Run("r1", {}, lambda table: None, threads=threads)


def built(table: Table, store: Store, run: Run) -> Built:
    return Built(table.name, "published")


def names(found: list[Built]) -> list[str]:
    return [one.table.removeprefix("silver.") for one in found]


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_a_table_comes_after_its_inputs(store: Store, threads: int) -> None:
    found = names(list(build_all(ALL, store, run(threads), build=built)))
    assert sorted(found[:2]) == ["orders", "payments"]
    assert found[2:] == ["ledger", "sales"]


def test_the_table_behind_which_most_wait_in_a_row_is_begun_first(store: Store) -> None:
    lone, short = table("a_lone"), table("b_short")
    found = build_all((*ALL, lone, short, table("c_last", short)), store, run(1), build=built)
    assert names(list(found)) == ["orders", "payments", "b_short", "ledger", "a_lone", "c_last", "sales"]


def meeting(parties: int, timeout: float) -> Callable[[Table, Store, Run], Built]:
    """A build that says `met` when so many are under way at once."""
    barrier = Barrier(parties)

    def build(table: Table, store: Store, run: Run) -> Built:
        if table in (ORDERS, PAYMENTS):
            try:
                barrier.wait(timeout)
            except BrokenBarrierError:
                return Built(table.name, "published", "alone")
        return Built(table.name, "published", "met")

    return build


def test_tables_that_need_not_wait_for_each_other_are_built_at_a_time(store: Store) -> None:
    found = build_all((ORDERS, PAYMENTS), store, run(2), build=meeting(2, timeout=30))
    assert [one.why for one in found] == ["met", "met"]


def test_one_thread_builds_one_at_a_time(store: Store) -> None:
    found = build_all((ORDERS, PAYMENTS), store, run(1), build=meeting(2, timeout=0.05))
    assert [one.why for one in found] == ["alone", "alone"]


def test_tables_that_are_built_at_a_time_ask_sessions_of_their_own(store: Store) -> None:
    seen = []
    both = Barrier(2)

    def build(table: Table, store: Store, run: Run) -> Built:
        both.wait(30)
        seen.append(store)
        return built(table, store, run)

    list(build_all((ORDERS, PAYMENTS), store, run(2), build=build))
    assert len({id(one) for one in seen}) == 2
    assert {one.root for one in seen} == {store.root}


def test_when_one_fails_what_is_under_way_is_told_and_nothing_is_begun_after(store: Store) -> None:
    failed = Event()

    def build(table: Table, store: Store, run: Run) -> Built:
        if table is ORDERS:
            failed.set()
            raise KrnError("orders broke.", "mend them")
        assert failed.wait(30)
        return built(table, store, run)

    found = build_all(ALL, store, run(2), build=build)
    assert next(found).table == PAYMENTS.name
    with pytest.raises(KrnError, match="orders broke"):
        next(found)


@pytest.mark.parametrize("bug", [ORDERS, PAYMENTS])
def test_of_tables_that_fail_side_by_side_each_is_logged_and_a_bug_is_raised_first(store: Store, bug: Table) -> None:
    both = Barrier(2)

    def build(table: Table, store: Store, run: Run) -> Built:
        both.wait(30)
        raise ValueError("of ann@example.com") if table is bug else KrnError("it broke.", "mend it")

    with capture_logs() as logs, pytest.raises(ValueError, match="ann"):
        list(build_all((ORDERS, PAYMENTS), store, run(2), build=build))
    said = {line["table"]: line["error"] for line in logs if line["event"] == "table_failed"}
    other = PAYMENTS if bug is ORDERS else ORDERS
    assert said == {bug.name: "ValueError", other.name: "it broke. Next: mend it"}


def test_after_a_stop_nothing_is_begun(store: Store) -> None:
    stopped: list[str] = []

    def build(table: Table, store: Store, run: Run) -> Built:
        stopped.append(table.name)
        return built(table, store, run)

    assert names(list(build_all(ALL, store, run(1), lambda: bool(stopped), build))) == ["orders"]
