"""What happens to events on their way: copies, delays, broken twins. The good event always arrives, unharmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal

import orjson

from krn.simulate.broken import breaks
from krn.simulate.events import Event, rfc3339
from krn.simulate.facts import Stamp

Verdict = Literal["accepted", "duplicate", "quarantined"]


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of the good events that meet each fault."""

    late: float = 0.03
    reordered: float = 0.1
    duplicate: float = 0.05
    business_duplicate: float = 0.01
    broken: float = 0.05
    id_conflict: float = 0.005


ALTERED = {
    "order.shipped": "carrier",
    "shipment.tracked": "location",
    "order.delivered": "carrier",
    "customer.upserted": "city",
    "product.upserted": "title",
    "transaction.labelled": "reason",
}
USUAL_FAULTS = Rates()
NO_FAULTS = Rates(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One copy of an event as it is handed over.

    `owes` holds the reasons of which quarantine must give at least one; `stamp` is the good event's, on its own
    delivery only; `by_file` tells that a queue can't carry it, or would not keep it behind the copy it contradicts.
    """

    arrives_at: datetime
    kind: str
    group: str
    body: bytes
    owes: frozenset[str] = frozenset()
    stamp: Stamp | None = None
    by_file: bool = False
    is_flat: bool = False

    @property
    def verdict(self) -> Verdict:
        if self.owes:
            return "quarantined"
        return "duplicate" if self.kind == "duplicate" else "accepted"


def deliveries(event: Event, rng: Random, rates: Rates) -> list[Delivery]:
    """All copies of one event; the copy that contradicts it arrives right behind it."""
    is_contradicted = rng.random() < rates.id_conflict and not event.is_flat
    kind, delay = ("good", timedelta(0)) if event.is_flat else _delay(rng, rates)
    arrives_at = event.stamp.at + event.told_after + delay
    good = Delivery(arrives_at, kind, event.group, event.body, frozenset(), event.stamp, is_contradicted, event.is_flat)
    copies = list(_copies(event, good, rng, rates))
    return [good, *([_contradiction(event, good)] if is_contradicted else []), *copies]


def _delay(rng: Random, rates: Rates) -> tuple[str, timedelta]:
    draw = rng.random()
    if draw < rates.late:
        return "late", timedelta(seconds=rng.randint(6 * 3600, 7 * 86_400))
    if draw < rates.late + rates.reordered:
        return "reordered", timedelta(seconds=rng.randint(60, 7200))
    return "good", timedelta(0)


def _copies(event: Event, good: Delivery, rng: Random, rates: Rates) -> Iterator[Delivery]:
    if rng.random() < rates.duplicate:
        yield Delivery(_later(rng, good), "duplicate", event.group, event.body, is_flat=event.is_flat)
    if rng.random() < rates.broken:
        yield _broken(event, good, rng)
    if event.key and not event.is_flat and rng.random() < rates.business_duplicate:
        yield _business_duplicate(event, rng)


def _later(rng: Random, good: Delivery) -> datetime:
    """Flat bodies take their time from their file, so all copies of one are in the same file."""
    return good.arrives_at if good.is_flat else good.arrives_at + timedelta(seconds=rng.randint(0, 7200))


def _broken(event: Event, good: Delivery, rng: Random) -> Delivery:
    ways = breaks(event.type)
    kinds = list(ways)
    rng.shuffle(kinds)
    for kind in kinds:
        breaking, owes = ways[kind]
        body = breaking(rng, event)
        if body is not None:
            break
    assert body is not None  # truncation applies to every event
    at = event.stamp.at + event.told_after if rng.random() < 0.5 else _later(rng, good)
    return Delivery(at, kind, event.group, body, owes, by_file=kind == "not_utf8", is_flat=event.is_flat)


def _business_duplicate(event: Event, rng: Random) -> Delivery:
    """The same business key again: a new id, later or at the same instant, and half of the time other content.

    It may overtake the good event. At the same instant its id is the greater one, so that the good event counts.
    Where the time is part of the key, another instant would be another fact.
    """
    body = orjson.loads(event.body)
    delay = timedelta(seconds=0 if event.has_time_in_key else rng.choice((0, 30, 4000)))
    body["id"] = f"{event.stamp.event_id}-again"
    body["time"] = rfc3339(event.stamp.at + delay)
    if rng.random() < 0.5:
        _alter(event.type, body["data"])
    return Delivery(event.stamp.at + event.told_after + delay, "business_duplicate", event.group, orjson.dumps(body))


def _contradiction(event: Event, good: Delivery) -> Delivery:
    """The same id with other content, from a producer that reuses ids."""
    body = orjson.loads(event.body)
    _alter(event.type, body["data"])
    reason = frozenset({"id_conflict"})
    return Delivery(good.arrives_at, "id_conflict", event.group, orjson.dumps(body), reason, by_file=True)


def _alter(event_type: str, data: dict[str, Any]) -> None:
    """Another amount, quantity, carrier and so on, or another author: valid, and never what the shop meant."""
    if data.get("lines") and "order_total" in data:
        data["lines"][0]["quantity"] += 1
        data["order_total"] = "1.0001"
    elif "amount" in data:
        data["amount"] = "1.0001"
    else:
        data[ALTERED.get(event_type, "by")] = data["note"] = "someone else"
