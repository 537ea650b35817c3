"""The jobs under spark-submit as an operator runs them: the crontab as written, and exit codes."""

import os
import re
import shutil
import subprocess
from dataclasses import astuple, fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starting import QUICK

from krn import holds, journal
from krn.alerts import state
from krn.lock import hold
from krn.reading import arrow
from krn.simulate import Shop, Simulation, write

HOME = Path(__file__).parents[2]
CRONTAB = HOME / "conf" / "crontab.example"
SUBMIT = "bin/env spark-submit --properties-file conf/spark-defaults.conf jobs/{}.py --config $CONFIG"
SHOP = Shop(seed=11, orders=15, days=4, start=date(2024, 5, 1))
BOOKS = ("payment_mix",)  # what is built: every table is test_pipeline's


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, Simulation]:
    """A folder with a simulated shop's files and the configuration of the jobs that take them."""
    root = tmp_path / "shop"
    simulation = write(root, SHOP, landing_share=1.0)
    sources = "".join(
        f'[[sources]]\nname = "{name}"\nkind = "landing"\npath = "{root / name}"\nsettle_s = 0\n'
        for name in ("landing", "legacy")
    )
    tables = f"tables = {[f'gold.{book}' for book in BOOKS]}"
    config = f'warehouse = "{root / "warehouse"}"\ntimezone = "{SHOP.timezone}"\n{tables}\n{sources}'
    (root / "krn.toml").write_text(config)
    return root, simulation


def run(command: str, config: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A line as cron runs it: by sh, with the crontab's variables."""
    return subprocess.run(
        ["sh", "-c", command],
        cwd="/",
        env={**os.environ, **QUICK, **crontab()[0], "KRN": str(HOME), "CONFIG": str(config), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # spark-submit puts both on one
        text=True,
        check=False,
        timeout=240,
    )


def crontab() -> tuple[dict[str, str], list[str]]:
    """The variables and the commands of the example."""
    lines = [line for line in CRONTAB.read_text().splitlines() if line.strip() and not line.startswith("#")]
    variables = dict(line.split("=", 1) for line in lines if re.match(r"^[A-Z]+=", line))
    return variables, [line.split(None, 5)[5] for line in lines if not re.match(r"^[A-Z]+=", line)]


def submit(job: str, config: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return run(f"cd $KRN && {SUBMIT.format(job)}", config, **env)


def untrue(warehouse: Path, simulation: Simulation) -> list[str]:
    """The tables that are not what the shop's own books say."""
    return [book for book in BOOKS if _rows(warehouse, book, simulation) != _book(book, simulation)]


def _book(book: str, simulation: Simulation) -> list[tuple[Any, ...]]:
    return [astuple(row) for row in getattr(simulation.truth, book)]


def _rows(warehouse: Path, book: str, simulation: Simulation) -> list[tuple[Any, ...]]:
    columns = [f.name for f in fields(getattr(simulation.truth, book)[0])]
    rows = arrow(f"gold.{book}", warehouse).to_pylist()
    return sorted(tuple(row[c] for c in columns) for row in rows)


def cron(lines: list[str], root: Path, simulation: Simulation) -> list[tuple[str, int]]:
    """Run lines of the crontab as written; what the journal tells of them."""
    for line in lines:
        ended = run(line, root / "krn.toml")
        assert ended.returncode == 0, ended.stdout
    assert untrue(root / "warehouse", simulation) == []
    return [(r["job"], r["exit_code"]) for r in journal.runs(root / "warehouse")]


def stricter(folder: Path) -> str:
    """A home whose suite for payments nothing can pass."""
    shutil.copytree(HOME / "expectations", folder / "expectations")
    shutil.copytree(HOME / "conf", folder / "conf")
    path = folder / "expectations" / "silver" / "payments.yml"
    strict = "- {type: expect_table_row_count_to_equal, kwargs: {value: 7777}, severity: critical, "
    strict += "description: Nothing can pass., notes: It is here to hold the table., meta: {id: never}}"
    path.write_text(path.read_text().replace("expectations:\n", f"expectations:\n  {strict}\n", 1))
    return str(folder)


def test_what_landed_is_true_gold_after_the_first_lines_of_the_crontab(shop: tuple[Path, Simulation]) -> None:
    assert cron(crontab()[1][:2], *shop) == [("ingest", 0), ("transform", 0), ("aggregate", 0)]


@pytest.mark.slow  # three processes more; test_maintain has the upkeep, and the report is looked at in a browser
def test_the_crontab_as_written_ends_in_true_gold(shop: tuple[Path, Simulation]) -> None:
    """But the training, its last line: this shop takes no cards."""
    told = cron(crontab()[1][:-1], *shop)
    assert told == [("ingest", 0), ("transform", 0), ("aggregate", 0), ("maintain", 0)]
    assert (shop[0] / "warehouse" / "reports" / "report.html").stat().st_size > 10_000


@pytest.mark.slow  # four jobs more for an exit code: test_holds has the hold, the tests below how a code is passed on
def test_a_held_table_ends_its_job_with_3_and_is_told_until_it_is_mended(
    shop: tuple[Path, Simulation], tmp_path: Path
) -> None:
    root, _ = shop
    config, warehouse = root / "krn.toml", root / "warehouse"
    ingest, transform_and_aggregate, look, *_ = crontab()[1]
    assert run(ingest, config).returncode == 0

    held = submit("transform", config, KRN_HOME=stricter(tmp_path / "home"))
    assert held.returncode == 3, held.stdout
    assert "silver.payments held: 1 of" in held.stdout
    assert [h["table"] for h in holds.every(warehouse)] == ["silver.payments"]
    assert "never" in run(f"cd $KRN && bin/env krn hold list --warehouse {warehouse}", config).stdout
    assert "table_held" in run(look, config).stdout

    for line in (transform_and_aggregate, look):
        ended = run(line, config)
        assert ended.returncode == 0, ended.stdout
    assert holds.every(warehouse) == []
    assert state.load(warehouse).incidents == []


def test_the_crontab_has_a_line_for_every_job() -> None:
    jobs = {name for line in crontab()[1] for name in re.findall(r"jobs/(\w+)\.py", line)}
    assert jobs == {path.stem for path in (HOME / "jobs").glob("*.py")}


def test_a_wrong_key_ends_with_2_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "krn.toml").write_text('wearhouse = "x"\ntimezone = "Europe/Londn"\n')
    ended = submit("transform", tmp_path / "krn.toml")
    assert ended.returncode == 2
    assert "wearhouse: Extra inputs" in ended.stdout
    assert "timezone: Value error" in ended.stdout


def test_a_second_run_of_a_job_ends_with_75_and_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "krn.toml").write_text(f'warehouse = "{tmp_path / "warehouse"}"\n')
    with hold(tmp_path / "warehouse", "silver"):
        ended = submit("transform", tmp_path / "krn.toml")
    assert (ended.returncode, "Another run is working on silver" in ended.stdout) == (75, True)
    assert journal.runs(tmp_path / "warehouse") == []
