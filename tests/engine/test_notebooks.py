"""The notebooks run from top to bottom on a small warehouse, without Spark, and keep no outputs."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from nbclient import NotebookClient
from pyspark.sql.pandas.types import to_arrow_schema

from krn.tables.every import TABLES

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SCHEMAS = {table.name: to_arrow_schema(table.schema) for table in TABLES}
PICTURES = 4  # of the notebook sales, for each currency


def sold(day: int, currency: str, net: int, **keys: str) -> dict[str, Any]:
    amounts = {
        "gross_sales": Decimal(net + 2),
        "discounts": Decimal(1),
        "returns": Decimal(1),
        "net_sales": Decimal(net),
    }
    return {
        "business_date": date(2026, 1, 1) + timedelta(day),
        "currency": currency,
        "orders": 1,
        "units": 1,
        **amounts,
        **keys,
    }


def warehouse(root: Path, currencies: Iterable[str], days: int) -> Path:
    keys: Mapping[str, Mapping[str, str]] = {
        "gold.sales_daily": {"channel": "web"},
        "gold.sales_by_product": {"product_id": "lamp $5 $6"},
        "gold.sales_by_country": {"country": "Île $1 $2"},
    }
    for table, key in keys.items():
        rows = [sold(day, currency, 10 * day - 5, **key) for currency in currencies for day in range(0, days, 2)]
        _write(root, table, rows)
    return root


def _write(root: Path, table: str, rows: list[dict[str, Any]]) -> None:
    path, schema = root.joinpath(*table.split(".")), SCHEMAS[table]
    path.mkdir(parents=True)
    fitting = [{name: row.get(name) for name in schema.names} for row in rows]
    write_deltalake(str(path), pa.Table.from_pylist(fitting, schema))


def outputs(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the cells put out; the kernel listens on loopback only."""
    monkeypatch.setenv("KRN_WAREHOUSE", str(root))
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    NotebookClient(notebook, kernel_name="python3", timeout=120, resources={"metadata": {"path": str(root)}}).execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def pictures(found: list[dict[str, Any]]) -> int:
    return sum("image/png" in output.get("data", {}) for output in found)


def test_sales_draws_every_picture_for_each_currency(tmp_path, monkeypatch):
    found = outputs("sales", warehouse(tmp_path, ["EUR", "US$"], days=40), monkeypatch)
    assert pictures(found) == len(found) == 2 * PICTURES


def test_sales_of_a_single_day_can_be_drawn(tmp_path, monkeypatch):
    found = outputs("sales", warehouse(tmp_path, ["EUR"], days=1), monkeypatch)
    assert pictures(found) == PICTURES - 1  # a loss: no product has net sales to share
    assert [output["text"] for output in found if "text" in output] == ["EUR: no product has net sales.\n"]


def test_sales_of_empty_tables_says_so(tmp_path, monkeypatch):
    (said,) = outputs("sales", warehouse(tmp_path, [], days=0), monkeypatch)
    assert said["text"] == "gold.sales_daily has no rows yet: there is nothing to draw.\n"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_keeps_no_outputs(path):
    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert [(cell["outputs"], cell["execution_count"]) for cell in cells] == [([], None)] * len(cells)
