"""A whole simulation: deliveries and truth, in memory or as a folder."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path

from krn.simulate.deliver import Landing, ways
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


@dataclass(slots=True)
class Manifest:
    """What was written to a folder, counted."""

    shop: Shop
    by_file: int = 0
    by_queue: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)

    def count(self, delivery: Delivery, goes_by_file: bool) -> None:
        self.by_file += goes_by_file
        self.by_queue += not goes_by_file
        self.kinds[delivery.kind] += 1
        self.verdicts[delivery.verdict] += 1

    @property
    def deliveries(self) -> int:
        return self.by_file + self.by_queue


def simulate(
    shop: Shop, rates: Rates = USUAL_FAULTS, landing_share: float = 0.5, today: date | None = None
) -> Simulation:
    """`today` is the day as of which some tables are: the shop's last unless given."""
    feed = Feed(shop, rates)
    return _simulation(shop, list(ways(feed, landing_share, shop.seed)), feed.truth(today))


def write(
    outdir: Path,
    shop: Shop,
    rates: Rates = USUAL_FAULTS,
    landing_share: float = 0.5,
    parts: int = 1,
    today: date | None = None,
) -> Simulation:
    """Simulate, and write what `emit` does."""
    feed = Feed(shop, rates)
    sent = list(ways(feed, landing_share, shop.seed))
    _write(outdir, shop, sent, parts)
    simulation = _simulation(shop, sent, feed.truth(today))
    write_truth(outdir / "truth", simulation.truth)
    return simulation


def emit(outdir: Path, shop: Shop, rates: Rates = USUAL_FAULTS, landing_share: float = 0.5, parts: int = 1) -> Manifest:
    """Write landing/, legacy/ (flat bodies), queue.jsonl, truth/*.csv, faults.jsonl, manifest.json.

    Of the deliveries, a day's and those still on their way are in memory at most.
    """
    feed = Feed(shop, rates)
    manifest = _write(outdir, shop, ways(feed, landing_share, shop.seed), parts)
    write_truth(outdir / "truth", feed.truth())
    return manifest


def _simulation(shop: Shop, sent: Sequence[tuple[Delivery, bool]], truth: Truth) -> Simulation:
    by_file = tuple(delivery for delivery, goes_by_file in sent if goes_by_file)
    by_queue = tuple(delivery for delivery, goes_by_file in sent if not goes_by_file)
    return Simulation(shop, by_file, by_queue, truth)


def _write(outdir: Path, shop: Shop, sent: Iterable[tuple[Delivery, bool]], parts: int) -> Manifest:
    outdir.mkdir(parents=True, exist_ok=True)
    manifest, landing, legacy = Manifest(shop), Landing(outdir / "landing", parts), Landing(outdir / "legacy")
    with (outdir / "queue.jsonl").open("w") as queue, (outdir / "faults.jsonl").open("w") as faults:
        for delivery, goes_by_file in sent:
            manifest.count(delivery, goes_by_file)
            if goes_by_file:
                (legacy if delivery.is_flat else landing).add(delivery)
            else:
                queue.write(json.dumps(delivery.body.decode()) + "\n")
            if delivery.owes:
                faults.write(_fault(delivery) + "\n")
    landing.close()
    legacy.close()
    (outdir / "manifest.json").write_text(json.dumps(_told(manifest), indent=2) + "\n")
    return manifest


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


def _fault(delivery: Delivery) -> str:
    digest = hashlib.sha256(delivery.body).hexdigest()
    return json.dumps({"payload_sha256": digest, "kind": delivery.kind, "owes": sorted(delivery.owes)})


def _told(manifest: Manifest) -> dict[str, object]:
    return {
        "shop": {**asdict(manifest.shop), "start": str(manifest.shop.start)},
        "deliveries": manifest.deliveries,
        "by_file": manifest.by_file,
        "by_queue": manifest.by_queue,
        "kinds": dict(sorted(manifest.kinds.items())),
        "verdicts": dict(sorted(manifest.verdicts.items())),
    }
