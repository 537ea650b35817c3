"""A real shop's year with thousands of faults: every figure of its truth, in one run, in ten, and again."""

import csv
import gzip
import json
import os
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from owed import OWED

from krn.reading import arrow

HOME = Path(__file__).parents[2]
SHOP = HOME.parent / "shared" / "data" / "online_retail"
TABLES = ("sales_daily", "sales_by_country", "sales_by_product", "product_ranking", "payment_mix")
#: Columns of the truth, and of gold.
MEASURES = {
    "orders": "orders",
    "units": "units",
    "gmv": "gross_sales",
    "units_refunded": "returned_units",
    "refunded": "returns",
    "net_sales": "net_sales",
}
Figures = dict[tuple[str, ...], dict[str, Decimal]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.real,
    pytest.mark.skipif(not SHOP.exists(), reason="The shared data of the real shop is not beside the project."),
]


def run(warehouse: Path, landing: Path = SHOP / "landing") -> None:
    where = ["--warehouse", str(warehouse), "--landing", str(landing), "--timezone", "Europe/London"]
    command = [str(HOME / "bin" / "env"), "krn", "run", *where, "--clock", "2011-12-10T00:00:00Z"]
    ended = subprocess.run(command, cwd="/", env=os.environ, capture_output=True, text=True, check=False, timeout=400)
    assert ended.returncode == 0, ended.stderr


def truth(name: str, *keys: str) -> Figures:
    with gzip.open(SHOP / "truth" / f"{name}.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    measures = [m for m in MEASURES if m in rows[0]]
    return {tuple(r[k] for k in keys): {MEASURES[m]: Decimal(r[m]) for m in measures} for r in rows}


def gold(warehouse: Path, table: str, *keys: str) -> Figures:
    """Gold summed over all columns but the keys, then rounded to cents."""
    sums: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row in arrow(f"gold.{table}", warehouse).to_pylist():
        for measure in MEASURES.values():
            if measure in row:
                sums[tuple(str(row[k]) for k in keys)][measure] += row[measure]
    return {key: {m: _cents(v) for m, v in found.items()} for key, found in sums.items()}


def _cents(value: Any) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def wrong(found: Figures, wanted: Figures, leave_out: Iterable[str] = ()) -> list[object]:
    """The keys that only one side has, and the figures that differ."""
    differing = [
        (key, m, found[key][m], v)
        for key in found.keys() & wanted.keys()
        for m, v in wanted[key].items()
        if m not in leave_out and m in found[key] and found[key][m] != v
    ]
    return [*(found.keys() ^ wanted.keys()), *differing]


def reasons_by_line(warehouse: Path) -> dict[tuple[str, int], set[str]]:
    places = {
        r["row_id"]: (f"landing/{r['path']}", r["line"])
        for r in arrow("bronze.deliveries", warehouse).select(["row_id", "path", "line"]).to_pylist()
    }
    rows = arrow("silver.quarantine", warehouse).select(["row_id", "reasons"]).to_pylist()
    return {places[row["row_id"]]: set(row["reasons"]) for row in rows}


def owed() -> dict[tuple[str, int], set[str]]:
    with gzip.open(SHOP / "faults.jsonl.gz") as lines:
        faults: list[Mapping[str, Any]] = [json.loads(line) for line in lines]
    return {(f["file"], f["line"]): OWED[f["kind"]] for f in faults if f["kind"] in OWED}


def heads(warehouse: Path) -> dict[str, int]:
    return {str(log.relative_to(warehouse)): len(list(log.glob("*.json"))) for log in warehouse.rglob("_delta_log")}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole year in one run of the command that the documentation names."""
    root = tmp_path_factory.mktemp("real") / "warehouse"
    run(root)
    return root


def test_every_day_of_the_year_is_right_to_the_cent(warehouse: Path) -> None:
    wanted = truth("daily_sales", "business_day")
    assert len(wanted) == 305
    assert wrong(gold(warehouse, "sales_daily", "business_date"), wanted) == []


def test_every_country_on_every_day_is_right_to_the_cent(warehouse: Path) -> None:
    wanted = truth("daily_sales_by_country", "business_day", "country")
    assert len(wanted) == 1_716
    assert wrong(gold(warehouse, "sales_by_country", "business_date", "country"), wanted) == []


def test_every_product_over_the_year_is_right_to_the_cent(warehouse: Path) -> None:
    wanted = truth("product_performance", "sku")
    assert len(wanted) == 3_956
    assert wrong(gold(warehouse, "sales_by_product", "product_id"), wanted) == []


def test_what_came_in_is_what_was_judged(warehouse: Path) -> None:
    found = Counter(arrow("silver.deliveries", warehouse)["verdict"].to_pylist())
    assert found == {"accepted": 27_310 - 1_244 - 1_249, "quarantined": 1_244, "duplicate": 1_249}
    assert arrow("bronze.deliveries", warehouse).num_rows == 27_310


def test_every_line_that_is_set_aside_owes_it_and_for_one_of_these_reasons(warehouse: Path) -> None:
    found, wanted = reasons_by_line(warehouse), owed()
    assert found.keys() == wanted.keys()
    assert [line for line, reasons in found.items() if not reasons & wanted[line]] == []


def test_a_second_run_commits_nothing(warehouse: Path) -> None:
    before = heads(warehouse)
    run(warehouse)
    assert heads(warehouse) == before


@pytest.mark.slow
def test_ten_runs_over_files_in_random_order_give_the_same_gold(warehouse: Path, tmp_path: Path) -> None:
    files = sorted((SHOP / "landing").rglob("*.gz"))
    Random(10).shuffle(files)
    for part in range(10):
        for file in files[part::10]:
            target = tmp_path / "landing" / file.relative_to(SHOP / "landing")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
        run(tmp_path / "warehouse", tmp_path / "landing")
    for table in TABLES:
        one, ten = (arrow(f"gold.{table}", root).to_pylist() for root in (warehouse, tmp_path / "warehouse"))
        assert Counter(map(repr, one)) == Counter(map(repr, ten)), table
    assert len(reasons_by_line(tmp_path / "warehouse")) == 1_244
