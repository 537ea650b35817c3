"""Which fixes may enter bronze; those that may not are named, and none is taken."""

from datetime import timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from set_aside import AT, delivered

from krn.errors import UsageError
from krn.quarantine.fix import staged, take
from krn.quarantine.fixes import Fix
from krn.sources.ingested import Ingested
from krn.store import Store


def no_spark() -> SparkSession:
    raise AssertionError("a session was started")


def taken(root: Path, *fixes: Fix) -> Ingested:
    return take(fixes, "fixes.jsonl", Store(no_spark, root), "r1", lambda: AT)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"verdict": "accepted", "reasons": []}, "no open row of quarantine in line 3"),
        ({"verdict": "duplicate", "reasons": []}, "no open row of quarantine in line 3"),
        ({"resolution": "fixed by row 9"}, "no open row of quarantine in line 3"),
        ({"resolution": "dropped by ann"}, "no open row of quarantine in line 3"),
        ({"source_kind": "fix"}, "the row is a fix itself in line 3"),
        ({"row_id": 8}, "no open row of quarantine in line 3"),
    ],
)
def test_only_an_open_row_that_came_from_a_source_can_be_fixed(tmp_path, row, says):
    root = delivered(tmp_path, {"row_id": 1}, {"row_id": 5, **row})
    with pytest.raises(UsageError, match=rf"fixes\.jsonl: {says}\. Nothing was taken"):
        taken(root, Fix(1, 1, b"{}"), Fix(3, 5, b"{}"))


def test_a_fix_that_bronze_has_is_not_taken_again_whatever_became_of_its_row(tmp_path):
    again = Fix(1, 5, b"{}")
    root = delivered(
        tmp_path,
        {"row_id": 5, "resolution": "fixed by row 9"},
        {"row_id": 9, "source_kind": "fix", "delivery_key": again.key, "verdict": "accepted", "reasons": []},
    )
    found = taken(root, again)
    assert (found.rows, found.batches, found.warnings) == (0, (), ("1 taken before",))


def test_an_empty_file_takes_nothing(tmp_path):
    assert taken(delivered(tmp_path, {"row_id": 5})).rows == 0


def test_before_the_first_verdict_there_is_nothing_to_fix(tmp_path):
    with pytest.raises(UsageError, match="Nothing has been judged"):
        taken(tmp_path, Fix(1, 5, b"{}"))


def test_a_fix_is_a_delivery_of_the_source_and_the_time_of_the_row_it_repairs():
    fixes = (Fix(2, 5, b'{"a": 1.10}'), Fix(4, 8, b"{}"))
    then = AT - timedelta(days=3)
    repaired = {5: {"source": "shop", "sent_at": then}, 8: {"source": "web", "sent_at": AT}}
    found = staged(fixes, "fixes.jsonl", repaired, 7, AT, "r1").to_pylist()
    assert found[0] == {
        "row_id": 7_000_000_000,
        "batch": 7,
        "position": 0,
        "source": "shop",
        "source_kind": "fix",
        "delivery_key": fixes[0].key,
        "path": "fixes.jsonl",
        "line": 2,
        "sent_at": then,
        "received_at": AT,
        "receive_count": None,
        "group_id": None,
        "sequence_number": None,
        "attributes": [("krn:repairs", "5")],
        "run_id": "r1",
        "payload_encoding": "utf8",
        "payload": '{"a": 1.10}',
    }
    assert [(r["row_id"], r["source"], r["attributes"]) for r in found[1:]] == [
        (7_000_000_001, "web", [("krn:repairs", "8")])
    ]
