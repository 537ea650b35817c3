"""A table is made anew when what its rows are made by has changed, and only then."""

import gc
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from krn.engine import fingerprint as fingerprints
from krn.engine.fingerprint import fingerprint
from krn.tables.every import TABLES

ARGS = {name: None for table in TABLES for name in table.args}
PRINTS = {table.name: fingerprint(table, ARGS) for table in TABLES}


def made_anew_by(module: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The tables of which the fingerprint changes with the text of a module."""
    text = fingerprints._code
    monkeypatch.setattr(fingerprints, "_code", lambda name: text(name) + "#" if name == module else text(name))
    return {table.name for table in TABLES if fingerprint(table, ARGS) != PRINTS[table.name]}


def test_what_contradicts_a_life_makes_the_flags_of_orders_and_the_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert made_anew_by("krn.contracts.lifecycles", monkeypatch) == {"silver.orders", "silver.findings"}


def test_a_shared_module_makes_the_tables_that_import_it(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {"silver.customers", "silver.products"}
    assert made_anew_by("krn.tables.intervals", monkeypatch) == expected


def test_a_table_s_own_file_makes_no_other_table(monkeypatch: pytest.MonkeyPatch) -> None:
    assert made_anew_by("krn.tables.silver.findings", monkeypatch) == {"silver.findings"}


def test_words_of_a_contract_make_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert made_anew_by("krn.contracts.orders", monkeypatch) == set()


@pytest.fixture
def _threads_change_places_often() -> Iterator[None]:
    """Whenever rubbish is collected, also while Python is in C code: as it does to let go of a Java object."""

    def give_way(*_: object) -> None:
        time.sleep(0)

    often, soon = gc.get_threshold(), sys.getswitchinterval()
    gc.callbacks.append(give_way)
    gc.set_threshold(10)
    sys.setswitchinterval(1e-6)
    yield
    gc.callbacks.remove(give_way)
    gc.set_threshold(*often)
    sys.setswitchinterval(soon)


@pytest.mark.usefixtures("_threads_change_places_often")
def test_tables_that_are_built_side_by_side_have_the_same_fingerprints() -> None:
    with ThreadPoolExecutor(4) as threads:
        for _ in range(10):
            fingerprints._imports.cache_clear()
            found = list(threads.map(lambda table: fingerprint(table, ARGS), TABLES))
            assert found == list(PRINTS.values())
