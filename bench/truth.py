"""Whether a warehouse holds what must come out, cell by cell and to the last digit."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from krn.reading import arrow

#: Where each table of the truth is found, and how many of its columns are the key.
TABLES = {
    "sales_daily": ("gold.sales_daily", 3),
    "sales_by_country": ("gold.sales_by_country", 3),
    "sales_by_product": ("gold.sales_by_product", 3),
    "payment_mix": ("gold.payment_mix", 3),
    "orders": ("silver.orders", 1),
}
#: What the shop vouches for but the baseline does not build.
LEFT_OUT = {"new_customers", "returning_customers", "n_shipments", "n_delivered"}

Rows = dict[tuple[str, ...], dict[str, str]]


def differences(warehouse: Path, truth: Mapping[str, list[dict[str, str]]]) -> list[str]:
    """Every cell that is not as it must be, and every row too many or too few; empty = all agree."""
    return [line for name, rows in truth.items() if name in TABLES for line in _differences(warehouse, name, rows)]


def _differences(warehouse: Path, name: str, truth: list[dict[str, str]]) -> list[str]:
    table, n_keys = TABLES[name]
    columns = [column for column in truth[0] if column not in LEFT_OUT]
    want = {tuple(row[c] for c in columns[:n_keys]): row for row in truth}
    have = {tuple(row[c] for c in columns[:n_keys]): row for row in _rows(warehouse, table, columns)}
    found = [f"{table} {' '.join(key)}: missing" for key in want.keys() - have.keys()]
    found += [f"{table} {' '.join(key)}: not in the truth" for key in have.keys() - want.keys()]
    return found + [line for key in want.keys() & have.keys() for line in _cells(table, key, want[key], have[key])]


def _cells(table: str, key: tuple[str, ...], want: dict[str, str], have: dict[str, str]) -> list[str]:
    return [f"{table} {' '.join(key)}: {c} is {have[c]}, must be {want[c]}" for c in have if want[c] != have[c]]


def _rows(warehouse: Path, table: str, columns: list[str]) -> list[dict[str, str]]:
    rows = arrow(table, warehouse).to_pylist()
    if table == "silver.orders":
        rows = [{**row, "over_returned": "over_returned" in row["flags"]} for row in rows if row["is_complete"]]
    return [{c: _text(row[c]) for c in columns} for row in rows]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:.4f}"
    return str(value)
