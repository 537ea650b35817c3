"""Whatever the shop sends is what the contracts say, unless it was broken on purpose."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest

from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.checked import Checked
from krn.contracts.contract import Delivered
from krn.contracts.known import compiled
from krn.simulate import Habits, Rates, Shop, simulate
from krn.simulate.broken import OF_CARDS
from krn.simulate.faults import Delivery

FAULTY = Rates(0.2, 0.2, 0.3, 0.3, 0.6, 0.2)
RECEIVED = Delivered(datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC), "orders", "GBP")


@pytest.fixture(scope="module")
def judged() -> list[tuple[Delivery, Checked]]:
    contracts = compiled(CONTRACTS)
    shop = Shop(seed=3, orders=400, days=20, habits=Habits(reversed=0.5), transactions=400)
    sent = simulate(shop, FAULTY).deliveries
    return [(delivery, check(delivery.body, RECEIVED, contracts)) for delivery in sent]


def test_every_event_that_is_not_broken_is_accepted(judged: list[tuple[Delivery, Checked]]) -> None:
    refused = [checked.reasons for delivery, checked in judged if delivery.kind not in OF_CARDS and not checked.ok]
    assert refused == []


def test_every_broken_event_is_refused_for_one_of_the_reasons_it_owes(judged: list[tuple[Delivery, Checked]]) -> None:
    wrong = [
        (delivery.kind, checked.reasons, delivery.body)
        for delivery, checked in judged
        if delivery.kind in OF_CARDS and not delivery.owes & set(checked.reasons)
    ]
    assert wrong == []


def test_every_event_type_is_sent_and_meets_every_kind_of_fault(judged: list[tuple[Delivery, Checked]]) -> None:
    kinds = defaultdict(set)
    for delivery, checked in judged:
        if checked.type:
            kinds[checked.type].add(delivery.kind)
    assert {contract.type for contract in CONTRACTS} <= set(kinds)
    for contract in CONTRACTS:
        faults = {"late", "reordered", "duplicate", "id_conflict", "missing", "unknown_version"}
        assert faults <= kinds[contract.type], contract.type
        assert "business_duplicate" in kinds[contract.type] or not contract.key
