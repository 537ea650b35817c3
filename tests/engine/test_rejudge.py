"""Rejudging and dropping over Delta: in one commit or not at all, told before it is done, and done once."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from world import HOME, RECEIVED, TOTALS, a_run, built, content, deliver, order, refusing

from krn import holds, journal
from krn.config import Config
from krn.contracts.contract import Body
from krn.contracts.reasons import Reason
from krn.cursors import load
from krn.errors import KrnError
from krn.failpoints import arm, disarm
from krn.gate import Expectation, Suite
from krn.judge import judge
from krn.quarantine.chosen import Chosen
from krn.quarantine.drop import Said, drop
from krn.quarantine.rejudge import foretold, rejudge
from krn.quarantine.steps import rejudging
from krn.running import Asked, execute
from krn.store import Store
from krn.tables.bronze.deliveries import BATCH_ROWS
from krn.tables.silver.deliveries import TABLE
from krn.tables.table import Table

pytestmark = pytest.mark.usefixtures("shipped_by_value")

REFUSED = Chosen(reason=Reason.OUT_OF_RANGE.word)
#: A broken copy, then 500 under the id of what comes as 100 later, twice; and an order with a copy.
BODIES = (order("b").replace(b'"GBP"', b'"pounds"'), order("a", total=500), order("c", total=600, day=2))
LATER = (order("a", total=100), order("a", total=100), order("c", total=600, day=2))
#: By batch and position: verdict, reasons, the row it repeats.
BEFORE = {
    100: ("quarantined", ["bad_currency"], None),
    101: ("quarantined", ["out_of_range"], None),
    102: ("quarantined", ["out_of_range"], None),
    200: ("accepted", [], None),
    201: ("duplicate", [], 200),
    202: ("quarantined", ["out_of_range"], None),
}
AFTER = {
    100: ("quarantined", ["bad_currency"], None),
    101: ("accepted", [], None),
    102: ("accepted", [], None),
    200: ("quarantined", ["id_conflict"], 101),
    201: ("quarantined", ["id_conflict"], 101),
    202: ("duplicate", [], 102),
}
BECOMES = [
    {"was": "accepted", "verdict": "quarantined", "rows": 1},
    {"was": "duplicate", "verdict": "quarantined", "rows": 1},
    {"was": "out_of_range", "verdict": "accepted", "rows": 2},
    {"was": "out_of_range", "verdict": "duplicate", "rows": 1},
]


class Crash(Exception):
    """The process died here."""


def crash() -> None:
    raise Crash


def above_300(data: Body) -> bool:
    return float(data["order_total"]) > 300


def exactly_100(data: Body) -> bool:
    return float(data["order_total"]) == 100


@pytest.fixture(scope="module")
def refused(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose contract was too strict when it was judged and built."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("refused") / "warehouse")
    deliver(store, *BODIES)
    deliver(store, *LATER)
    judge(store, a_run("strict"), refusing(above_300))
    built(store, TOTALS, "strict")
    return store.root


@pytest.fixture
def mended(refused: Path, store: Store) -> Store:
    """A copy of it, for a contract that is mended."""
    shutil.copytree(refused, store.root)
    return store


def verdicts(store: Store) -> dict[int, tuple[str, list[str], int | None]]:
    rows = store.read(TABLE.name).select("row_id", "verdict", "reasons", "duplicate_of").collect()
    return {_short(r.row_id): (r.verdict, list(r.reasons), r.duplicate_of and _short(r.duplicate_of)) for r in rows}


def _short(row_id: int) -> int:
    return row_id // BATCH_ROWS * 100 + row_id % BATCH_ROWS


def test_what_passes_now_is_elected_as_if_from_the_start_and_the_next_build_corrects_gold(mended: Store) -> None:
    assert verdicts(mended) == BEFORE
    holds.put(mended.root, "bronze.deliveries", {"run": "before"})
    becomes: list[dict[str, object]] = []
    steps = {"rejudge": rejudging(REFUSED, becomes)}
    record = execute(Asked("rejudge", ()), Config(warehouse=mended.root), HOME, mended, steps)
    assert (record.exit_code, record.tables[-1].rows) == (0, {"update": 5})
    assert (verdicts(mended), mended.head(TABLE.name)) == (AFTER, 1)
    assert journal.runs(mended.root)[-1]["notes"]["rejudged"] == BECOMES
    assert becomes == BECOMES
    assert [hold["table"] for hold in holds.every(mended.root)] == ["bronze.deliveries"]
    assert not (mended.root / "_candidates" / TABLE.name / "again").exists()
    assert built(mended, TOTALS, "next").rows == {"insert": 1, "update": 1, "delete": 0, "same": 0}
    assert content(mended, TOTALS.name, "order_id", "total") == {("a", Decimal(500)): 1, ("c", Decimal(600)): 1}


def test_a_dry_run_tells_what_would_become_of_the_rows_and_changes_nothing(mended: Store) -> None:
    assert foretold(mended, a_run("dry"), REFUSED) == BECOMES
    assert (verdicts(mended), mended.head(TABLE.name)) == (BEFORE, 0)


VOLUME = Expectation("volume", "expect_table_row_count_to_be_between", {"min_value": 1_000}, "critical", "d", "n")


def too_few(table: Table) -> Suite | None:
    return Suite(TABLE.name, (VOLUME,)) if table.name == TABLE.name else None


def test_what_judge_holds_is_left_alone_by_whoever_judges_again(mended: Store) -> None:
    deliver(mended, order("d"))
    assert judge(mended, a_run("waits", too_few))[-1].outcome == "held"
    (hold,) = holds.every(mended.root)
    foretold(mended, a_run("dry"), REFUSED)
    assert rejudge(mended, a_run("held", too_few), REFUSED)[0][-1].outcome == "held"
    assert holds.every(mended.root) == [hold]
    assert rejudge(mended, a_run("rejudged"), REFUSED)[0][-1].outcome == "published"
    assert mended.spark.read.parquet(hold["candidate"]).count() == 1
    assert hold["scope"] == {"batches": 3}


def test_a_rejudging_that_dies_anywhere_is_finished_by_the_next(mended: Store) -> None:
    for point, head in {"elected": 0, "silver_committed": 1}.items():
        arm(point, crash)
        with pytest.raises(Crash):
            rejudge(mended, a_run(point), REFUSED)
        disarm()
        assert mended.head(TABLE.name) == head, point
    assert rejudge(mended, a_run("again"), REFUSED)[0][-1].outcome == "unchanged"
    assert verdicts(mended) == AFTER
    cursor = load(mended.root, TABLE.name)
    assert cursor is not None
    assert cursor.version == cursor.through == 1


def test_a_gate_that_does_not_open_leaves_the_verdicts_as_they_were(mended: Store) -> None:
    held, _ = rejudge(mended, a_run("held", too_few), REFUSED)
    assert (held[-1].outcome, mended.head(TABLE.name)) == ("held", 0)
    (hold,) = holds.every(mended.root)
    assert (hold["run"], hold["scope"]) == ("held", {})
    assert mended.spark.read.parquet(hold["candidate"]).count() == 5


def test_an_accepted_event_that_does_not_pass_stops_it(mended: Store) -> None:
    with pytest.raises(KrnError, match=r"row 2000000000 of test: out_of_range\. No verdict was changed"):
        rejudge(mended, a_run("stricter"), REFUSED, refusing(exactly_100))
    assert mended.head(TABLE.name) == 0


def test_dropped_rows_keep_their_verdict_and_come_back_no_more(mended: Store) -> None:
    said = Said("ann", RECEIVED, "a test")
    one = Chosen(row_ids=(BATCH_ROWS + 1,))
    assert drop(mended, a_run("drop"), one, said).rows == {"update": 1}
    assert drop(mended, a_run("again"), one, said).outcome == "unchanged"
    assert mended.head(TABLE.name) == 1
    assert verdicts(mended) == BEFORE
    becomes = foretold(mended, a_run("all"), Chosen())
    assert sum(int(str(each["rows"])) for each in becomes) == 3
    rows = mended.read(TABLE.name).where("resolution IS NOT NULL").select("row_id", "resolution").collect()
    assert [(_short(r.row_id), r.resolution) for r in rows] == [(101, said.text)]
