"""Quarantine that comes back: whatever the order of faults, fixes and rejudging, the end is that of a sound world."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from pyspark.sql import SparkSession
from world import DAILY, HOME, RECEIVED, TOTALS, a_run, content, deliver, order, refusing

from krn import suites
from krn.config import Config
from krn.contracts import CONTRACTS
from krn.contracts.contract import Body, Contract
from krn.contracts.reasons import Reason
from krn.dag import build_all
from krn.judge import judge
from krn.quarantine.chosen import Chosen
from krn.quarantine.drop import Said, drop
from krn.quarantine.fix import take
from krn.quarantine.fixes import Fix
from krn.quarantine.rejudge import rejudge
from krn.quarantine.steps import fixing
from krn.running import Asked, execute
from krn.store import Store
from krn.tables.bronze.deliveries import BATCH_ROWS
from krn.tables.bronze.deliveries import TABLE as BRONZE
from krn.tables.silver.deliveries import TABLE as SILVER

pytestmark = pytest.mark.usefixtures("shipped_by_value")

ORDERS = 40
TABLES = (TOTALS, DAILY)


def is_large(data: Body) -> bool:
    return float(data["order_total"]) > 150


#: Contracts of each round; those of the second are broken: they refuse large orders.
TERMS = (CONTRACTS, refusing(is_large))

#: What happens to bodies on their way; the last hides even which event it was.
FAULTS: tuple[Callable[[bytes], bytes], ...] = (
    lambda body: body.replace(b'"GBP"', b'"pounds"'),
    lambda body: body[: len(body) // 2],
    lambda body: body.replace(b'"id": "e-', b'"id": " ", "was": "'),
)


def copies(rng: Random) -> list[bytes]:
    """One to three copies of each order; of every third a producer may use the id for another total as well."""
    found = [
        order(f"o{n}", total=10 * n + (rng.choice((1, 2)) if n % 3 == 0 else 0), day=1 + n % 5)
        for n in range(ORDERS)
        for _ in range(rng.randint(1, 3))
    ]
    return rng.sample(found, len(found))


@dataclass
class World:
    """A warehouse, and for each of its rows the body that should have come."""

    store: Store
    rng: Random
    meant: dict[int, bytes] = field(default_factory=dict)

    def deliver(self, bodies: list[bytes], faults: float) -> None:
        deliver(self.store, *(self.maybe_broken(body, faults) for body in bodies))
        first = self.store.max(BRONZE.name, "batch", 0) * BATCH_ROWS
        self.meant |= {first + n: body for n, body in enumerate(bodies)}

    def maybe_broken(self, body: bytes, faults: float) -> bytes:
        return self.rng.choice(FAULTS)(body) if self.rng.random() < faults else body

    def open_rows(self) -> list[int]:
        """Rows that came, are set aside and not resolved."""
        rows = self.store.read(SILVER.name).where("verdict = 'quarantined' AND resolution IS NULL")
        return sorted(r.row_id for r in rows.select("row_id").collect() if r.row_id in self.meant)

    def fix(self, run_id: str, rows: list[int], faults: float = 0) -> int:
        """Hand in a file of fixes, some of them wrong again; how many were new."""
        return self.hand_in(run_id, {row: self.maybe_broken(self.meant[row], faults) for row in rows})

    def hand_in(self, run_id: str, bodies: dict[int, bytes]) -> int:
        fixes = [Fix(n, row, body) for n, (row, body) in enumerate(bodies.items(), 1)]
        return take(fixes, "fixes.jsonl", self.store, run_id, lambda: RECEIVED + timedelta(days=1)).rows

    def build(self, run_id: str) -> None:
        assert all(built.is_open for built in build_all(TABLES, self.store, a_run(run_id)))


@pytest.fixture(scope="module")
def healed(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Faults in each round, the second with a broken contract; a few rows are fixed in each, some wrongly at first.

    At the end the contract is mended, what it refused is judged again, and what is open then is fixed.
    """
    rng = Random(11)
    world = World(Store(lambda: spark, tmp_path_factory.mktemp("healed")), rng)
    bodies = copies(rng)
    for n, terms in enumerate(TERMS):
        world.deliver(bodies[n :: len(TERMS)], faults=0.4)
        judge(world.store, a_run(f"judge{n}"), terms)
        world.fix(f"fix{n}", rng.sample(world.open_rows(), 10), faults=0.3)
        if n == 0:
            world.build("build")
    rejudge(world.store, a_run("mended"), Chosen(reason=Reason.OUT_OF_RANGE.word))
    world.fix("last", world.open_rows())
    suite_of = suites.suite_of(HOME)
    gated = a_run("gated", lambda table: suite_of(table) if table.name == SILVER.name else None)
    assert judge(world.store, gated)[-1].outcome == "published"
    world.build("end")
    return world


def test_gold_is_that_of_a_world_without_the_faults(healed: World, store: Store) -> None:
    sound = World(store, Random(0))
    for _, batch in groupby(sorted(healed.meant), key=lambda row: row // BATCH_ROWS):
        sound.deliver([healed.meant[row] for row in batch], faults=0)
    judge(store, a_run("judge"))
    sound.build("build")
    for table in TABLES:
        assert content(healed.store, table.name) == content(store, table.name)


def test_verdicts_and_resolutions_are_those_of_a_rebuild_from_bronze(healed: World, store: Store) -> None:
    shutil.copytree(healed.store.path(BRONZE.name), store.path(BRONZE.name))
    judge(store, a_run("rebuild"))
    assert content(healed.store, SILVER.name) == content(store, SILVER.name)


def test_what_stays_open_is_what_should_have_come_with_other_content_than_the_first_of_its_event(
    healed: World,
) -> None:
    first: dict[str, bytes] = {}
    for _, body in sorted(healed.meant.items()):
        first.setdefault(json.loads(body)["id"], body)
    others = {row for row, body in healed.meant.items() if body != first[json.loads(body)["id"]]}
    assert set(healed.open_rows()) == others != set()


def test_what_was_done_once_is_not_done_again(healed: World) -> None:
    heads = {name: healed.store.head(name) for name in (BRONZE.name, SILVER.name)}
    assert healed.fix("again", healed.open_rows()) == 0
    assert rejudge(healed.store, a_run("again"), Chosen())[0][-1].outcome == "unchanged"
    assert {name: healed.store.head(name) for name in heads} == heads


def test_a_fix_under_the_id_of_another_event_repeats_it_also_when_its_old_event_is_judged_again(store: Store) -> None:
    """X and Z are in conflict with a; X is fixed as what g is, under the suites that are shipped."""
    deliver(store, order("a"), order("g"), order("a", total=20), order("a", total=20))
    judge(store, a_run("judge"))
    a, g, x, z = (BATCH_ROWS + n for n in range(4))
    fixed = {"fix": fixing([Fix(1, x, order("g"))], "fixes.jsonl")}
    assert execute(Asked("fix", ()), Config(warehouse=store.root), HOME, store, fixed).exit_code == 0
    fix = 2 * BATCH_ROWS
    verdicts = {
        (a, "accepted", None, None): 1,
        (g, "accepted", None, None): 1,
        (x, "duplicate", g, f"fixed by row {fix}"): 1,
        (z, "quarantined", a, None): 1,
        (fix, "duplicate", g, None): 1,
    }
    assert content(store, SILVER.name, "row_id", "verdict", "duplicate_of", "resolution") == verdicts
    rejudge(store, a_run("again"), Chosen(reason=Reason.ID_CONFLICT.word))
    assert content(store, SILVER.name, "row_id", "verdict", "duplicate_of", "resolution") == verdicts


@dataclass
class Chance(World):
    """A warehouse to which things happen in an order that is drawn; its contract is too strict until it is mended."""

    terms: tuple[Contract, ...] = TERMS[1]

    def happens(self, n: int) -> None:
        may = (self.more_comes, self.is_fixed, self.is_fixed, self.is_judged_again, self.is_dropped, self.build)
        self.rng.choice(may)(f"run{n}")

    def more_comes(self, run_id: str) -> None:
        some = [order(f"o{n}", total=self.rng.choice((100, 200)), day=n) for n in self.rng.choices(range(1, 5), k=6)]
        self.deliver(some, faults=0.3)
        judge(self.store, a_run(run_id), self.terms)

    def is_fixed(self, run_id: str) -> None:
        """With what should have come, or with what is meant elsewhere: another event."""
        rows = self.open_rows()[:3]
        self.hand_in(run_id, {row: self.meant[self.rng.choice((row, *self.meant))] for row in rows})
        judge(self.store, a_run(run_id), self.terms)

    def is_judged_again(self, run_id: str, reason: Reason | None = None) -> None:
        self.terms = CONTRACTS
        found = reason or self.rng.choice((Reason.ID_CONFLICT, Reason.OUT_OF_RANGE))
        rejudge(self.store, a_run(run_id), Chosen(reason=found.word))

    def is_dropped(self, run_id: str) -> None:
        """One that no contract lets pass."""
        broken = Chosen(reason=Reason.BAD_CURRENCY.word, row_ids=tuple(self.open_rows()) or (0,))
        drop(self.store, a_run(run_id), broken, Said("ann", RECEIVED, "a test"))


@pytest.mark.slow  # more drawn worlds: `healed` is one, with fixes, wrong fixes and a rejudging
@pytest.mark.parametrize("seed", [3, 8])
def test_in_whatever_order_things_happen_the_end_is_that_of_a_rebuild(seed: int, store: Store, tmp_path: Path) -> None:
    world = Chance(store, Random(seed))
    world.more_comes("first")
    for n in range(5):
        world.happens(n)
    world.is_judged_again("mended", Reason.OUT_OF_RANGE)
    world.build("end")
    rebuilt = World(Store(lambda: store.spark, tmp_path / "rebuilt"), Random(0))
    shutil.copytree(store.path(BRONZE.name), rebuilt.store.path(BRONZE.name))
    judge(rebuilt.store, a_run("judge"))
    rebuilt.build("build")
    columns = ("row_id", "verdict", "reasons", "duplicate_of", "id_hash", "content_hash", "data")
    assert content(store, SILVER.name, *columns) == content(rebuilt.store, SILVER.name, *columns)
    for table in TABLES:
        assert content(store, table.name) == content(rebuilt.store, table.name)
