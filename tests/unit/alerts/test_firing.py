"""Which watches fire, for which group, and from when on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from krn.alerts.firing import Firing, firing
from krn.alerts.written import Watch
from krn.metrics.sample import Sample, Seen, Series, sample

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SAYS = {"severity": "warning", "says": "Look.", "then": "krn history", "runbook": "an-alert-came"}


def watch(metric: str = "quarantine_share", when: str = "> 0.1", **keys: Any) -> Watch:
    return Watch(name="watch", metric=metric, when=when, **{**SAYS, **keys})


def history(*runs: tuple[float, list[Sample]]) -> dict[Series, tuple[Seen, ...]]:
    """Runs by how many minutes ago they ended, oldest first."""
    found: dict[Series, tuple[Seen, ...]] = {}
    for minutes, samples in runs:
        for one in samples:
            seen = Seen(one, NOW - timedelta(minutes=minutes), f"{minutes}")
            found[one.series] = (*found.get(one.series, ()), seen)
    return found


def share(value: float, source: str = "shop", type_: str = "order.created", n: int = 100) -> Sample:
    return sample("quarantine_share", value, n, source=source, type=type_)


def fires(watch: Watch, *runs: tuple[float, list[Sample]]) -> list[Firing]:
    return firing([watch], history(*runs), NOW)


@pytest.mark.parametrize(
    ("when", "below", "equal", "above"),
    [
        ("> 0.5", False, False, True),
        (">= 0.5", False, True, True),
        ("< 0.5", True, False, False),
        ("<= 0.5", True, True, False),
        ("== 0.5", False, True, False),
        ("!= 0.5", True, False, True),
    ],
)
def test_each_comparison_means_what_it_says(when: str, below: bool, equal: bool, above: bool) -> None:
    assert [bool(fires(watch(when=when), (0, [share(value)]))) for value in (0.4, 0.5, 0.6)] == [below, equal, above]


def test_a_watch_without_groups_is_one_alert_of_all_series() -> None:
    (found,) = fires(watch(), (0, [share(0.2, "a"), share(0.3, "b"), share(0.0, "c")]))
    assert found == Firing("watch", (), {"a, order.created": 0.2, "b, order.created": 0.3})
    assert found.key == "watch"


def test_a_group_is_an_alert_of_its_own() -> None:
    series = [share(0.2, "a"), share(0.3, "b", "order.created"), share(0.4, "b", "order.shipped")]
    assert {one.key: len(one.found) for one in fires(watch(group_by=("source",)), (0, series))} == {
        "watch source=a": 1,
        "watch source=b": 2,
    }


def test_labels_choose_by_patterns() -> None:
    series = [share(0.2, name) for name in ("shop_a", "shop_b", "till", "door")]
    (found,) = fires(watch(labels={"source": ("shop_*", "door"), "type": "order.*"}), (0, series))
    assert [name.split(",")[0] for name in found.found] == ["door", "shop_a", "shop_b"]
    assert fires(watch(labels={"type": "payment.*"}), (0, series)) == []


def test_only_the_newest_run_with_the_series_counts() -> None:
    assert fires(watch(), (20, [share(0.9)]), (10, [share(0.0)])) == []
    assert fires(watch(), (20, [share(0.9)]), (10, [share(0.0, "other")]))


def test_it_must_hold_for_so_many_runs_in_a_row() -> None:
    three = watch(for_runs=3)
    assert fires(three, *((m, [share(0.9)]) for m in (20, 10))) == []
    assert fires(three, *((m, [share(0.9)]) for m in (30, 20, 10)))
    assert fires(three, (40, [share(0.9)]), (30, [share(0.0)]), (20, [share(0.9)]), (10, [share(0.9)])) == []


def test_it_must_hold_for_so_long() -> None:
    half_an_hour = watch(for_minutes=30)
    assert fires(half_an_hour, (29, [share(0.9)]), (10, [share(0.9)])) == []
    assert fires(half_an_hour, (30, [share(0.9)]), (10, [share(0.9)]))
    assert fires(half_an_hour, (30, [share(0.9)]), (20, [share(0.0)]), (10, [share(0.9)])) == []


def test_a_share_of_few_does_not_count() -> None:
    assert fires(watch(least=50), (0, [share(0.9, n=49)])) == []
    assert fires(watch(least=50), (0, [share(0.9, n=50)]))


def test_shares_of_few_are_put_together_until_they_are_enough() -> None:
    hourly = [(minutes, [share(value, n=20)]) for minutes, value in ((180, 0.0), (120, 0.5), (60, 0.25), (0, 0.75))]
    (found,) = fires(watch(least=50), *hourly)
    assert found.found == {"shop, order.created": 0.5}
    assert fires(watch(least=50, for_runs=2), *hourly) == []  # the oldest alone are too few
    assert fires(watch(least=50), *hourly[2:]) == []


def test_shares_of_few_count_by_their_deliveries() -> None:
    one_of_ten, none_of_thirty = share(1.0, n=10), share(0.0, n=30)
    (found,) = fires(watch(least=40), (10, [one_of_ten]), (0, [none_of_thirty]))
    assert found.found == {"shop, order.created": 0.25}


def test_a_percentile_of_few_is_put_together_with_nothing() -> None:
    late = [(m, [sample("latency_seconds", 9e9, 40, source="a", hop="b", quantile="c")]) for m in (10, 0)]
    assert fires(watch("latency_seconds", "> 1 h", least=50), *late) == []


def test_a_share_of_few_does_not_end_what_a_share_of_many_began() -> None:
    (found,) = fires(watch(least=50), (20, [share(1.0, n=51)]), (10, [share(0.0, n=49)]))
    assert found.found == {"shop, order.created": 0.51}
    assert fires(watch(least=50), (20, [share(0.9, n=50)]), (10, [share(0.0, n=50)])) == []


def test_of_an_instant_its_age_counts_and_grows_without_a_run() -> None:
    silent = watch("source_last_delivery_timestamp_seconds", "> 6 h")
    last = sample(silent.metric, (NOW - timedelta(hours=5)).timestamp(), source="shop")
    seen = history((0, [last]))
    assert firing([silent], seen, NOW) == []
    (found,) = firing([silent], seen, NOW + timedelta(hours=2))
    assert found.found == {"shop": 7 * 3600}


@pytest.mark.parametrize(("unit", "seconds"), [("s", 1), ("min", 60), ("h", 3600), ("d", 86400)])
def test_a_time_has_a_unit(unit: str, seconds: int) -> None:
    late = watch("latency_seconds", f"> 2 {unit}")
    labels = {"source": "shop", "hop": "event_to_gold", "quantile": "0.95"}
    assert fires(late, (0, [sample("latency_seconds", 2 * seconds + 0.1, **labels)]))
    assert fires(late, (0, [sample("latency_seconds", 2 * seconds, **labels)])) == []


def test_where_no_run_was_ever_measured_only_what_asks_for_it_fires() -> None:
    ran = "step_finished_timestamp_seconds"
    assert firing([watch(ran, "> 6 h")], {}, NOW) == []
    assert [one.found for one in firing([watch(ran, "> 6 h", absent=True)], {}, NOW)] == [{"nothing measured": 0}]
    failed = history((0, [sample("run_failed", 1, step="ingest")]))
    assert firing([watch(ran, "> 6 h", absent=True)], failed, NOW) == []


def finished(*steps: str, hours: float = 0) -> list[Sample]:
    at = (NOW - timedelta(hours=hours)).timestamp()
    return [sample("step_finished_timestamp_seconds", at, step=step) for step in steps]


def no_run(*steps: str, **keys: Any) -> Watch:
    return watch("step_finished_timestamp_seconds", "> 6 h", absent=True, labels={"step": steps}, **keys)


def test_a_step_that_never_ran_is_absent_once_the_others_have_run_for_so_long() -> None:
    of = no_run("ingest", "transform", "aggregate")
    ran = [(360, finished("ingest", hours=6)), (0, finished("ingest", "transform"))]
    (found,) = fires(of, *ran)
    assert found == Firing("watch", (), {"aggregate, never measured": 0})
    assert fires(of, (359, ran[0][1]), ran[1]) == []
    assert fires(of, *ran, (0, finished("aggregate"))) == []


def test_each_group_that_is_absent_is_an_alert_of_its_own() -> None:
    of = no_run("ingest", "transform", "aggregate", group_by=("step",))
    found = fires(of, (600, finished("ingest", hours=10)))
    assert [(one.key, one.found) for one in found] == [
        ("watch step=ingest", {"ingest": 36_000}),
        ("watch step=transform", {"transform, never measured": 0}),
        ("watch step=aggregate", {"aggregate, never measured": 0}),
    ]


def test_a_pattern_names_no_series_and_only_what_asks_for_it_misses_one() -> None:
    ran = (600, finished("ingest"))
    assert fires(no_run("ingest", "trans*"), ran) == []
    assert fires(watch("step_finished_timestamp_seconds", "> 6 h", labels={"step": "transform"}), ran) == []


def test_what_is_no_instant_is_absent_at_once() -> None:
    held = watch("table_held", "> 0", absent=True, labels={"table": "gold.sales_daily"})
    (found,) = fires(held, (0, finished("ingest")))
    assert found.found == {"gold.sales_daily, never measured": 0}


def test_of_several_labels_each_series_that_is_named_is_missed() -> None:
    of = watch(absent=True, labels={"source": ("a", "b"), "type": "order.created"})
    (found,) = fires(of, (0, [share(0.0, "a")]))
    assert list(found.found) == ["b, order.created, never measured"]
