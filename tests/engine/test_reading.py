"""Reading: the same rows with Spark and without, at any version, and SQL that sees nothing but the tables."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from starting import started
from world import DAILY, TOTALS, deliver, order, rows_of, step

import krn
from krn.errors import UsageError
from krn.maintain import maintain
from krn.query import sql
from krn.reading import arrow
from krn.store import Store

DELIVERIES = "silver.deliveries"


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Three runs: rows appended, changed under deletion vectors, days replaced; two bad and one repeated delivery."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("lake") / "warehouse")
    runs = (
        (order("a"), order("b", day=2), b"not json"),
        (order("b", 99, day=3, event_id="b2"), order("a"), order("a", 7)),
        (order("c", day=1),),
    )
    with pytest.MonkeyPatch.context() as many:
        many.setattr("krn.store.MANY", 0)  # as in a large table, MERGE marks rows
        for n, bodies in enumerate(runs):
            deliver(store, *bodies)
            step(store, f"r{n}", [TOTALS, DAILY])
    return store


def by_delta(store: Store, name: str, version: int | None = None) -> DataFrame:
    reader = store.spark.read.format("delta")
    return (reader if version is None else reader.option("versionAsOf", version)).load(str(store.path(name)))


def plain(rows: list[dict[str, Any]]) -> Counter[str]:
    """Rows as texts that don't depend on who read them."""
    return Counter(json.dumps({k: _plain(v) for k, v in row.items()}, sort_keys=True) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return (
        f"{value:f}" if isinstance(value, Decimal) else value if isinstance(value, (list, type(None))) else str(value)
    )


@pytest.mark.parametrize("name", [TOTALS.name, DAILY.name, DELIVERIES, "bronze.deliveries"])
def test_every_version_reads_as_deltas_own_reader_reads_it(lake: Store, name: str) -> None:
    for version in range((lake.head(name) or 0) + 1):
        ours, deltas = (frame.drop("attributes") for frame in (lake.read(name, version), by_delta(lake, name, version)))
        assert ours.columns == deltas.columns
        assert rows_of(ours) == rows_of(deltas)


def test_some_of_those_versions_have_deletion_vectors_and_some_have_none(lake: Store) -> None:
    assert {lake._has_plain_files(TOTALS.name, v) for v in range((lake.head(TOTALS.name) or 0) + 1)} == {True, False}


@pytest.mark.parametrize("name", [TOTALS.name, DAILY.name, DELIVERIES])
def test_changes_are_those_of_deltas_own_feed(lake: Store, name: str) -> None:
    head = lake.head(name) or 0
    feed = lake.spark.read.format("delta").option("readChangeFeed", "true").option("startingVersion", 1)
    wanted = feed.option("endingVersion", head).load(str(lake.path(name))).select(*lake.read(name).columns)
    assert rows_of(lake.changes(name, 0, head).distinct()) == rows_of(wanted.distinct())
    assert lake.changes(name, head, head).count() == 0


@pytest.mark.slow  # test_maintain compares the rows; unit/test_store has that compaction is no change
def test_files_that_upkeep_put_together_read_the_same_and_are_no_change(store: Store) -> None:
    for n, total in enumerate((10, 20, 30)):
        deliver(store, order("a", total, event_id=f"e{n}"), order(f"n{n}"))
        step(store, f"r{n}", [TOTALS])
    before, head = rows_of(by_delta(store, TOTALS.name)), store.head(TOTALS.name) or 0
    maintain(store, [TOTALS.name])
    after = store.head(TOTALS.name) or 0
    assert after > head
    assert rows_of(store.read(TOTALS.name)) == rows_of(by_delta(store, TOTALS.name)) == before
    assert store.changes(TOTALS.name, head, after).count() == 0


@pytest.fixture(scope="module")
def outside(lake: Store) -> Callable[[str], Any]:
    """What a Python without a Spark session gets to see."""

    def run(expression: str) -> Any:
        code = f"import json, krn; w = {str(lake.root)!r}; print(json.dumps({expression}, default=str))"
        return json.loads(
            subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        )

    return run


def test_reading_with_and_without_a_session_gives_the_same_rows(lake: Store, outside: Callable[[str], Any]) -> None:
    names = [TOTALS.name, DAILY.name, "silver.quarantine", "silver.duplicates", "silver.events"]
    without = outside(f"{{n: krn.read(n, warehouse=w).astype(str).values.tolist() for n in {names}}}")
    for name in names:
        rows = krn.read(name, warehouse=lake.root).toPandas().astype(str).values.tolist()
        assert Counter(map(_words, without[name])) == Counter(map(_words, rows)), name


def _words(row: list[str]) -> tuple[str, ...]:
    """Cells as text; an instant without an offset is UTC."""
    return tuple(cell.removesuffix("+00:00") for cell in row)


def test_money_is_decimal_and_instants_are_utc_without_a_session(lake: Store) -> None:
    found = arrow(TOTALS.name, lake.root).schema.field("total").type
    assert (found.precision, found.scale) == (18, 4)
    assert arrow(DELIVERIES, lake.root).schema.field("received_at").type.tz == "UTC"


def test_arrow_sees_the_rows_that_spark_sees(lake: Store) -> None:
    for name in (TOTALS.name, DAILY.name, DELIVERIES):
        spark_rows = [row.asDict() for row in by_delta(lake, name).collect()]
        assert plain(arrow(name, lake.root).to_pylist()) == plain(spark_rows), name


@pytest.mark.parametrize(
    ("view", "verdict", "n"),
    [("silver.events", "accepted", 4), ("silver.quarantine", "quarantined", 2), ("silver.duplicates", "duplicate", 1)],
)
def test_a_view_is_the_part_of_the_deliveries_that_it_names(lake: Store, view: str, verdict: str, n: int) -> None:
    with_spark = [row.verdict for row in krn.read(view, warehouse=lake.root).collect()]
    assert with_spark == arrow(view, lake.root)["verdict"].to_pylist() == [verdict] * n


def test_an_older_version_can_be_read_with_and_without_spark(lake: Store) -> None:
    first = krn.read(TOTALS.name, warehouse=lake.root, version=0).select("order_id", "total").collect()
    without = arrow(TOTALS.name, lake.root, 0).select(["order_id", "total"]).to_pylist()
    assert {r.order_id: r.total for r in first} == {r["order_id"]: r["total"] for r in without} == {"a": 10, "b": 10}


def test_a_table_that_is_not_there_names_those_that_are(lake: Store) -> None:
    for read in (lambda: krn.read("gold.nothing", warehouse=lake.root), lambda: arrow("gold.nothing", lake.root)):
        with pytest.raises(UsageError, match=r"There is no table gold\.nothing in .*gold\.daily.*silver\.quarantine"):
            read()


def test_sql_answers_over_tables_and_views_by_their_names(lake: Store) -> None:
    query = "SELECT d.day, d.total, (SELECT count(*) FROM silver.quarantine) AS bad FROM gold.daily d ORDER BY day"
    assert [(r["day"].day, r["total"], r["bad"]) for r in sql(query, lake.root).to_pylist()] == [(1, 20, 2), (3, 99, 2)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM glob('{folder}/*')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/x.db'",
        "EXPORT DATABASE '{folder}/x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET enable_external_access = true; SELECT * FROM read_text('{file}')",
    ],
)
def test_sql_sees_no_file_and_writes_none(lake: Store, tmp_path: Path, query: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="The query cannot be run"):
        sql(query.format(file=secret, folder=tmp_path), lake.root)
    assert list(tmp_path.iterdir()) == [secret]


@pytest.mark.parametrize(
    "query", ["DELETE FROM gold.daily", "DROP TABLE gold.daily", "INSERT INTO gold.daily SELECT * FROM gold.daily"]
)
def test_sql_cannot_change_a_table(lake: Store, query: str) -> None:
    with pytest.raises(UsageError, match="The query cannot be run"):
        sql(query, lake.root)


def test_a_question_on_the_command_line_starts_no_java_and_loads_no_gate(lake: Store) -> None:
    said, loaded = started("sql", "SELECT sum(total) FROM gold.daily", "--json", "--warehouse", str(lake.root))
    assert json.loads(said) == [{"sum(total)": "119.0000"}]
    assert loaded == {"duckdb", "deltalake", "pyspark"}


def test_a_wrong_question_names_what_is_wrong_with_it(lake: Store) -> None:
    with pytest.raises(UsageError, match=r"The query cannot be run: .*\"nothing\" not found"):
        sql("SELECT nothing FROM gold.daily", lake.root)
