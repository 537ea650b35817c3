"""The demo: a simulated shop sends its events through a queue and files, and gold must equal the shop's own books."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from krn import asking
from krn.config import Config, validated
from krn.errors import UsageError
from krn.journal import Record
from krn.running import Asked, execute
from krn.simulate import Shop, Simulation, write
from krn.sources.embedded import Embedded, embedded
from krn.store import Store

#: The shop's own books by the table that must equal them, with the rows to compare.
BOOKS = {
    "gold.sales_daily": ("sales_daily", "true"),
    "gold.sales_by_country": ("sales_by_country", "true"),
    "gold.sales_by_product": ("sales_by_product", "true"),
    "gold.payment_mix": ("payment_mix", "true"),
    "gold.order_cohort_daily": ("order_cohort_daily", "true"),
    "gold.shipping_daily": ("shipping_daily", "true"),
    "gold.lane_performance": ("lane_performance", "true"),
    "gold.promise_kept": ("promise_kept", "true"),
    "gold.open_orders": ("open_orders", "true"),
    "gold.fraud_daily": ("fraud_daily", "true"),
    "silver.orders": ("orders", "is_complete"),
    "silver.findings": ("findings", "true"),
    "silver.sequence_gaps": ("sequence_gaps", "true"),
}
DERIVED = {"over_returned": "array_has(flags, 'over_returned') AS over_returned"}
CURRENCY = "GBP"  # of the flat bodies, which name none

Say = Callable[[str], None]


@dataclass(frozen=True)
class Compared:
    """Rows of a table against the shop's books; `wrong` counts those that only one side has."""

    table: str
    rows: int
    wrong: int


@dataclass(frozen=True)
class Shown:
    """What the demo did: the run, and how each table compares with the books."""

    record: Record
    compared: tuple[Compared, ...]

    @property
    def is_true(self) -> bool:
        return self.record.exit_code == 0 and not any(c.wrong for c in self.compared)


def demo(folder: Path, home: Path, shop: Shop, open_store: Callable[[Config], Store], say: Say) -> Shown:
    """Run everything in a fresh `folder`: simulate, send, ingest, judge, build, and compare gold with the truth."""
    _emptied(folder)
    say(f"1/4  A simulated shop works for {shop.days} days: {shop.orders} orders, with faults in what it sends")
    if shop.transactions:
        say(f"     The town around it pays by card: {shop.transactions} times, and thieves pay too")
    simulated = write(folder / "shop", shop)
    with embedded() as service:
        say(f"2/4  {len(simulated.by_queue)} events go to a queue on this machine, {len(simulated.by_file)} to files")
        config = _config(folder, shop, service, _send(service, simulated))
        say("3/4  Ingest, judge and build; Great Expectations gates every table")
        clock = datetime.combine(shop.start, datetime.min.time(), UTC) + timedelta(days=shop.days)
        record = execute(
            Asked("demo", ("ingest", "transform", "aggregate"), clock, key="demo"), config, home, open_store(config)
        )
    say("4/4  Is gold what the shop's own books say?")
    compared = tuple(_compared(config.warehouse, simulated)) if record.exit_code == 0 else ()
    return Shown(record, compared)


def _emptied(folder: Path) -> None:
    """Without the demo that was there, whose shop came first; whatever else is there is somebody's."""
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if not held <= {"shop", "warehouse"} or held == {"warehouse"} or folder.is_file():
        raise UsageError(f"{folder} holds what is no demo's, so it is not emptied.", "name a new folder")
    shutil.rmtree(folder, ignore_errors=True)


def _config(folder: Path, shop: Shop, service: Embedded, queue_url: str) -> Config:
    landing = [
        {"name": name, "kind": "landing", "path": folder / "shop" / name, "settle_s": 0}
        for name in ("landing", "legacy")
    ]
    queue = {"name": "queue", "kind": "sqs", "queue_url": queue_url, "endpoint_url": service.endpoint_url}
    there = [source for source in landing if Path(str(source["path"])).is_dir()]
    values = {
        "warehouse": folder / "warehouse",
        "timezone": shop.timezone,
        "currency": CURRENCY,
        "sources": [*there, queue],
    }
    return validated(values, "the demo")


def _send(service: Embedded, simulated: Simulation) -> str:
    """Put the bodies on a queue, ten at a time as SQS takes them; returns its URL."""
    url = service.queue("shop-events")
    bodies = [body for _, body in simulated.messages]
    for start in range(0, len(bodies), 10):
        entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies[start : start + 10])]
        service.client.send_message_batch(QueueUrl=url, Entries=entries)
    return url


def _compared(warehouse: Path, simulated: Simulation) -> Iterator[Compared]:
    for table, (book, condition) in BOOKS.items():
        truth = getattr(simulated.truth, book)
        columns = [f.name for f in fields(truth[0])] if truth else ["1"]
        ours = _rows(warehouse, table, columns, condition) if asking.exists(warehouse, table) else []
        yield Compared(table, len(ours), len(set(ours) ^ {astuple(row) for row in truth}))


def _rows(warehouse: Path, table: str, columns: Sequence[str], condition: str) -> list[tuple[Any, ...]]:
    selected = ", ".join(DERIVED.get(c, c) for c in columns)
    name = asking.sql_name(table)
    found = asking.ask(warehouse, f"SELECT {selected} FROM {name} WHERE {condition}", table)  # noqa: S608  names of ours
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))


def as_table(compared: Sequence[Compared]) -> pa.Table:
    """The comparison for people: table, rows, rows that differ."""
    return pa.table(
        {
            "table": [c.table for c in compared],
            "rows compared": [c.rows for c in compared],
            "rows that differ": [c.wrong for c in compared],
        }
    )
