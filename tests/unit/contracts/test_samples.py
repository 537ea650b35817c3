"""Every sample of tests/events gets the verdict written beside it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from krn.contracts import CONTRACTS
from krn.contracts.checked import Checked
from krn.contracts.reasons import Reason

EVENTS = Path(__file__).parents[2] / "events"
SAMPLES = [(f.stem, *json.loads(line).values()) for f in sorted(EVENTS.glob("*.jsonl")) for line in f.open()]


@pytest.mark.parametrize(("name", "expected", "body"), [pytest.param(*s[1:], id=f"{s[0]}: {s[1]}") for s in SAMPLES])
def test_a_sample_gets_its_verdict(
    name: str, expected: str | list[str], body: str, verdict: Callable[[bytes], Checked]
) -> None:
    checked = verdict(body.encode())
    assert ("accepted" if checked.ok else list(checked.reasons)) == expected


def test_every_contract_has_good_and_bad_samples() -> None:
    good = {kind for kind, _, expected, _ in SAMPLES if expected == "accepted"}
    bad = {kind for kind, _, expected, _ in SAMPLES if expected != "accepted"}
    assert {c.type for c in CONTRACTS} <= good & bad


def test_every_reason_that_text_can_owe_has_a_sample() -> None:
    owed = {word for _, _, expected, _ in SAMPLES if expected != "accepted" for word in expected}
    elsewhere = {Reason.TOO_DEEP, Reason.ID_CONFLICT}
    elsewhere |= {Reason.PAYLOAD_MISSING, Reason.PAYLOAD_TOO_LARGE, Reason.PAYLOAD_DIFFERS}
    assert owed == {reason.word for reason in Reason} - {reason.word for reason in elsewhere}
