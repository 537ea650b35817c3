"""What is measured when a run has ended: exact, over what is new, and without a word out of an event."""

from datetime import UTC, datetime, timedelta

from judgements import NOON, Came, Warehouse

from krn.journal import Record
from krn.metrics.measure import measure
from krn.metrics.sample import Sample, Seen, Series
from krn.outcome import Built

ALL = ("ingest", "transform", "aggregate")
Before = dict[Series, Seen]


def measured(
    warehouse: Warehouse,
    judged: int | None = None,
    steps: tuple[str, ...] = ALL,
    before: Before | None = None,
    minutes: float = 10,
) -> list[Sample]:
    """The samples of a run that ended so many minutes after noon, and gave verdicts in version `judged`."""
    tables = [] if judged is None else [Built("silver.deliveries", "published", version=judged, rows={"accepted": 1})]
    at = NOON + timedelta(minutes=minutes)
    record = Record("r", "run", NOON, at, NOON, 0, tables=tuple(tables))
    return measure(record, steps, warehouse.store, (), before or {})


def values(samples: list[Sample], name: str, *labels: str) -> dict[tuple[str, ...], float]:
    return {tuple(dict(s.labels)[x] for x in labels): s.value for s in samples if s.name == name}


def hops(samples: list[Sample], source: str = "shop") -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for (of, hop, _), value in values(samples, "latency_seconds", "source", "hop", "quantile").items():
        if of == source:
            found.setdefault(hop, []).append(value)
    return found


def seen(samples: list[Sample]) -> Before:
    return {sample.series: Seen(sample, NOON, "before") for sample in samples}


def test_the_percentiles_of_each_hop_are_exact(warehouse: Warehouse) -> None:
    version = warehouse.judged(*(Came(seconds) for seconds in range(101)), at=NOON + timedelta(minutes=4))
    warehouse.gold_reflects(version)
    assert hops(measured(warehouse, version)) == {
        "event_to_bronze": [50, 95, 99],
        "bronze_to_silver": [240, 240, 240],
        "silver_to_gold": [360, 360, 360],
        "event_to_gold": [650, 695, 699],
    }


def test_only_accepted_events_with_a_time_of_their_own_tell_how_long_events_take(warehouse: Warehouse) -> None:
    others = (Came(9, "duplicate"), Came(9, "quarantined"), Came(9, time_source="delivery"))
    found = measured(warehouse, warehouse.judged(Came(5), *others), steps=("transform",))
    assert hops(found)["event_to_bronze"] == [5, 5, 5]
    assert {s.n for s in found if ("hop", "event_to_bronze") in s.labels} == {1}
    assert {s.n for s in found if ("hop", "bronze_to_silver") in s.labels} == {2}


def test_sources_are_measured_apart(warehouse: Warehouse) -> None:
    version = warehouse.judged(Came(5), Came(7, source="till"))
    found = measured(warehouse, version, steps=("transform",))
    assert [hops(found, source)["event_to_bronze"][0] for source in ("shop", "till")] == [5, 7]


def test_gold_is_measured_by_the_run_that_reaches_it_over_all_that_it_did_not_reflect_before(
    warehouse: Warehouse,
) -> None:
    first = warehouse.judged(Came(1))
    warehouse.gold_reflects(first)
    before = seen(measured(warehouse, first))
    warehouse.judged(Came(10))
    last = warehouse.judged(Came(20))
    assert "event_to_gold" not in hops(measured(warehouse, last, before=before))  # gold was not built
    warehouse.gold_reflects(last)
    found = measured(warehouse, steps=("aggregate",), before=before, minutes=0)
    assert hops(found)["event_to_gold"][0] == 15  # between 10 and 20; the 1 was there before
    assert hops(measured(warehouse, steps=("aggregate",), before=seen(found))) == {}


def test_events_are_not_in_gold_before_its_last_table_reflects_them(warehouse: Warehouse) -> None:
    first = warehouse.judged(Came(1))
    warehouse.gold_reflects(first)
    before = seen(measured(warehouse, first))
    second = warehouse.judged(Came(10))
    warehouse.gold_reflects(second, but="gold.sales_daily", then=first)
    assert "event_to_gold" not in hops(measured(warehouse, second, before=before))


def test_commits_of_upkeep_and_readapted_events_bring_nothing_new(warehouse: Warehouse) -> None:
    first = warehouse.judged(Came(1))
    warehouse.gold_reflects(first)
    before = seen(measured(warehouse, first))
    warehouse.judged(Came(10), of=())
    warehouse.judged(Came(10), of=("types", "readapted"))
    last = warehouse.judged(Came(20))
    warehouse.gold_reflects(last)
    assert hops(measured(warehouse, steps=("aggregate",), before=before, minutes=0))["event_to_gold"][0] == 20


def test_a_file_that_maintenance_removed_is_left_out(warehouse: Warehouse) -> None:
    version = warehouse.judged(Came(1), Came(2, "duplicate"))
    for file in (warehouse.root / "silver").rglob("verdict=accepted/**/*.parquet"):
        file.unlink()
    assert values(measured(warehouse, version), "deliveries", "verdict") == {("duplicate",): 1}


def test_volume_and_shares_are_by_source_and_type(warehouse: Warehouse) -> None:
    came = [Came(1), Came(1), Came(1, "duplicate"), Came(1, "quarantined"), Came(1, "quarantined", source="till")]
    found = measured(warehouse, warehouse.judged(*came))
    assert values(found, "deliveries", "source", "type", "verdict") == {
        ("shop", "order.created", "accepted"): 2,
        ("shop", "order.created", "duplicate"): 1,
        ("shop", "order.created", "quarantined"): 1,
        ("till", "order.created", "quarantined"): 1,
    }
    assert values(found, "quarantine_share", "source") == {("shop",): 0.25, ("till",): 1}
    assert values(found, "duplicate_share", "source") == {("shop",): 0.25, ("till",): 0}
    assert {(dict(s.labels)["source"], s.n) for s in found if s.name.endswith("_share")} == {("shop", 4), ("till", 1)}


def test_a_type_that_no_contract_has_is_no_label(warehouse: Warehouse) -> None:
    came = [Came(1, "quarantined", type=name) for name in ("bob@example.org", "order.dreamt", "")]
    found = measured(warehouse, warehouse.judged(*came))
    assert values(found, "deliveries", "type") == {("other",): 3}


def test_the_newest_event_of_a_source_stays_the_newest(warehouse: Warehouse) -> None:
    name = "source_newest_event_timestamp_seconds"
    first = measured(warehouse, warehouse.judged(Came(60), Came(5, "quarantined")))
    assert values(first, name, "source") == {("shop",): (NOON - timedelta(seconds=60)).timestamp()}
    late = measured(warehouse, warehouse.judged(Came(3600), Came(1, source="till")), before=seen(first))
    assert values(late, name, "source") == {
        ("shop",): (NOON - timedelta(seconds=60)).timestamp(),
        ("till",): (NOON - timedelta(seconds=1)).timestamp(),
    }


def test_a_run_that_judged_nothing_says_how_it_ended_and_no_more(warehouse: Warehouse) -> None:
    assert {s.name for s in measured(warehouse, steps=("transform",))} == {
        "run_failed",
        "run_duration_seconds",
        "step_finished_timestamp_seconds",
    }


def test_instants_are_of_the_wall_clock(warehouse: Warehouse) -> None:
    found = values(measured(warehouse), "step_finished_timestamp_seconds", "step")
    assert datetime.fromtimestamp(found["ingest",], UTC) == NOON + timedelta(minutes=10)


def test_a_commit_that_wrote_files_anew_brings_nothing_new(warehouse: Warehouse) -> None:
    version = warehouse.judged(Came(1))
    log = warehouse.root / "silver" / "deliveries" / "_delta_log" / f"{version:020}.json"
    log.write_text(log.read_text() + '\n{"remove": {"path": "old.parquet", "dataChange": true}}')
    assert values(measured(warehouse, version), "deliveries", "verdict") == {}


def test_a_commit_that_is_damaged_takes_away_what_it_would_tell_and_no_more(warehouse: Warehouse) -> None:
    version = warehouse.judged(Came(1))
    warehouse.gold_reflects(version)
    (log,) = (warehouse.root / "silver/deliveries/_delta_log").iterdir()
    log.write_text("{")
    found = {s.name for s in measured(warehouse, version)}
    assert {"run_failed", "table_held", "gold_through_version"} <= found
    assert not {"deliveries", "quarantine_share"} & found


def test_rows_that_are_damaged_take_away_what_they_would_tell_and_no_more(warehouse: Warehouse) -> None:
    version = warehouse.judged(Came(1))
    for file in (warehouse.root / "silver").rglob("*.parquet"):
        file.write_bytes(b"PAR1")
    assert "run_failed" in {s.name for s in measured(warehouse, version)}
