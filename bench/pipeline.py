"""What a run costs: a history to gold, an increment on it, an empty run; by krn, krn without its gate, and a baseline.

The baseline (bench/baseline) is idiomatic PySpark in three spark-submits under Spark's own settings, with plain Great
Expectations; tuned, it runs under krn's. Each must hold the truth after every step.
Run: python bench pipeline [--events N] [--increment N] [--work DIR] [--json FILE].
"""

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from data import Data, generated
from meter import Cost
from products import PRODUCTS, Jobs, Site
from truth import differences

STEPS = {"full load": "history", "increment": "increment", "empty run": None}
RATIOS = (("baseline", "krn"), ("baseline, tuned", "krn"), ("krn", "krn, gate off"))


@dataclass(frozen=True)
class Step:
    """One run of one product: the rows it took, its cost, its Spark jobs by table, and where it is not the truth."""

    product: str
    step: str
    rows: int
    cost: Cost
    jobs: Jobs
    wrong: list[str]


def measured(product: str, data: Data, work: Path) -> Iterator[Step]:
    """The product's three runs on a warehouse of its own."""
    site = _site(work / product.replace(", ", "-").replace(" ", "-"))
    for step, arrives in STEPS.items():
        if arrives:  # links: no copy, and the times that files landed at
            shutil.copytree(data.landing(arrives), site.landing / arrives, copy_function=os.link)
        after = arrives or "increment"
        cost, jobs = PRODUCTS[product](site, data.clocks[after])
        rows = data.rows[arrives] if arrives else 0
        yield Step(product, step, rows, cost, jobs, differences(site.warehouse, data.truth(after)))


def _site(folder: Path) -> Site:
    shutil.rmtree(folder, ignore_errors=True)
    site = Site(folder / "landing", folder / "warehouse", folder / "log.txt")
    site.landing.mkdir(parents=True)
    site.warehouse.mkdir()
    return site


def main() -> None:
    """Measure, print each step as it ends, then ratios and jobs."""
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="krn-bench-") as spare:
        steps = list(_told(asked, asked.work or Path(spare)))
    _say_ratios({(s.product, s.step): s.cost for s in steps})
    _say_jobs(steps)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(s) for s in steps], indent=2) + "\n")
    if any(s.wrong for s in steps):
        raise SystemExit("not all agree with the truth")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench pipeline", description="krn beside idiomatic PySpark.")
    parser.add_argument("--events", type=int, default=1_000_000, help="deliveries in the history")
    parser.add_argument("--increment", type=int, default=10_000, help="deliveries in the increment")
    parser.add_argument("--seed", type=int, default=1, help="another shop")
    parser.add_argument("--work", type=Path, help="folder for data and warehouses; data found there is used again")
    parser.add_argument("--only", action="append", choices=[*PRODUCTS], help="this product; may be repeated")
    parser.add_argument("--json", type=Path, help="file for the figures")
    return parser.parse_args()


def _told(asked: argparse.Namespace, work: Path) -> Iterator[Step]:
    data = generated(work / "data", asked.seed, asked.events, asked.increment)
    print(f"{asked.events:,} events, then {asked.increment:,} with 1 % late, then none\n")
    print(f"{'':30}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'jobs':>6}{'rows/s':>9}  truth")
    for product in asked.only or PRODUCTS:
        for step in measured(product, data, work):
            print(_line(step), flush=True)
            yield step


def _line(step: Step) -> str:
    cost, wrong = step.cost, step.wrong
    rate = f"{step.rows / cost.wall:,.0f}" if step.rows else ""
    verdict = f"{len(wrong)} cells differ: {wrong[0]}" if wrong else "agrees"
    spent = f"{cost.cpu:8.1f}{cost.wall:8.1f}{cost.peak / 1e6:9,.0f}"
    return f"{step.product:18}{step.step:12}{spent}{sum(step.jobs.values()):6}{rate:>9}  {verdict}"


def _say_ratios(cost: dict[tuple[str, str], Cost]) -> None:
    print(f"\n{'':40}{'CPU':>8}{'wall':>8}{'memory':>9}")
    for over, under in RATIOS:
        for step in STEPS:
            if (over, step) in cost and (under, step) in cost:
                a, b = cost[over, step], cost[under, step]
                shares = f"{a.cpu / b.cpu:8.2f}{a.wall / b.wall:8.2f}{a.peak / b.peak:9.2f}"
                print(f"{f'{over} / {under}: {step}':40}{shares}")


def _say_jobs(steps: list[Step]) -> None:
    print("\nSpark jobs by table, in the order of the runs above")
    for table in sorted({table for step in steps for table in step.jobs}):
        print(f"{table:26}" + "".join(f"{step.jobs.get(table) or '':6}" for step in steps))


if __name__ == "__main__":
    main()
