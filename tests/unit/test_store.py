"""What the store reads from a table's log alone: commits read back, whole feeds, counts; no Spark is started."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, write_deltalake
from pyspark.sql import SparkSession

from krn.errors import LostCommit, Unreadable, UsageError
from krn.reading import arrow
from krn.store import Store, changed_files, hides_rows, properties
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, INSTANT, MONEY, TEXT


def no_spark() -> SparkSession:
    raise AssertionError("a session was started")


@pytest.fixture
def lake(tmp_path: Path) -> Store:
    return Store(no_spark, tmp_path)


def put(lake: Store, *batches: int, run: str = "r1", mode: str = "append", **told: Any) -> None:
    """One commit with one row for each batch, by run `run`."""
    rows = pa.table({"batch": pa.array(batches, pa.int64())})
    said = CommitProperties(custom_metadata={"userMetadata": json.dumps({"run": run, **told})})
    write_deltalake(lake.path("silver.x"), rows, mode=mode, commit_properties=said)


def log(lake: Store, version: int) -> Path:
    return lake.path("silver.x") / "_delta_log" / f"{version:020}.json"


def test_a_table_that_is_not_there_has_no_head_and_no_rows(lake: Store) -> None:
    assert (lake.head("silver.x"), lake.exists("silver.x")) == (None, False)
    assert (lake.count("silver.x"), lake.max("silver.x", "batch", -1)) == (0, -1)


def test_head_count_and_greatest_value_come_from_the_log(lake: Store) -> None:
    put(lake, 3, 7)
    put(lake, 5)
    assert (lake.head("silver.x"), lake.count("silver.x"), lake.max("silver.x", "batch", -1)) == (1, 3, 7)


def test_the_log_tells_which_files_may_hold_a_text_and_how_new_they_are(lake: Store) -> None:
    for batch, kinds in enumerate((["landing", "sqs"], ["fix", "sqs"], ["sqs"], [None]), 1):
        rows = {"batch": pa.array([batch] * len(kinds), pa.int64()), "kind": pa.array(kinds, pa.string())}
        write_deltalake(lake.path("silver.x"), pa.table(rows), mode="append")
        if batch == 1:
            assert not lake.may_hold("silver.x", "kind", "fix")
    assert lake.may_hold("silver.x", "kind", "fix", after=("batch", 1))
    assert lake.may_hold("silver.x", "kind", "fix", after=("batch", 3))  # its file tells no bounds
    assert not lake.may_hold("silver.x", "kind", "fix", after=("batch", 4))
    assert not lake.may_hold("silver.none", "kind", "fix")


def test_the_log_gets_the_bounds_of_what_is_looked_for_and_of_no_amount_or_person() -> None:
    table = Table(
        name="silver.parcels",
        doc="One row per parcel.",
        key=("parcel_id",),
        scope="lane",
        partition_by=("month",),
        columns=(
            Column("parcel_id", TEXT, "the parcel"),
            Column("lane", TEXT, "its way"),
            Column("batch", COUNT, "the batch that brought it"),
            Column("month", DAY, "in the names of its folders"),
            Column("due_on", DAY, "the promised day"),
            Column("sent_at", INSTANT, "when it left"),
            Column("born_on", DAY, "of its buyer", pii="P1"),
            Column("value", MONEY, "what it is worth"),
            Column("n_events", COUNT, "events"),
            Column("note", TEXT, "a word"),
        ),
    )
    sought = "`parcel_id`,`lane`,`batch`,`due_on`,`sent_at`"
    assert properties(table)["delta.dataSkippingStatsColumns"] == sought


def test_a_commit_is_found_under_commits_of_upkeep(lake: Store) -> None:
    put(lake, 1, run="r1")
    put(lake, 2, run="r2")
    DeltaTable(lake.path("silver.x")).optimize.compact()
    assert lake.read_back("silver.x", {"run": "r2"}) == 1


def test_a_commit_that_another_writer_replaced_is_lost(lake: Store) -> None:
    put(lake, 1, run="other")
    with pytest.raises(LostCommit, match="the commit of run mine is not in its log"):
        lake.read_back("silver.x", {"run": "mine"})


def test_a_commit_of_the_same_run_with_another_token_is_not_taken_for_it(lake: Store) -> None:
    put(lake, 1, run="mine", token="shop/1")
    with pytest.raises(LostCommit):
        lake.read_back("silver.x", {"run": "mine", "token": "shop/2"})


def test_a_commit_below_one_of_another_run_is_lost_even_if_it_was_there_once(lake: Store) -> None:
    put(lake, 1, run="mine")
    put(lake, 2, run="other")
    with pytest.raises(LostCommit):
        lake.read_back("silver.x", {"run": "mine"})


def test_a_commit_with_other_rows_than_were_written_is_lost(lake: Store) -> None:
    put(lake, 1, 2, run="mine")
    _counted(log(lake, 0), "2")
    assert lake.read_back("silver.x", {"run": "mine", "rows": 2}) == 0
    with pytest.raises(LostCommit, match="version 0 holds 2 rows, not 3"):
        lake.read_back("silver.x", {"run": "mine", "rows": 3})


def _counted(file: Path, rows: str) -> None:
    """Say in a commit how many rows it wrote, as Spark does."""
    actions = [json.loads(line) for line in file.read_text().splitlines()]
    for action in actions:
        if "commitInfo" in action:
            action["commitInfo"]["operationMetrics"] = {"numOutputRows": rows}
    file.write_text("".join(json.dumps(action) + "\n" for action in actions))


def test_a_feed_is_whole_while_all_its_commits_and_files_are_there(lake: Store) -> None:
    for batch in (1, 2, 3):
        put(lake, batch)
    assert lake.feed_is_whole("silver.x", 0, 2)


def test_a_feed_with_a_commit_that_is_gone_is_not_whole(lake: Store) -> None:
    for batch in (1, 2, 3):
        put(lake, batch)
    log(lake, 1).unlink()
    assert not lake.feed_is_whole("silver.x", 0, 2)
    assert lake.feed_is_whole("silver.x", 1, 2)


def test_a_feed_with_a_file_that_is_gone_is_not_whole(lake: Store) -> None:
    put(lake, 1)
    put(lake, 2)
    (added,) = changed_files(lake.commit("silver.x", 1))
    (lake.path("silver.x") / added).unlink()
    assert not lake.feed_is_whole("silver.x", 0, 1)
    assert lake.feed_is_whole("silver.x", 1, 1)


def test_files_that_compaction_put_together_are_no_change(lake: Store) -> None:
    for batch in (1, 2):
        put(lake, batch)
    DeltaTable(lake.path("silver.x")).optimize.compact()
    assert changed_files(lake.commit("silver.x", 2)) == []


def test_a_feed_across_another_type_of_a_column_is_not_whole(lake: Store) -> None:
    put(lake, 1)
    write_deltalake(lake.path("silver.x"), pa.table({"batch": ["one"]}), mode="overwrite", schema_mode="overwrite")
    assert not lake.feed_is_whole("silver.x", 0, 1)


def test_a_table_that_was_made_anew_has_another_id(lake: Store) -> None:
    put(lake, 1)
    before = lake.table_id("silver.x")
    put(lake, 2)
    assert lake.table_id("silver.x") == before
    lake.path("silver.x").rename(lake.path("silver.old"))
    put(lake, 1)
    assert lake.table_id("silver.x") != before


def test_a_damaged_commit_is_named(lake: Store) -> None:
    put(lake, 1)
    log(lake, 0).write_text("{")
    with pytest.raises(Unreadable, match=f"{log(lake, 0)} is damaged"):
        lake.commit("silver.x", 0)


def test_a_path_with_odd_characters_is_found_again() -> None:
    actions = [{"add": {"path": "day=2026-01-01%2010%3A00/a%25b.parquet", "dataChange": True}}]
    assert changed_files(actions) == ["day=2026-01-01 10:00/a%b.parquet"]


def test_change_data_stands_for_the_files_of_its_commit() -> None:
    actions = [
        {"add": {"path": "new.parquet", "dataChange": True}},
        {"remove": {"path": "old.parquet", "dataChange": True}},
        {"cdc": {"path": "_change_data/c.parquet"}},
    ]
    assert changed_files(actions) == ["_change_data/c.parquet"]
    assert changed_files(actions[:2]) == ["new.parquet", "old.parquet"]


def test_a_removed_file_with_a_deletion_vector_hides_rows_unless_change_data_tells_them() -> None:
    removed = {"path": "old.parquet", "dataChange": True}
    marked = {**removed, "deletionVector": {"cardinality": 1}}
    assert hides_rows([{"remove": marked}])
    assert not hides_rows([{"remove": removed}])
    assert not hides_rows([{"remove": {**marked, "dataChange": False}}])
    assert not hides_rows([{"remove": marked}, {"cdc": {"path": "c.parquet"}}])


@pytest.mark.parametrize("parts", ["\u2028", "\u2029", "\x85", "\x1c"])
def test_a_value_that_parts_lines_elsewhere_is_no_damage_to_the_log(lake: Store, parts: str) -> None:
    """Spark writes such a value as it is into the statistics of a commit."""
    put(lake, 1)
    action = {"add": {"path": "p", "stats": f'{{"maxValues":{{"order_id":"a{parts}b"}}}}'}}
    with log(lake, 0).open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps(action, ensure_ascii=False))
    assert lake.commit("silver.x", 0)[-1] == action


@pytest.mark.parametrize("version", [9, -1])
def test_a_version_that_is_not_there_is_named(lake: Store, version: int) -> None:
    put(lake, 1)
    with pytest.raises(UsageError, match=f"There is no version {version} of silver.x"):
        arrow("silver.x", lake.root, version)
