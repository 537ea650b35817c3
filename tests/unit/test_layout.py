"""Every table has its module, its suite and its tests under one name, and nothing else lies there."""

from pathlib import Path

import pytest

from krn.tables.every import TABLES, made_for, matched_by_none

HOME = Path(__file__).parents[2]
NAMES = {table.name for table in TABLES}
PLACES = {
    "lib/krn/tables": "*/[!_]*.py",
    "expectations": "*/*.*",
    "tests/tables": "*/test_*.py",
}


def named(path: Path) -> str:
    return f"{path.parent.name}.{path.stem.removeprefix('test_')}"


@pytest.mark.parametrize("place", PLACES)
def test_each_table_has_one_file_in_each_place_and_no_file_is_without_a_table(place: str) -> None:
    assert sorted(named(path) for path in HOME.joinpath(place).glob(PLACES[place])) == sorted(NAMES)


def test_a_module_declares_the_table_that_it_is_named_after() -> None:
    made = {table.name: table.transform.__module__ for table in TABLES if table.transform}
    assert made == {name: f"krn.tables.{name}" for name in made}


def test_suites_are_yml() -> None:
    assert {path.suffix for path in HOME.joinpath("expectations").rglob("*") if path.is_file()} == {".yml"}


def test_the_tables_of_a_pattern_come_with_all_that_they_are_made_from() -> None:
    found = [table.name for table in made_for(["gold.payment_*"])]
    assert found == ["silver.payments", "gold.payment_mix"]
    assert made_for([]) == TABLES
    assert matched_by_none(["gold.*", "gold.sails"]) == ["gold.sails"]
