"""What a run costs: a history to gold, an increment, an empty run; krn, krn without its gate, and the baseline.

Run: python bench pipeline [--events N] [--increment N] [--work DIR] [--json FILE]. The baseline is idiomatic PySpark in
three spark-submits (bench/baseline). Both must hold the truth after every step. CPU is that of all processes.
"""

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from data import Data, generated
from meter import Cost, metered
from truth import differences

HOME = Path(__file__).parents[1]
TIMEZONE = "Europe/Berlin"
SUBMIT = ("bin/env", "spark-submit", "--properties-file", "conf/spark-defaults.conf", "--py-files", "bench/baseline/reversals.py")


@dataclass(frozen=True)
class Step:
    """One run of one product: its cost, its Spark jobs by table, the rows it took, and where it is not the truth."""

    product: str
    step: str
    rows: int
    cost: Cost
    jobs: dict[str, int]
    wrong: list[str]

    @property
    def n_jobs(self) -> int:
        return sum(self.jobs.values())


@dataclass(frozen=True)
class Site:
    """Where a product works: the folder its files land in, its warehouse, and its log."""

    landing: Path
    warehouse: Path
    log: Path


Run = Callable[[Site, str], tuple[Cost, dict[str, int]]]


def krn(site: Site, clock: str, *options: str) -> tuple[Cost, dict[str, int]]:
    """One `krn run`; its record has the jobs of each table."""
    where = ("--warehouse", site.warehouse, "--landing", site.landing, "--timezone", TIMEZONE, "--clock", clock)
    said, cost = metered([*map(str, ("bin/env", "krn", "run", *where, *options, "--json"))], HOME, site.log)
    return cost, {table["table"]: table["jobs"] for table in json.loads(said)["tables"]}


def baseline(site: Site, clock: str) -> tuple[Cost, dict[str, int]]:
    """Three spark-submits; each prints its jobs by table as its last line."""
    cost, jobs = Cost(), {}
    for script, *args in (("ingest", site.landing), ("silver", TIMEZONE), ("gold", TIMEZONE, clock)):
        said, spent = metered(
            [*map(str, (*SUBMIT, f"bench/baseline/{script}.py", site.warehouse, *args))], HOME, site.log
        )
        cost += spent
        for table, n in json.loads((said.splitlines() or ["{}"])[-1]).items():
            jobs[table] = jobs.get(table, 0) + n
    return cost, jobs


PRODUCTS: dict[str, Run] = {
    "krn": krn,
    "krn, gate off": lambda site, clock: krn(site, clock, "--set", "gate=off"),
    "baseline": baseline,
}


def measured(product: str, data: Data, work: Path) -> Iterator[Step]:
    """The product's three runs on a warehouse of its own."""
    folder = work / product.replace(", ", "_").replace(" ", "_")
    shutil.rmtree(folder, ignore_errors=True)
    site = Site(folder / "landing", folder / "warehouse", folder / "log.txt")
    site.landing.mkdir(parents=True)
    site.warehouse.mkdir()
    for step, arrives in (("full load", "history"), ("increment", "increment"), ("empty run", None)):
        if arrives:  # the same files under the product's own landing folder, without a copy
            shutil.copytree(data.landing(arrives), site.landing / arrives, copy_function=os.link)
        after = arrives or "increment"
        cost, jobs = PRODUCTS[product](site, data.clocks[after])
        wrong = differences(site.warehouse, data.truth(after))
        yield Step(product, step, data.rows[arrives] if arrives else 0, cost, jobs, wrong)


def main(args: Sequence[str] | None = None) -> None:
    """Measure, print each step as it ends, then the ratios."""
    asked = _asked(args)
    with tempfile.TemporaryDirectory(prefix="krn-bench-") as spare:
        work = asked.work or Path(spare)
        data = generated(work / "data", asked.seed, asked.events, asked.increment)
        print(f"{asked.events:,} events, an increment of {asked.increment:,} (1 % late), an empty run\n")
        print(f"{'':16}{'':12}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'jobs':>6}{'rows/s':>9}  truth")
        steps = []
        for product in asked.only or PRODUCTS:
            for step in measured(product, data, work):
                steps.append(step)
                _say(step)
        _say_ratios(steps)
        _say_jobs(steps)
        if asked.json:
            asked.json.write_text(json.dumps([asdict(step) for step in steps], indent=2) + "\n")
    if any(step.wrong for step in steps):
        raise SystemExit("not all agree with the truth")


def _asked(args: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench pipeline", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000, help="deliveries in the history")
    parser.add_argument("--increment", type=int, default=10_000, help="deliveries in the increment")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="folder for data and warehouses; data that is there is used again")
    parser.add_argument("--only", action="append", choices=list(PRODUCTS), help="this product alone; may be repeated")
    parser.add_argument("--json", type=Path, help="file for the figures")
    return parser.parse_args(args)


def _say(step: Step) -> None:
    cost = step.cost
    verdict = "agrees" if not step.wrong else f"{len(step.wrong)} cells differ, such as {step.wrong[0]}"
    rate = f"{step.rows / cost.wall:9,.0f}" if step.rows else f"{'':9}"
    print(
        f"{step.product:16}{step.step:12}{cost.cpu:8.1f}{cost.wall:8.1f}{cost.peak / 1e6:9,.0f}{step.n_jobs:6}{rate}  {verdict}",
        flush=True,
    )


def _say_ratios(steps: list[Step]) -> None:
    """How many times the cost of krn: of the baseline, and of krn without its gate (below 1: what the gate adds)."""
    cost = {(step.product, step.step): step.cost for step in steps}
    print()
    for over, under in (("baseline", "krn"), ("krn", "krn, gate off")):
        for step in ("full load", "increment", "empty run"):
            if (over, step) in cost and (under, step) in cost:
                a, b = cost[over, step], cost[under, step]
                print(
                    f"{over} / {under}: {step}: CPU {a.cpu / b.cpu:.2f}, wall {a.wall / b.wall:.2f}, memory {a.peak / b.peak:.2f}"
                )


def _say_jobs(steps: list[Step]) -> None:
    """Spark jobs by table."""
    tables = sorted({table for step in steps for table in step.jobs})
    print("\nSpark jobs by table: " + ", ".join(f"{step.product} {step.step}" for step in steps))
    for table in tables:
        print(f"{table:26}" + "".join(f"{step.jobs.get(table, 0):6}" for step in steps))


if __name__ == "__main__":
    main()
