"""A real shop's weeks under a contract that is too strict: once it is mended and judged again, gold is the truth."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from test_real_shop import HOME, SHOP, Figures, gold, truth, wrong

from krn.config import Config, Landing
from krn.contracts import CONTRACTS
from krn.contracts.contract import Body, Check
from krn.contracts.orders import ORDER_CREATED
from krn.contracts.reasons import Reason
from krn.judge import judge
from krn.lock import hold
from krn.outcome import Run
from krn.pipeline import Progress, Stop
from krn.quarantine.chosen import Chosen
from krn.quarantine.rejudge import Becomes
from krn.quarantine.steps import rejudging
from krn.running import Asked, Step, execute
from krn.store import Store

CLOCK = datetime(2011, 12, 10, tzinfo=UTC)
#: Events come up to a week late, so the last week of these is not whole.
DELIVERED, WHOLE = "dt=2011-01-31", "2011-01-23"

pytestmark = [
    pytest.mark.usefixtures("shipped_by_value"),
    pytest.mark.slow,
    pytest.mark.real,
    pytest.mark.skipif(not SHOP.exists(), reason="The shared data of the real shop is not beside the project."),
]


def is_large(data: Body) -> bool:
    return float(data["order_total"]) > 300


def judge_too_strictly(_config: Config, store: Store, run: Run, progress: Progress, _stop: Stop) -> None:
    refusing = Check(Reason.OUT_OF_RANGE, ("order_total",), is_large)
    broken = replace(ORDER_CREATED, checks=(*ORDER_CREATED.checks, refusing))
    with hold(store.root, "silver"):
        progress.tables.extend(judge(store, run, tuple(broken if c.type == broken.type else c for c in CONTRACTS)))


def whole(figures: Figures) -> Figures:
    return {day: measures for day, measures in figures.items() if day[0] <= WHOLE}


def test_what_a_broken_contract_refused_comes_back_and_every_day_is_right_to_the_cent(
    spark: SparkSession, tmp_path: Path
) -> None:
    for folder in (SHOP / "landing").iterdir():
        if folder.name <= DELIVERED:
            shutil.copytree(folder, tmp_path / "landing" / folder.name)
    source = Landing(name="landing", path=tmp_path / "landing", settle_s=0)
    config = Config(warehouse=tmp_path / "warehouse", timezone="Europe/London", sources=(source,))
    store, becomes = Store(lambda: spark, config.warehouse), Becomes()

    def run(*steps: str, **by_hand: Step) -> int:
        return execute(Asked("test", steps, CLOCK), config, HOME, store, by_hand).exit_code

    assert run("ingest", strict=judge_too_strictly) == 0
    assert run("transform", "aggregate") in (0, 3)
    wanted = whole(truth("daily_sales", "business_day"))
    assert wrong(whole(gold(config.warehouse, "sales_daily", "business_date")), wanted) != []
    assert run(rejudge=rejudging(Chosen(reason="out_of_range"), becomes)) == 0
    assert sum(int(str(row["rows"])) for row in becomes if row["verdict"] == "accepted") > 300
    assert run("transform", "aggregate") == 0
    assert wrong(whole(gold(config.warehouse, "sales_daily", "business_date")), wanted) == []
