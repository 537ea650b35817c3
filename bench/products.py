"""The products that are measured: each takes what has landed to gold its own way, and tells its cost and its jobs."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from meter import Cost, metered

HOME = Path(__file__).parents[1]
TIMEZONE = "Europe/Berlin"
#: What the baseline makes; krn is told to make no more.
TABLES = "gold.sales_*,gold.payment_mix,gold.product_ranking"
_SUBMIT = ("bin/env", "spark-submit", "--properties-file")
_PLAIN, _TUNED = "bench/baseline/spark-defaults.conf", "conf/spark-defaults.conf"
_PY_FILES = ("--py-files", "bench/baseline/reversals.py")
# Delta's default: krn sets `none`, which refuses a persisted frame
_CONF = ("--conf", "spark.databricks.delta.merge.materializeSource=auto")


@dataclass(frozen=True)
class Site:
    """Where a product works: the folder its files land in, its warehouse, and its log."""

    landing: Path
    warehouse: Path
    log: Path


Jobs = dict[str, int]
Run = Callable[[Site, str], tuple[Cost, Jobs]]


def _krn(site: Site, clock: str, *options: str, tables: str = TABLES) -> tuple[Cost, Jobs]:
    """One `krn run`; its record has the jobs of each table."""
    where = ("--warehouse", site.warehouse, "--landing", site.landing, "--timezone", TIMEZONE, "--clock", clock)
    said, cost = metered(
        ["bin/env", "krn", "run", *map(str, where), "--set", f"tables={tables}", *options, "--json"], HOME, site.log
    )
    return cost, {table["table"]: table["jobs"] for table in json.loads(said)["tables"]}


def _krn_without_gate(site: Site, clock: str) -> tuple[Cost, Jobs]:
    return _krn(site, clock, "--set", "gate=off")


def _krn_with_every_table(site: Site, clock: str) -> tuple[Cost, Jobs]:
    return _krn(site, clock, tables="*")


def _baseline(settings: str, site: Site, clock: str) -> tuple[Cost, Jobs]:
    """Three spark-submits; each prints its jobs by table in its last line, if it had any work."""
    cost, jobs = Cost(), dict[str, int]()
    for script, *args in (("ingest", site.landing), ("silver", TIMEZONE), ("gold", TIMEZONE, clock)):
        job = (f"bench/baseline/{script}.py", str(site.warehouse), *map(str, args))
        said, spent = metered([*_SUBMIT, settings, *_PY_FILES, *_CONF, *job], HOME, site.log)
        cost += spent
        jobs.update(json.loads(said.splitlines()[-1]) if said else {})
    return cost, jobs


PRODUCTS: dict[str, Run] = {
    "krn": _krn,
    "krn, gate off": _krn_without_gate,
    "krn, every table": _krn_with_every_table,
    "baseline": partial(_baseline, _PLAIN),
    "baseline, tuned": partial(_baseline, _TUNED),
}
