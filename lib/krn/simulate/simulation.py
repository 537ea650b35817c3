"""A whole simulation: deliveries and truth, in memory or as a folder."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path

from krn.simulate.deliver import land, split
from krn.simulate.faults import USUAL_FAULTS, Delivery, Rates
from krn.simulate.feed import Feed
from krn.simulate.gold import Row, Truth
from krn.simulate.shop import Shop


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was delivered (files and queue each in order of arrival), and what must come out."""

    shop: Shop
    by_file: tuple[Delivery, ...]
    by_queue: tuple[Delivery, ...]
    truth: Truth

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        return self.by_file + self.by_queue

    @property
    def verdicts(self) -> Counter[str]:
        return Counter(delivery.verdict for delivery in self.deliveries)

    @property
    def messages(self) -> list[tuple[str, str]]:
        """The queue's messages as (group, body): the events of one order share a group."""
        return [(delivery.group, delivery.body.decode()) for delivery in self.by_queue]


def simulate(
    shop: Shop, rates: Rates = USUAL_FAULTS, landing_share: float = 0.5, today: date | None = None
) -> Simulation:
    """`today` is the day as of which some tables are: the shop's last unless given."""
    feed = Feed(shop, rates)
    by_file, by_queue = split(feed, landing_share, shop.seed)
    return Simulation(shop, tuple(by_file), tuple(by_queue), feed.truth(today))


def write(
    outdir: Path,
    shop: Shop,
    rates: Rates = USUAL_FAULTS,
    landing_share: float = 0.5,
    parts: int = 1,
    today: date | None = None,
) -> Simulation:
    """Simulate, and write landing/, legacy/ (flat bodies), queue.jsonl, truth/*.csv, faults.jsonl, manifest.json."""
    simulation = simulate(shop, rates, landing_share, today)
    land(outdir / "landing", (delivery for delivery in simulation.by_file if not delivery.is_flat), parts)
    land(outdir / "legacy", (delivery for delivery in simulation.by_file if delivery.is_flat))
    _lines(outdir / "queue.jsonl", [json.dumps(body) for _, body in simulation.messages])
    _lines(outdir / "faults.jsonl", [_fault(delivery) for delivery in simulation.deliveries if delivery.owes])
    write_truth(outdir / "truth", simulation.truth)
    (outdir / "manifest.json").write_text(json.dumps(_manifest(simulation), indent=2) + "\n")
    return simulation


def write_truth(folder: Path, truth: Truth) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for table in fields(truth):
        _csv(folder / f"{table.name}.csv", getattr(truth, table.name))


def _csv(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in fields(rows[0])] if rows else [])
        writer.writerows([_text(value) for value in astuple(row)] for row in rows)


def _text(value: object) -> object:
    """Decimals without an exponent, truths as Spark writes them; nothing where there is no value."""
    match value:
        case Decimal():
            return f"{value:f}"
        case bool():
            return str(value).lower()
    return value


def _lines(path: Path, lines: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines))


def _fault(delivery: Delivery) -> str:
    digest = hashlib.sha256(delivery.body).hexdigest()
    return json.dumps({"payload_sha256": digest, "kind": delivery.kind, "owes": sorted(delivery.owes)})


def _manifest(simulation: Simulation) -> dict[str, object]:
    return {
        "shop": {**asdict(simulation.shop), "start": str(simulation.shop.start)},
        "deliveries": len(simulation.deliveries),
        "by_file": len(simulation.by_file),
        "by_queue": len(simulation.by_queue),
        "kinds": dict(sorted(Counter(delivery.kind for delivery in simulation.deliveries).items())),
        "verdicts": dict(sorted(simulation.verdicts.items())),
    }
