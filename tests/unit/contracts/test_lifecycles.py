"""Lifecycles as data: they speak of states they have, and everyone who lists their kinds lists all of them."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from krn.contracts.lifecycles import LIFECYCLES, NEVER_CREATED, ON_ITS_WAY, ORDER, Lifecycle
from krn.contracts.shipping import STATUSES

SUITE = Path(__file__).parents[3] / "expectations" / "silver" / "findings.yml"


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.entity)
def test_a_contradiction_is_between_two_states_of_its_lifecycle(lifecycle: Lifecycle) -> None:
    named = {state for told in lifecycle.contradictions for state in (told.state, told.then)}
    assert named == set(lifecycle.states)


def test_what_a_carrier_can_not_say_after_delivery_is_what_it_may_say() -> None:
    assert set(STATUSES) - set(ON_ITS_WAY) == {"exception", "returned", "other"}


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.entity)
def test_the_suite_of_findings_knows_every_kind(lifecycle: Lifecycle) -> None:
    given = YAML(typ="safe").load(SUITE)["expectations"]
    (known,) = [set(e["kwargs"]["value_set"]) for e in given if e["meta"]["id"] == f"kinds-of-{lifecycle.entity}s"]
    kinds = {told.kind for told in lifecycle.contradictions}
    assert known == (kinds | {NEVER_CREATED} if lifecycle is ORDER else kinds)
