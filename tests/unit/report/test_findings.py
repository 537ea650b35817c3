"""What does not fit together, by kind; nothing is said where nobody looks for it."""

import pyarrow as pa
from deltalake import write_deltalake

from krn.report.findings import Kind, findings


def test_findings_are_counted_by_kind(tmp_path):
    path = tmp_path / "silver" / "findings"
    path.mkdir(parents=True)
    kinds = ["gap", "delivered_before_shipped", "gap"]
    write_deltalake(str(path), pa.table({"finding_id": ["a", "b", "c"], "kind": kinds}))
    assert findings(tmp_path) == (Kind("gap", 2, 100), Kind("delivered_before_shipped", 1, 50))


def test_a_table_without_findings_is_told_from_no_table(tmp_path):
    assert findings(tmp_path) is None
    path = tmp_path / "silver" / "findings"
    path.mkdir(parents=True)
    write_deltalake(str(path), pa.table({"kind": pa.array([], pa.string())}))
    assert findings(tmp_path) == ()
