"""Counts from the sources to gold, and sums that say so when they differ."""

from decimal import Decimal
from pathlib import Path

from krn.report.flow import flow


def test_every_delivery_is_counted_once_by_source_and_once_by_verdict(small):
    found = flow(small.write())
    assert found.sources == {"shop": 6}
    assert found.verdicts == {"accepted": 3, "duplicate": 1, "quarantined": 2}
    assert (found.bronze, found.judged, found.waiting) == (6, 6, 0)


def test_sums_of_a_sound_warehouse_agree(small):
    found = flow(small.write())
    assert [s.says for s in found.sums if not s.agrees or s.is_behind] == []
    assert len(found.agreeing) == 7


def test_a_delivery_of_a_later_batch_waits_and_is_no_difference(small):
    small.rows["bronze.deliveries"].append({"row_id": 9, "batch": 2, "source": "shop", "source_kind": "sqs"})
    found = flow(small.write())
    assert (found.waiting, found.wrong) == (1, ())


def test_a_bronze_row_without_a_verdict_is_a_difference(small):
    small.rows["silver.deliveries"].pop()
    (wrong,) = flow(small.write()).wrong
    assert wrong.differences == {"deliveries": (6, 5)}


def test_a_row_without_a_known_verdict_is_a_difference(small):
    small.rows["silver.deliveries"][5]["verdict"] = "lost"
    (wrong,) = flow(small.write()).wrong
    assert wrong.says == "rows with a verdict = accepted + duplicate + quarantined"


def test_a_cent_that_gold_lacks_is_a_difference_of_its_currency(small):
    small.rows["gold.sales_by_country"][0]["net_sales"] = Decimal("14.99")
    (wrong,) = flow(small.write()).wrong
    assert wrong.differences == {"EUR": (Decimal("15.0000"), Decimal("14.9900"))}


def test_an_order_that_silver_lost_is_a_difference(small):
    small.rows["silver.orders"].pop()
    assert {s.says for s in flow(small.write()).wrong} == {
        "orders among the accepted events = orders in silver",
        "orders in silver = orders in gold, by currency",
    }


def test_a_file_whose_rows_are_not_in_bronze_is_a_difference(small):
    root = small.write()
    _ledger(root, rows=5)
    (wrong,) = flow(root).wrong
    assert wrong.differences == {"folder": (5, 0)}


def test_files_are_not_compared_while_a_plan_is_open(small):
    root = small.write()
    _ledger(root, rows=5)
    (root / "ops" / "plans").mkdir()
    (root / "ops" / "plans" / "folder.json").write_text("{}")
    found = flow(root)
    assert found.wrong == ()
    assert [s.says for s in found.sums if s.is_behind] == ["rows loaded from files = rows from files in bronze"]


def test_gold_that_is_behind_silver_is_not_compared_with_it(small):
    small.through["gold.sales_daily"] = -1
    small.rows["gold.sales_daily"].clear()
    found = flow(small.write())
    assert found.wrong == ()
    assert sum(s.is_behind for s in found.sums) == 2


def test_an_empty_warehouse_has_nothing_to_count(tmp_path: Path):
    found = flow(tmp_path)
    assert (found.bronze, found.judged, found.rows, found.sums) == (0, 0, {}, ())


def _ledger(root: Path, rows: int) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    (root / "ops" / "files").mkdir(parents=True)
    write_deltalake(str(root / "ops" / "files"), pa.table({"source": ["folder"], "status": ["loaded"], "rows": [rows]}))
