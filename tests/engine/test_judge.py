"""Judge over Delta: every delivery one verdict, whatever is in it, whenever its copies come, wherever a run dies."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from structlog.testing import capture_logs
from world import HOME, RECEIVED, a_run, order

from krn import suites
from krn.failpoints import arm, disarm
from krn.judge import judge
from krn.outcome import Built
from krn.sources.bronze import staged
from krn.sources.delivery import Delivery
from krn.store import Store
from krn.tables.bronze.deliveries import BATCH_ROWS
from krn.tables.bronze.deliveries import TABLE as BRONZE
from krn.tables.silver.deliveries import TABLE as SILVER

SAMPLES = [
    json.loads(line) for f in sorted((Path(__file__).parents[1] / "events").glob("*.jsonl")) for line in f.open()
]
SAMPLED = datetime(2026, 1, 1, tzinfo=UTC)  # when the samples were received
UNPUBLISHED = ("read_bronze", "parsed", "elected", "gate_run")
BROKEN = order("broken").replace(b'"order_total": "10"', b'"order_total": "ten"')
HOSTILE = {
    b"": "empty",
    b"\0": "not_json",
    b"\xff\xfe{}": "encoding",
    b"{" * 200_000: "too_deep",
    b'{"__class__": "os.system"}': "missing_field",
    order("caf\xe9").replace(b"\\u00e9", b"\xe9"): "encoding",
}
Verdict = tuple[int | None, str, tuple[str, ...], int | None]


class Crash(Exception):
    """The process died here."""


def crash() -> None:
    raise Crash


def hand_over(
    store: Store, *bodies: bytes, batch: int | None = None, first: int = 0, received: datetime = RECEIVED
) -> None:
    """Put the bodies into bronze as one commit, as ingest does."""
    number = store.max(BRONZE.name, "batch", 0) + 1 if batch is None else batch
    given = [Delivery(f"{number}:{n}", body, "") for n, body in enumerate([b""] * first + list(bodies))]
    rows = staged(given, "test", "sqs", number, received, "in").slice(first)
    store.append(BRONZE, store.spark.createDataFrame(rows, BRONZE.schema), {"run": "in", "token": f"{number} {first}"})


def judged(store: Store, run: str = "r") -> Built:
    return judge(store, a_run(run))[-1]


def verdicts(store: Store) -> list[Verdict]:
    """Batch and position as one short number (203 = batch 2, position 3), verdict, reasons, the row it repeats."""
    rows = store.read(SILVER.name).select("row_id", "verdict", "reasons", "duplicate_of").collect()
    return sorted(
        (_short(r.row_id), r.verdict, tuple(r.reasons), r.duplicate_of and _short(r.duplicate_of)) for r in rows
    )


def _short(row_id: int | None) -> int | None:
    return row_id and row_id // BATCH_ROWS * 100 + row_id % BATCH_ROWS


@pytest.fixture(scope="module")
def history(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[int | None, Verdict]:
    """Four runs: A again and again, B after a broken copy of it, C before one, E in two batches at once."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("history"))
    a, b, c, e = (order(name) for name in "ABCE")
    other_a, other_e = order("A", total=99), order("E", total=99)
    runs = (
        [[a, a, _broken(b)]],
        [[a, other_a, b, c]],
        [[_broken(c), other_a, c]],
        [[e, e], [e, other_e]],
    )
    for batches in runs:
        for bodies in batches:
            hand_over(store, *bodies)
        judged(store)
    return {row[0]: row for row in verdicts(store)}


def _broken(body: bytes) -> bytes:
    return body.replace(b'"GBP"', b'"pounds"')


def said(history: dict[int | None, Verdict], *rows: int) -> list[tuple[Any, ...]]:
    return [history[row][1:] for row in rows]


def test_a_copy_in_the_same_batch_is_a_duplicate_of_the_first(history: dict[int | None, Verdict]) -> None:
    assert said(history, 100, 101) == [("accepted", (), None), ("duplicate", (), 100)]


def test_a_copy_in_a_later_batch_is_a_duplicate_of_the_accepted_row(history: dict[int | None, Verdict]) -> None:
    assert said(history, 200) == [("duplicate", (), 100)]


def test_other_content_under_a_known_id_is_quarantined_each_time(history: dict[int | None, Verdict]) -> None:
    assert said(history, 201, 301) == [("quarantined", ("id_conflict",), 100)] * 2


def test_a_broken_copy_that_came_first_does_not_kill_the_good_event(history: dict[int | None, Verdict]) -> None:
    assert said(history, 102, 202) == [("quarantined", ("bad_currency",), None), ("accepted", (), None)]


def test_a_broken_copy_that_came_later_is_quarantined_for_itself(history: dict[int | None, Verdict]) -> None:
    assert said(history, 203, 300) == [("accepted", (), None), ("quarantined", ("bad_currency",), None)]
    assert said(history, 302) == [("duplicate", (), 203)]


def test_batches_that_are_judged_together_keep_their_order(history: dict[int | None, Verdict]) -> None:
    assert said(history, 400, 401, 500) == [("accepted", (), None), ("duplicate", (), 400), ("duplicate", (), 400)]
    assert said(history, 501) == [("quarantined", ("id_conflict",), 400)]


def test_as_many_verdicts_as_deliveries(history: dict[int | None, Verdict]) -> None:
    assert sorted(history) == [100, 101, 102, 200, 201, 202, 203, 300, 301, 302, 400, 401, 500, 501]


def test_whatever_is_delivered_gets_one_verdict_for_its_own_reasons(store: Store) -> None:
    hand_over(store, *(s["body"].encode() for s in SAMPLES), *HOSTILE, received=SAMPLED)
    judged(store)
    found = {row: (verdict, reasons) for row, verdict, reasons, _ in _by_position(store)}
    wanted = {n: s["verdict"] for n, s in enumerate(SAMPLES)}
    bad = {n: ("quarantined", tuple(reasons)) for n, reasons in wanted.items() if reasons != "accepted"}
    bad |= {len(SAMPLES) + n: ("quarantined", (reason,)) for n, reason in enumerate(HOSTILE.values())}
    assert {n: found[n] for n in bad} == bad
    good = {found[n][1] for n in found.keys() - bad.keys()}  # the samples share their ids
    assert good <= {(), ("id_conflict",)}
    assert sorted(found) == list(range(len(SAMPLES) + len(HOSTILE)))


def _by_position(store: Store) -> list[Verdict]:
    rows = store.read(SILVER.name).select("position", "verdict", "reasons").collect()
    return sorted((r.position, r.verdict, tuple(r.reasons), None) for r in rows)


@pytest.mark.parametrize("engine", ["off", "fused", "plain"])
def test_the_counts_of_a_run_are_those_of_its_rows(store: Store, engine: str) -> None:
    hand_over(store, order("A"), order("A"), BROKEN)
    gates = suites.suite_of(HOME) if engine != "off" else lambda table: None
    arrived, built = judge(store, replace(a_run("r1", suite_of=gates), engine=engine))
    assert (built.outcome, built.rows) == ("published", {"accepted": 1, "duplicate": 1, "quarantined": 1})
    assert store.metadata(SILVER.name, 0)["types"] == ["order.created"]
    assert (store.count(SILVER.name), store.head(SILVER.name)) == (3, 0)
    assert (arrived.table, arrived.jobs > 0) == (BRONZE.name, engine != "off")


def test_nothing_new_is_no_commit_and_no_job(store: Store) -> None:
    hand_over(store, order("A"))
    judged(store)
    again = judged(store, "again")
    assert (again.outcome, again.jobs, store.head(SILVER.name)) == ("unchanged", 0, 0)


def test_nothing_ingested_yet_is_nothing_to_judge(store: Store) -> None:
    assert judged(store).outcome == "unchanged"
    assert not store.exists(SILVER.name)


@pytest.mark.parametrize("pending", [(), (order("C"),)])
def test_deliveries_below_the_cursor_without_a_verdict_are_found_and_told(
    store: Store, pending: tuple[bytes, ...]
) -> None:
    hand_over(store, order("A"))
    hand_over(store, order("B"))
    judged(store)
    hand_over(store, order("late"), batch=1, first=7)
    if pending:
        hand_over(store, *pending)
    with capture_logs() as logs:
        judged(store, "healing")
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["verdicts_missing"]
    new = [(300, "accepted", (), None)] * len(pending)
    assert verdicts(store) == [(n, "accepted", (), None) for n in (100, 107, 200)] + new


#: At the others nothing is published yet; test_pipeline dies at every one.
@pytest.mark.parametrize(
    "point", [*(pytest.param(name, marks=pytest.mark.slow) for name in UNPUBLISHED), "silver_committed", "wm"]
)
def test_a_run_that_died_is_finished_by_the_next(store: Store, point: str) -> None:
    hand_over(store, order("A"), order("A"), BROKEN)
    arm(point, crash)
    with pytest.raises(Crash):
        judged(store)
    disarm()
    judged(store, "again")
    assert verdicts(store) == [
        (100, "accepted", (), None),
        (101, "duplicate", (), 100),
        (102, "quarantined", ("bad_number",), None),
    ]
    assert judged(store, "last").outcome == "unchanged"
    assert not (store.root / "_candidates" / SILVER.name).exists()
