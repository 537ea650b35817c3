"""A real shop's year with tallied faults: what is set aside is what its faults owe, and nothing else."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from owed import OWED

from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.contract import Delivered
from krn.contracts.known import compiled

SHOP = Path(__file__).parents[4] / "shared" / "data" / "online_retail"
Line = tuple[str, int]

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SHOP.exists(), reason="The shared data of the real shop is not beside the project."),
]


def faults() -> dict[Line, set[str]]:
    with gzip.open(SHOP / "faults.jsonl.gz") as lines:
        told = [json.loads(line) for line in lines]
    return {(f["file"], f["line"]): OWED[f["kind"]] for f in told if f["kind"] in OWED}


def deliveries() -> Iterator[tuple[Line, bytes]]:
    for path in sorted(SHOP.glob("landing/*/*.jsonl.gz")):
        with gzip.open(path) as lines:
            for number, line in enumerate(lines, 1):
                yield (str(path.relative_to(SHOP)), number), line


@pytest.fixture(scope="module")
def set_aside() -> dict[Line, set[str]]:
    contracts, delivered = compiled(CONTRACTS), Delivered(datetime.now(UTC))
    verdicts = {line: check(payload, delivered, contracts) for line, payload in deliveries()}
    assert len(verdicts) == 27_310
    return {line: set(checked.reasons) for line, checked in verdicts.items() if not checked.ok}


def test_1_244_deliveries_are_set_aside(set_aside: dict[Line, set[str]]) -> None:
    assert len(set_aside) == 1_244


def test_exactly_the_deliveries_that_owe_it_are_set_aside(set_aside: dict[Line, set[str]]) -> None:
    assert set_aside.keys() == faults().keys()


def test_each_is_set_aside_for_a_reason_its_fault_owes(set_aside: dict[Line, set[str]]) -> None:
    owed = faults()
    assert [line for line, reasons in set_aside.items() if not reasons & owed[line]] == []
