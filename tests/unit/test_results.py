"""Results of gates as a table."""

from datetime import UTC, datetime, timedelta

from krn import journal
from krn.gate.result import Check, Result
from krn.journal import Record
from krn.outcome import Built
from krn.query import sql
from krn.reading import arrow

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
COUNTED = Check(
    *("a", "expect_x", "warning", False),
    description="it holds",
    unexpected_count=3,
    element_count=60,
    unexpected_percent=5.0,
    tolerated_percent=1.0,
)
OBSERVED = Check("b", "expect_y", "critical", True, observed=17)


def written(root) -> None:
    result = Result("silver.orders", "hash", 60, (COUNTED, OBSERVED))
    orders = Built("silver.orders", "published", result=result, ended_at=AT + timedelta(seconds=20))
    waits = Built("gold.sales_daily", "waits", "for silver.orders")
    journal.write(root, Record("r1", "run", AT, AT + timedelta(seconds=60), AT, 0, tables=(orders, waits)))


def test_a_row_is_an_expectation_of_a_table_in_a_run(tmp_path):
    written(tmp_path)
    counted, observed = arrow("ops.results", tmp_path).to_pandas().to_dict("records")
    assert counted == {
        "run": "r1",
        "at": AT + timedelta(seconds=20),
        "table": "silver.orders",
        "expectation": "a",
        "severity": "warning",
        "status": "warned",
        "success": False,
        "unexpected": 3,
        "rows": 60,
        "unexpected_percent": 5.0,
        "tolerated_percent": 1.0,
        "observed": None,
        "description": "it holds",
    }
    assert (observed["expectation"], observed["status"], observed["observed"]) == ("b", "passed", "17")


def test_results_can_be_asked_in_sql(tmp_path):
    written(tmp_path)
    query = 'SELECT "table", count(*) AS n FROM ops.results WHERE NOT success GROUP BY "table"'
    assert sql(query, tmp_path).to_pylist() == [{"table": "silver.orders", "n": 1}]


def test_a_warehouse_without_runs_has_no_results(tmp_path):
    assert arrow("ops.results", tmp_path).column_names[:2] == ["run", "at"]
    assert arrow("ops.results", tmp_path).num_rows == 0


def test_of_a_long_journal_the_newest_part_is_read(tmp_path, monkeypatch):
    written(tmp_path)
    later = AT + timedelta(hours=1)
    orders = Built("silver.orders", "published", result=Result("silver.orders", "hash", 60, (OBSERVED,)))
    journal.write(tmp_path, Record("r2", "run", later, later, later, 0, tables=(orders,)))
    assert set(arrow("ops.results", tmp_path)["run"].to_pylist()) == {"r1", "r2"}
    monkeypatch.setattr("krn.results.MOST", 1)
    assert set(arrow("ops.results", tmp_path)["run"].to_pylist()) == {"r2"}
