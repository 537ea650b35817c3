"""Sums that must agree on the way from the sources to gold, each counted in two places."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from krn import cursors
from krn.asking import ask, exists

Numbers = Mapping[str, Decimal | int]  # by currency, or by source, or under the name of what is counted


@dataclass(frozen=True)
class Pair:
    """A statement and the two queries, each giving (name, value), that must give the same."""

    says: str
    tables: tuple[str, ...]
    left: str
    right: str


@dataclass(frozen=True)
class Sum:
    """What a pair found; None where one table has not been built from what the other holds now."""

    says: str
    left: Numbers | None
    right: Numbers | None

    @property
    def is_behind(self) -> bool:
        return self.left is None or self.right is None

    @property
    def agrees(self) -> bool:
        """A name that one side lacks is nothing there."""
        return self.left is None or self.right is None or not self.differences

    @property
    def differences(self) -> dict[str, tuple[Decimal | int, Decimal | int]]:
        left, right = self.left or {}, self.right or {}
        pairs = {name: (left.get(name, 0), right.get(name, 0)) for name in sorted({*left, *right})}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


_LEDGER = "SELECT currency AS name, sum(gross - discount) AS value FROM silver_sales_entries GROUP BY currency"
_NET = "SELECT currency AS name, sum(net_sales) AS value FROM {} GROUP BY currency"

PAIRS = (
    Pair(
        "rows loaded from files = rows from files in bronze",
        ("ops.files", "bronze.deliveries"),
        "SELECT source AS name, sum(rows) AS value FROM ops_files WHERE status = 'loaded' GROUP BY source",
        "SELECT source AS name, count(*) AS value FROM bronze_deliveries WHERE source_kind = 'landing' GROUP BY source",
    ),
    Pair(
        "rows in bronze, as far as judged = rows with a verdict",
        ("silver.deliveries", "bronze.deliveries"),
        "SELECT 'deliveries' AS name, count(*) AS value FROM bronze_deliveries "
        "WHERE batch <= (SELECT max(batch) FROM silver_deliveries)",
        "SELECT 'deliveries' AS name, count(*) AS value FROM silver_deliveries",
    ),
    Pair(
        "rows with a verdict = accepted + duplicate + quarantined",
        ("silver.deliveries",),
        "SELECT 'deliveries' AS name, count(*) AS value FROM silver_deliveries",
        "SELECT 'deliveries' AS name, count(*) AS value FROM silver_deliveries "
        "WHERE verdict IN ('accepted', 'duplicate', 'quarantined')",
    ),
    Pair(
        "orders among the accepted events = orders in silver",
        ("silver.deliveries", "silver.orders"),
        "SELECT 'orders' AS name, count(DISTINCT order_id) AS value FROM silver_deliveries "
        "WHERE accepted_type = 'order.created'",
        "SELECT 'orders' AS name, count(*) AS value FROM silver_orders WHERE is_complete",
    ),
    Pair(
        "orders in silver = orders in gold, by currency",
        ("silver.orders", "gold.sales_daily"),
        "SELECT currency AS name, count(*) AS value FROM silver_orders WHERE is_complete GROUP BY currency",
        "SELECT currency AS name, sum(orders) AS value FROM gold_sales_daily GROUP BY currency",
    ),
    Pair(
        "the sales ledger = net sales by day, by currency",
        ("silver.sales_entries", "gold.sales_daily"),
        _LEDGER,
        _NET.format("gold_sales_daily"),
    ),
    Pair(
        "the sales ledger = net sales by country, by currency",
        ("silver.sales_entries", "gold.sales_by_country"),
        _LEDGER,
        _NET.format("gold_sales_by_country"),
    ),
    Pair(
        "the sales ledger = net sales by product, by currency",
        ("silver.sales_entries", "gold.sales_by_product"),
        _LEDGER,
        _NET.format("gold_sales_by_product"),
    ),
    Pair(
        "money refunded in silver = refunds paid in gold, by currency",
        ("silver.refunds", "gold.sales_daily"),
        "SELECT currency AS name, sum(amount) AS value FROM silver_refunds GROUP BY currency",
        "SELECT currency AS name, sum(refunds_paid) AS value FROM gold_sales_daily GROUP BY currency",
    ),
    Pair(
        "payments received in silver = payments in gold, by currency",
        ("silver.payments", "gold.payment_mix"),
        "SELECT currency AS name, count(*) AS value FROM silver_payments WHERE status = 'received' GROUP BY currency",
        "SELECT currency AS name, sum(payments) AS value FROM gold_payment_mix GROUP BY currency",
    ),
)


def sums(root: Path) -> tuple[Sum, ...]:
    """Every pair whose tables exist."""
    return tuple(_sum(root, pair) for pair in PAIRS if all(exists(root, table) for table in pair.tables))


def _sum(root: Path, pair: Pair) -> Sum:
    versions = _level(root, pair.tables)
    if versions is None:
        return Sum(pair.says, None, None)
    query = f"SELECT 0 AS side, * FROM ({pair.left}) UNION ALL SELECT 1 AS side, * FROM ({pair.right})"  # noqa: S608  ours
    rows = ask(root, query, *pair.tables, at=versions).to_pylist()
    left, right = ({row["name"]: row["value"] for row in rows if row["side"] == side} for side in (0, 1))
    return Sum(pair.says, left, right)


def _level(root: Path, tables: tuple[str, ...]) -> dict[str, int] | None:
    """The versions of built tables that reflect the same events, or None while there are none.

    Tables that ingest writes need no pin: bronze only grows, and is opened after silver. Between its commit and the
    mark in ops.files there is a plan.
    """
    if "ops.files" in tables:
        return None if any((root / "ops" / "plans").glob("[!.]*.json")) else {}
    built = {table: cursors.load(root, table) for table in tables if not table.startswith("bronze.")}
    found = {table: cursor for table, cursor in built.items() if cursor is not None}
    if len(found) < len(built) or len({cursor.through for cursor in found.values()}) > 1:
        return None
    return {table: cursor.version for table, cursor in found.items()}
