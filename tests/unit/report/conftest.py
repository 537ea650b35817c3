"""A small warehouse written without Spark: six deliveries, three orders, two days of sales in two currencies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyspark.sql.pandas.types import to_arrow_schema

from krn import cursors, journal
from krn.cursors import Cursor
from krn.gate.result import Check, Result
from krn.journal import Record
from krn.outcome import Built
from krn.sources.ingested import Batch, Ingested
from krn.tables.every import TABLES

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SCHEMAS = {table.name: to_arrow_schema(table.schema) for table in TABLES}


def verdict(row_id: int, verdict: str, **values: Any) -> dict[str, Any]:
    given = {
        "row_id": row_id,
        "batch": 1,
        "position": row_id,
        "source": "shop",
        "verdict": verdict,
        "received_at": AT,
        "reasons": [],
    }
    accepted = values.get("type") if verdict == "accepted" else None
    return {**given, "accepted_type": accepted, **values}


def order(order_id: str, currency: str) -> dict[str, Any]:
    return {"order_id": order_id, "currency": currency, "is_complete": True}


def entry(currency: str, gross: str) -> dict[str, Any]:
    return {"currency": currency, "gross": Decimal(gross), "discount": Decimal(0)}


def day(on: date, currency: str, orders: int, net: str, **keys: str) -> dict[str, Any]:
    amounts = dict.fromkeys(("discounts", "returns", "tax", "shipping", "refunds_paid"), Decimal(0))
    sold = dict.fromkeys(("gross_sales", "net_sales", "total_sales"), Decimal(net))
    return {"business_date": on, "currency": currency, "orders": orders, "units": orders * 2, **amounts, **sold, **keys}


@dataclass
class Small:
    """The rows of each table; a test changes some before it writes them."""

    root: Path
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    through: dict[str, int] = field(default_factory=dict)

    def write(self, tables: Iterable[str] = ()) -> Path:
        for name in tables or self.rows:
            write_table(self.root, name, self.rows[name])
            cursors.save(self.root, Cursor(name, 0, "id", self.through.get(name, 0), "", {}))
        return self.root


def write_table(root: Path, name: str, rows: list[dict[str, Any]]) -> None:
    path, schema = root.joinpath(*name.split(".")), SCHEMAS[name]
    path.mkdir(parents=True)
    write_deltalake(str(path), pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema))


@pytest.fixture
def small(tmp_path: Path) -> Small:
    first, second = date(2026, 11, 22), date(2026, 11, 23)
    arrived = [
        {"row_id": n, "batch": 1, "position": n, "source": "shop", "source_kind": "sqs", "received_at": AT}
        for n in range(6)
    ]
    judged = [
        verdict(0, "accepted", type="order.created", order_id="A"),
        verdict(1, "accepted", type="order.created", order_id="B"),
        verdict(2, "accepted", type="order.created", order_id="C"),
        verdict(3, "duplicate", type="order.created", order_id="A", duplicate_of=0),
        verdict(4, "quarantined", type="order.created", reasons=["missing_field", "bad_currency"]),
        verdict(5, "quarantined", reasons=["not_json"]),
    ]
    daily = [
        day(first, "EUR", 1, "10.5000", channel="web"),
        day(second, "EUR", 1, "4.5000", channel="web"),
        day(second, "USD", 1, "7", channel="web"),
    ]
    rows = {
        "bronze.deliveries": arrived,
        "silver.deliveries": judged,
        "silver.orders": [order("A", "EUR"), order("B", "EUR"), order("C", "USD")],
        "silver.sales_entries": [entry("EUR", "10.5"), entry("EUR", "4.5"), entry("USD", "7")],
        "gold.sales_daily": daily,
        "gold.sales_by_country": [
            day(second, "EUR", 2, "15", country="France"),
            day(second, "USD", 1, "7", country="Peru"),
        ],
        "gold.sales_by_product": [
            day(second, "EUR", 2, "15", product_id="lamp"),
            day(second, "USD", 1, "7", product_id="rug"),
        ],
    }
    return Small(tmp_path / "warehouse", {name: [_fitting(name, row) for row in found] for name, found in rows.items()})


def _fitting(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in row.items() if column in SCHEMAS[name].names}


@dataclass(frozen=True)
class Journal:
    """Runs that never ran: each a quarter of an hour after the one before it."""

    root: Path

    def add(self, *built: Built, job: str = "run", code: int = 0, error: str = "", n: int = 0) -> None:
        start = AT + timedelta(minutes=15 * n)
        took = Ingested("shop", "sqs", "r", "caught_up", (Batch(1, 6, 600, acked=6),))
        record = Record(f"run{n:04}", job, start, start + timedelta(seconds=83.4), start, code, error, (took,), built)
        journal.write(self.root, record)


def check(success: bool = True, severity: str = "critical", **found: Any) -> Check:
    return Check(
        "adds_up", "expect_x", severity, success, description="the lines add up", notes="or money is missing", **found
    )


def built(table: str, outcome: str = "published", why: str = "", *checks: Check) -> Built:
    result = Result(table, "hash", 6, checks) if checks else None
    return Built(table, outcome, why, 0, {"insert": 3, "update": 0, "delete": 0, "same": 0}, result, 1.25, 4)


@pytest.fixture
def runs(small: Small) -> Journal:
    return Journal(small.root)
