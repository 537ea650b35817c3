"""A simulated shop through all of krn: however its events come and wherever a run dies, its tables are true."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from scanning import places
from world import OF_CARDS

import krn
from krn.config import Config, Landing, Sqs
from krn.demo import BOOKS
from krn.failpoints import arm, disarm
from krn.ingest import ingest_queue
from krn.journal import Record
from krn.metrics import kept
from krn.reading import arrow
from krn.report import write as write_report
from krn.running import Asked, execute
from krn.simulate import Habits, Shop, Simulation, write
from krn.sources.memory import MemoryQueue
from krn.store import Store
from krn.tables.every import TABLES

HOME = Path(__file__).parents[2]
SUMMER_TIME_COMES = datetime(2024, 3, 26, tzinfo=UTC).date()  # on the sixth of these days
SHOP = Shop(seed=7, orders=40, days=8, start=SUMMER_TIME_COMES, habits=Habits(lapses=0.3, skips=0.1))
CLOCK = datetime(2024, 4, 3, 12, tzinfo=UTC)  # the day the books are closed
ALL = ("ingest", "transform", "aggregate")
PERSONS = ("Example-", "@example.")  # in every simulated customer's name and address
BUILT = [t.name for t in TABLES if t.transform and "models" not in t.args]  # nobody trained one
#: What tells how and when a delivery came, and which of two copies came first; not what it says.
COMING = {"row_id", "batch", "position", "received_at", "duplicate_of", "source"}
COMING |= {"run_id", "delivery_key", "sent_at", "receive_count", "attributes"}
#: Every named place of ingest, judge and build, and how often a run passes it before it dies there.
INGEST = {"listed": 1, "probed": 2, "planned": 1, "pre_commit": 2, "post_commit": 1, "loaded": 1, "marked": 2}
QUEUE = {"recv": 1, "staged": 1, "pre_ack": 1, "mid_ack": 2, "post_ack": 1}
JUDGE = dict.fromkeys(("read_bronze", "parsed", "elected", "gate_run", "silver_committed", "wm"), 1)
BUILD = {"pinned": 3, "scoped": 1, "computed": 2, "gated": 3, "published": 7, "cursor_saved": 4}


class Crash(Exception):
    """The process died here."""


@dataclass
class Place:
    """A warehouse with two folders and a queue, into which a test puts some of the shop's deliveries."""

    store: Store
    simulation: Simulation
    queue: MemoryQueue
    runs: list[Record] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.store.root.parent

    def put(self, files: Mapping[Path, Path], bodies: list[str]) -> None:
        for name, file in files.items():
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
        for body in bodies:
            self.queue.send(body.encode())

    def drain(self) -> None:
        now = datetime.now(UTC)
        ingest_queue(
            self.queue, self.store, Sqs(name="queue", round_messages=40), f"q{now:%f}", lambda: now, lambda: False
        )

    def run(self, *steps: str, full: bool = False, gate: str = "off") -> Record:
        sources = tuple(Landing(name=n, path=self.root / n, settle_s=0, max_files=2_000) for n in ("landing", "legacy"))
        for source in sources:
            source.path.mkdir(exist_ok=True)
        config = Config(warehouse=self.store.root, timezone=SHOP.timezone, gate=gate, sources=sources)  # type: ignore[arg-type]
        self.runs.append(execute(Asked("run", steps or ALL, CLOCK, full), config, HOME, self.store))
        return self.runs[-1]

    def finish(self) -> None:
        """Take what a drain that died left on the queue, then what is left of all."""
        self.queue.clock += 1_000
        self.drain()
        assert self.run().exit_code == 0


def files(simulated: Path) -> dict[Path, Path]:
    return {f.relative_to(simulated): f for f in sorted(simulated.rglob("*.gz"))}


def content(store: Store, name: str) -> Counter[tuple[str, ...]]:
    """The rows of a table as texts, without what tells how they came."""
    frame = store.read(name)
    return Counter(
        tuple(map(str, row)) for row in frame.select(*(c for c in frame.columns if c not in COMING)).collect()
    )


def contents(store: Store, *names: str) -> dict[str, Counter[tuple[str, ...]]]:
    return {name: content(store, name) for name in names or [t.name for t in TABLES if store.exists(t.name)]}


def heads(store: Store) -> dict[str, int | None]:
    return {t.name: store.head(t.name) for t in TABLES} | {"ops.files": store.head("ops.files")}


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [name for name in one if one[name] != other[name]]


def untrue(place: Place) -> dict[str, set[tuple[Any, ...]]]:
    """By table, the rows that only the table or only the shop's own books have."""
    kept = {
        table: book for table, (book, _) in BOOKS.items() if table != "gold.fraud_daily"
    }  # this shop takes no cards
    books = {table: _book(place, book) for table, book in kept.items()}
    found = {table: _rows(place, table, book) for table, book in kept.items()}
    return {table: rows ^ books[table] for table, rows in found.items() if rows != books[table]}


def _book(place: Place, book: str) -> set[tuple[Any, ...]]:
    return {astuple(row) for row in getattr(place.simulation.truth, book)}


def _rows(place: Place, table: str, book: str) -> set[tuple[Any, ...]]:
    rows = arrow(table, place.store.root).to_pylist()
    if table == "silver.orders":
        rows = [row | _in_books(row) for row in rows if row["is_complete"]]
    columns = [f.name for f in fields(getattr(place.simulation.truth, book)[0])]
    made = {tuple(row[c] for c in columns) for row in rows}
    assert len(made) == len(rows)
    return made


def _in_books(order: Mapping[str, Any]) -> dict[str, Any]:
    """What the shop's books say otherwise: they name that flag alone."""
    return {"over_returned": "over_returned" in order["flags"]}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Simulation]:
    folder = tmp_path_factory.mktemp("shop")
    return folder, write(folder, SHOP, landing_share=0.7, parts=2)


NewPlace = Callable[[], Place]


@pytest.fixture(scope="module")
def new_place(
    spark: SparkSession, simulated: tuple[Path, Simulation], tmp_path_factory: pytest.TempPathFactory
) -> NewPlace:
    def make() -> Place:
        root = tmp_path_factory.mktemp("place")
        return Place(Store(lambda: spark, root / "warehouse"), simulated[1], MemoryQueue("queue"))

    return make


@pytest.fixture(scope="module")
def bodies(simulated: tuple[Path, Simulation]) -> list[str]:
    """The messages of the shop and its carriers."""
    return [body for _, body in simulated[1].messages]


@pytest.fixture(scope="module")
def at_once(new_place: NewPlace, simulated: tuple[Path, Simulation], bodies: list[str]) -> Place:
    """Everything in one run, gated."""
    place = new_place()
    place.put(files(simulated[0]), bodies)
    place.drain()
    record = place.run(gate="fused")
    assert (record.exit_code, record.error) == (0, "")
    return place


@pytest.fixture(scope="module")
def in_parts(new_place: NewPlace, simulated: tuple[Path, Simulation], bodies: list[str]) -> Place:
    """Files and messages in random order, a part for each run; the runs die at every named place in turn.

    The run after them makes what is left of all tables. One more brings the last fourth to tables that are there.
    """
    place, rng = new_place(), Random(5)
    names = rng.sample(list(files(simulated[0]).items()), len(files(simulated[0])))
    shuffled = rng.sample(bodies, len(bodies))
    points = {**QUEUE, **INGEST, **JUDGE, **BUILD}
    n_files, n_bodies = len(names) * 3 // 4, len(shuffled) * 3 // 4
    for n, (point, times) in enumerate(points.items()):
        place.put(dict(names[n : n_files : len(points)]), shuffled[n : n_bodies : len(points)])
        place.queue.clock += 1_000
        arm(point, _dies_at(point, times))
        with pytest.raises(Crash, match=point):
            place.drain() if point in QUEUE else place.run()
        disarm()
    place.finish()
    place.put(dict(names[n_files:]), shuffled[n_bodies:])
    place.finish()
    return place


def test_gold_is_what_the_shop_says_of_itself(at_once: Place) -> None:
    assert untrue(at_once) == {}


def test_every_delivery_gets_the_verdict_that_it_owes(at_once: Place) -> None:
    found = Counter(row.verdict for row in at_once.store.read("silver.deliveries").select("verdict").collect())
    assert found == at_once.simulation.verdicts
    assert min(found.values()) > 0


def test_what_a_run_measures_is_what_its_tables_say(at_once: Place) -> None:
    samples = [seen.sample for seen in kept.current(at_once.store.root).values()]
    counted = Counter[str]()
    for one in samples:
        counted[dict(one.labels).get("verdict", "")] += int(one.value) if one.name == "deliveries" else 0
    assert +counted == at_once.simulation.verdicts
    rows = arrow("silver.events", at_once.store.root).to_pandas()
    spans = (rows["received_at"] - rows["event_time"])[rows["time_source"] == "event"].dt.total_seconds()
    by_source = spans.groupby(rows["source"]).quantile([0.5, 0.95, 0.99])
    measured = {
        (labels["source"], float(labels["quantile"])): one.value
        for one in samples
        if one.name == "latency_seconds" and (labels := dict(one.labels))["hop"] == "event_to_bronze"
    }
    assert measured == pytest.approx(by_source.to_dict(), abs=1e-5)
    hops = Counter(dict(one.labels)["hop"] for one in samples if one.name == "latency_seconds")
    timed, every = len(measured), 3 * rows["source"].nunique()  # the flat bodies have no time of their own
    assert hops == {
        "event_to_bronze": timed,
        "event_to_gold": timed,
        "bronze_to_silver": every,
        "silver_to_gold": every,
    }


def test_every_table_of_the_shop_has_rows(at_once: Place) -> None:
    """But those of card payments: the shop takes none."""
    empty = {name for name in BUILT if at_once.store.read(name).isEmpty()}
    assert empty == {name for name in BUILT if name.startswith(OF_CARDS)}


def test_no_customer_is_named_anywhere_but_in_the_bodies_of_bronze(at_once: Place) -> None:
    report = write_report(at_once.store.root, CLOCK).read_text(encoding="utf-8")
    assert "Which lanes cost most?" in report
    assert [
        word
        for word in PERSONS
        if word not in str(arrow("bronze.deliveries", at_once.store.root)["payload"].to_pylist())
    ] == []
    assert places(at_once.store.root, *PERSONS) == []


def test_parts_in_random_order_and_runs_that_die_at_every_named_place_give_the_same_rows_in_every_table(
    at_once: Place, in_parts: Place
) -> None:
    assert in_parts.queue.held == set()
    assert differing(contents(at_once.store, *BUILT), contents(in_parts.store, *BUILT)) == []


def test_the_last_of_these_parts_changes_every_table_of_the_shop(in_parts: Place) -> None:
    changed = {built.table for built in in_parts.runs[-1].tables if built.why == "changed"}
    assert changed == {name for name in BUILT if not name.startswith(OF_CARDS)}


def test_a_second_run_commits_nothing_anywhere(in_parts: Place) -> None:
    before = heads(in_parts.store)
    record = in_parts.run()
    assert heads(in_parts.store) == before
    assert {built.outcome for built in record.tables} == {"unchanged"}
    assert sum(built.jobs for built in record.tables) == 0


def test_the_same_files_under_other_names_change_nothing(in_parts: Place, simulated: tuple[Path, Simulation]) -> None:
    before = heads(in_parts.store)
    again = {name.parent / f"again-{name.name}": file for name, file in list(files(simulated[0]).items())[:2]}
    in_parts.put(again, [])
    assert in_parts.run().exit_code == 0
    assert differing(before, heads(in_parts.store)) == ["ops.files"]


@pytest.mark.slow  # test_conformance and test_build compare full builds table by table
def test_making_everything_again_in_full_changes_nothing(in_parts: Place) -> None:
    before = heads(in_parts.store)
    record = in_parts.run("transform", "aggregate", full=True)
    assert {b.why for b in record.tables if b.table in BUILT} == {"asked for in full"}
    assert heads(in_parts.store) == before


@pytest.mark.slow  # test_comeback rebuilds from bronze, too
def test_silver_and_gold_made_anew_from_bronze_come_out_the_same(at_once: Place, tmp_path: Path) -> None:
    shutil.copytree(at_once.root, tmp_path / "copy")
    store = Store(lambda: at_once.store.spark, tmp_path / "copy" / "warehouse")
    for lost in ("silver", "gold", "ops/cursors"):
        shutil.rmtree(store.root / lost)
    assert Place(store, at_once.simulation, at_once.queue).run("transform", "aggregate").exit_code == 0
    assert differing(contents(at_once.store), contents(store)) == []


def _dies_at(point: str, times: int) -> Callable[[], None]:
    left = [times]

    def die() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Crash(point)

    return die


def test_every_named_place_is_died_at() -> None:
    code = "".join(path.read_text() for path in Path(krn.__file__).parent.rglob("*.py"))
    elsewhere = {"readapting", "readapted", "cursor_moved"}  # test_readapt and test_waived die there
    assert set(re.findall(r'\breached\("(\w+)"\)', code)) == {*QUEUE, *INGEST, *JUDGE, *BUILD, *elsewhere}


def flipped(table: Path, column: str) -> Path:
    """Change one bit in the middle of a column's data in the table's largest file."""
    file = max(table.rglob("*.parquet"), key=lambda path: path.stat().st_size)
    group = pq.read_metadata(file).row_group(0)
    chunk = next(c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == column)
    at = chunk.data_page_offset + (chunk.total_compressed_size - (chunk.data_page_offset - _first(chunk))) * 3 // 4
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)
    (file.parent / f".{file.name}.crc").unlink(missing_ok=True)
    return file


def _first(chunk: Any) -> int:
    return chunk.dictionary_page_offset if chunk.has_dictionary_page else chunk.data_page_offset


@pytest.mark.parametrize(
    ("table", "column", "steps"),
    [("bronze.deliveries", "payload", ("transform",)), ("silver.sales_entries", "gross", ("aggregate",))],
)
def test_a_damaged_file_stops_the_run_and_is_named(
    at_once: Place, tmp_path: Path, table: str, column: str, steps: tuple[str, ...]
) -> None:
    shutil.copytree(at_once.root, tmp_path / "copy")
    store = Store(lambda: at_once.store.spark, tmp_path / "copy" / "warehouse")
    if table.startswith("bronze"):
        shutil.rmtree(store.root / "silver")
    before = {name: store.head(name) for name in BUILT}
    file = flipped(store.path(table), column)
    record = Place(store, at_once.simulation, at_once.queue).run(*steps, full=True)
    assert (record.exit_code, file.name in record.error) == (4, True), record.error
    assert {name: store.head(name) for name in BUILT} == before
