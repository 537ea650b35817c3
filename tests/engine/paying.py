"""Card transactions as bodies: a few cards that pay for two months, some declined, some fraud, some told late."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from world import event

START = datetime(2025, 11, 20, tzinfo=UTC)


def initiated(name: str, at: datetime, **data: Any) -> bytes:
    told = {"transaction_id": name, "card_id": "k", "merchant_id": "m", "amount": "10", "currency": "EUR", **data}
    return event("transaction.initiated", f"i-{name}", at.isoformat(), told)


def declined(name: str, at: datetime, **data: Any) -> bytes:
    told = {"transaction_id": name, "amount": "10", "currency": "EUR", **data}
    return event("transaction.declined", f"d-{name}", at.isoformat(), told)


def approved(name: str, at: datetime, **data: Any) -> bytes:
    told = {"transaction_id": name, "amount": "10", "currency": "EUR", **data}
    return event("transaction.approved", f"a-{name}", at.isoformat(), told)


def labelled(name: str, at: datetime, label: str = "fraud") -> bytes:
    return event("transaction.labelled", f"l-{name}-{at}", at.isoformat(), {"transaction_id": name, "label": label})


def payments(seed: int, n: int, days: int = 60) -> Iterator[bytes]:
    """Hours apart on a few days, so that windows hold several of a card, a terminal and a device."""
    chance = random.Random(seed)
    for name in (f"T{i:03}" for i in range(n)):
        at = START + timedelta(days=chance.randrange(days), hours=chance.choice([0, 0, 1, 23]))
        yield initiated(
            name,
            at,
            card_id=f"card-{chance.randrange(5)}",
            terminal_id=chance.choice(["t1", "t2", None]),
            device_id=chance.choice(["d1", None]),
            amount=chance.choice(["9.99", "20", "300"]),
            currency=chance.choice(["EUR", "EUR", "GBP"]),
            lat=chance.choice([48.5, 52.25]),
            lon=2.25,
        )
        if chance.random() < 0.9:
            decided = chance.choice([approved, declined])
            yield decided(name, at + timedelta(seconds=chance.choice([1, 100_000])), card_id="card-0")
        if chance.random() < 0.3:
            yield labelled(name, at + timedelta(days=chance.choice([1, 7, 8])), chance.choice(["fraud", "genuine"]))
            yield labelled(name, at + timedelta(days=9), chance.choice(["fraud", "genuine"]))
