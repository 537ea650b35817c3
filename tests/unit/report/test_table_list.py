"""The list of tables: what each holds and how far it is built."""

from datetime import UTC, datetime
from pathlib import Path

from deltalake import CommitProperties, DeltaTable, write_deltalake

from krn import holds
from krn.listing import tables
from krn.tables.every import TABLES


def listed(root: Path, name: str) -> dict[str, object]:
    return next(row for row in tables(root).to_pylist() if row["table"] == name)


def test_every_table_is_listed_also_before_it_is_built(tmp_path):
    assert tables(tmp_path)["table"].to_pylist() == [table.name for table in TABLES]
    assert listed(tmp_path, "gold.sales_daily") == {
        "table": "gold.sales_daily",
        "stage": "gold",
        "doc": "Sales by business day, currency and channel: a cancellation or return counts on its own day.",
        "key": "business_date, currency, channel",
        "rows": None,
        "version": None,
        "through": None,
        "held": False,
        "published": None,
    }


def test_a_built_table_says_its_rows_its_version_and_how_far_it_is(small):
    small.through["gold.sales_daily"] = 7
    found = listed(small.write(), "gold.sales_daily")
    assert (found["rows"], found["version"], found["through"]) == (3, 0, 7)


def test_a_held_table_says_so(small):
    root = small.write()
    holds.put(root, "gold.sales_daily", {"run": "r", "why": "1 of 9", "status": "held"})
    assert [row["table"] for row in tables(root).to_pylist() if row["held"]] == ["gold.sales_daily"]


def test_published_is_the_last_commit_of_a_run_and_not_of_upkeep(small):
    root = small.write()
    path = str(root / "gold" / "sales_daily")
    rows = DeltaTable(path).to_pyarrow_table()
    write_deltalake(
        path, rows, mode="append", commit_properties=CommitProperties(custom_metadata={"userMetadata": '{"run": "r1"}'})
    )
    published = max(commit["timestamp"] for commit in DeltaTable(path).history())
    DeltaTable(path).optimize.compact()
    assert listed(root, "gold.sales_daily")["published"] == datetime.fromtimestamp(published / 1000, UTC)
