"""Two versions of a table of gold: which rows of days that readers knew have changed, from what to what."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyspark.sql.pandas.types import to_arrow_schema

from krn.engine.candidate import CHANGES, Candidate
from krn.outcome import Restated
from krn.restating import LARGEST, MANY, is_by_day, restated
from krn.tables.every import TABLES
from krn.tables.gold.sales_by_country import TABLE

FIRST, SECOND = date(2026, 1, 1), date(2026, 1, 2)


def day(on: date, country: str, orders: int, net: str = "10") -> dict[str, Any]:
    return {"business_date": on, "country": country, "currency": "EUR", "orders": orders, "net_sales": Decimal(net)}


def compared(root: Path, before: list[dict[str, Any]], after: list[dict[str, Any]], *days: date, rows: int = 1) -> Any:
    path, schema = root / "gold" / "sales_by_country", to_arrow_schema(TABLE.schema)
    path.mkdir(parents=True)
    for version in (before, after):
        full = [dict.fromkeys(schema.names) | row for row in version]
        write_deltalake(str(path), pa.Table.from_pylist(full, schema), mode="overwrite")
    return restated(Candidate(TABLE, path, dict.fromkeys(CHANGES, 0) | {"same": rows}), root, 0, 1, days)


def test_a_row_of_a_known_day_is_told_with_what_its_measures_were_and_are(tmp_path):
    before, after = (
        [day(FIRST, "France", 1), day(FIRST, "Peru", 1)],
        [day(FIRST, "France", 2, "30"), day(FIRST, "Peru", 1)],
    )
    measures = {"orders": (1, 2), "net_sales": (Decimal("10.0000"), Decimal("30.0000"))}
    expected = Restated(FIRST, {"country": "France", "currency": "EUR"}, measures)
    assert compared(tmp_path, before, after) == (1, (expected,))


def test_a_new_day_restates_nothing(tmp_path):
    assert compared(tmp_path, [day(FIRST, "Peru", 1)], [day(FIRST, "Peru", 1), day(SECOND, "Peru", 1)]) == (0, ())


def test_a_row_that_comes_or_goes_restates_its_day(tmp_path):
    n, found = compared(tmp_path, [day(FIRST, "Peru", 1)], [day(FIRST, "Chad", 3)])
    assert (n, [(r.of["country"], r.measures["orders"]) for r in found]) == (
        2,
        [("Chad", (None, 3)), ("Peru", (1, None))],
    )


def test_only_the_days_of_the_scope_are_compared(tmp_path):
    before, after = [day(FIRST, "Peru", 1), day(SECOND, "Peru", 1)], [day(FIRST, "Peru", 2), day(SECOND, "Peru", 2)]
    n, found = compared(tmp_path, before, after, SECOND)
    assert (n, [r.on for r in found]) == (1, [SECOND])


def test_of_many_rows_the_largest_changes_are_told_and_all_are_counted(tmp_path):
    days = [FIRST + timedelta(n) for n in range(LARGEST + 5)]
    n, found = compared(
        tmp_path, [day(on, "Peru", 0) for on in days], [day(on, "Peru", m) for m, on in enumerate(days)]
    )
    assert (n, [r.measures["orders"][1] for r in found]) == (LARGEST + 4, list(range(LARGEST + 4, 4, -1)))


def test_a_part_that_does_not_fit_into_memory_is_not_compared(tmp_path):
    assert compared(tmp_path, [day(FIRST, "Peru", 1)], [day(FIRST, "Peru", 2)], rows=MANY + 1) == (0, ())


@pytest.mark.parametrize(("before", "after"), [(None, 0), (0, None)], ids=["first build", "nothing published"])
def test_without_two_versions_nothing_is_compared(tmp_path, before, after):
    assert restated(Candidate(TABLE, tmp_path, dict.fromkeys(CHANGES, 0)), tmp_path, before, after, ()) == (0, ())


def test_tables_by_day_can_be_restated_but_not_those_of_a_person_s_card():
    assert {table.name for table in TABLES if is_by_day(table)} == {
        "gold.fraud_daily",
        "gold.order_cohort_daily",
        "gold.payment_mix",
        "gold.sales_by_country",
        "gold.sales_by_product",
        "gold.sales_daily",
        "gold.shipping_daily",
    }
