"""Every expectation over the gates of its table."""

from decimal import Decimal

from krn import journal
from krn.gate.result import Check, Result
from krn.outcome import Built
from krn.report.expectations import GATES, Judged, expectations


def found(name: str, percent: float, limit: float = 5.0, severity: str = "warning") -> Check:
    counts = {
        "unexpected_count": round(percent),
        "element_count": 100,
        "unexpected_percent": percent,
        "tolerated_percent": limit,
    }
    return Check(name, "expect_x", severity, percent <= limit, description=f"{name} holds", **counts)  # type: ignore[arg-type]


def gated(*checks: Check, table: str = "silver.orders", suite: str = "hash") -> Built:
    return Built(table, "published", result=Result(table, suite, 100, checks))


def test_the_share_that_fails_is_followed_over_the_gates_with_its_limit(runs):
    for n, share in enumerate((0.0, 2.0, 9.0)):
        runs.add(gated(found("a", share)), n=n)
        runs.add(Built("silver.orders", "unchanged"), n=n + 10)
    ((orders,),) = [expectations(journal.runs(runs.root))]
    (one,) = orders.judged
    assert (one.says, one.status, one.found, one.tolerated, one.gates, one.failures) == (
        *("a holds", "warned", "9 of 100", "5%"),
        *(3, 1),
    )
    assert one.spark is not None
    assert (one.spark.line, one.spark.limits, one.spark.is_beyond) == ("3,21 60,17 117,3", (11.0,), True)
    assert (orders.failing, orders.moving, orders.is_shut) == (1, 1, False)


def test_those_that_fail_come_first_then_those_that_ever_did(runs):
    runs.add(gated(found("a", 0), found("b", 9), found("c", 0)), n=0)
    runs.add(gated(found("a", 0), found("b", 0), found("c", 9)), n=1)
    (orders,) = expectations(journal.runs(runs.root))
    assert [one.id for one in orders.judged] == ["c", "b", "a"]


def test_an_expectation_that_is_gone_is_not_shown_and_a_new_one_has_its_own_history(runs):
    runs.add(gated(found("old", 0), suite="older"), n=0)
    runs.add(gated(found("new", 1)), n=1)
    (orders,) = expectations(journal.runs(runs.root))
    assert [(one.id, one.gates) for one in orders.judged] == [("new", 1)]


def test_what_was_not_asked_of_an_empty_candidate_is_still_shown(runs):
    runs.add(gated(found("rows", 1), found("sums", 0)), n=0)
    runs.add(gated(found("sums", 0)), n=1)
    (orders,) = expectations(journal.runs(runs.root))
    assert [(one.id, one.gates) for one in orders.judged] == [("rows", 1), ("sums", 2)]


def test_only_the_latest_gates_count(runs):
    for n in range(GATES + 3):
        runs.add(gated(found("a", 9 if n < 3 else 0)), n=n)
    (orders,) = expectations(journal.runs(runs.root))
    assert [(one.gates, one.failures) for one in orders.judged] == [(GATES, 0)]


def test_numbers_are_followed_where_rows_are_not_counted(runs):
    for n, rows in enumerate((10, 20)):
        runs.add(gated(Check("volume", "expect_x", "critical", True, observed=rows)), n=n)
    (orders,) = expectations(journal.runs(runs.root))
    (one,) = orders.judged
    assert one.spark is not None
    assert (one.found, one.tolerated, one.spark.line) == ("20", "", "3,12 117,3")


def test_exact_sums_that_are_journaled_as_text_are_followed(runs):
    for n, gap in enumerate(("0.0000", "0.1000")):
        runs.add(gated(Check("gap", "expect_x", "critical", gap < "0.1", observed=Decimal(gap))), n=n)
    (orders,) = expectations(journal.runs(runs.root))
    assert orders.judged[0].spark is not None
    assert orders.judged[0].spark.line == "3,21 117,3"


def test_what_found_nothing_to_draw_has_no_line(runs):
    runs.add(gated(Check("newest", "expect_x", "critical", True, observed="2026-11-24")))
    (orders,) = expectations(journal.runs(runs.root))
    assert [one.spark for one in orders.judged] == [None]
    assert isinstance(orders.judged[0], Judged)


def test_records_of_older_versions_know_no_limit(runs):
    runs.add(gated(found("a", 2.0)))
    told = journal.runs(runs.root)
    del told[0]["tables"][0]["gate"]["checks"][0]["tolerated_percent"]
    (orders,) = expectations(told)
    assert [(one.tolerated, one.spark is None) for one in orders.judged] == [("", False)]


def test_a_candidate_that_was_held_before_its_suite_was_asked_has_no_say(runs):
    runs.add(Built("silver.orders", "held", "unexpectedly empty", result=Result("silver.orders", "h", at_least="held")))
    assert expectations(journal.runs(runs.root)) == ()


def test_numbers_with_limits_of_former_runs_show_them(runs):
    runs.add(gated(Check("volume", "expect_x", "warning", False, observed=3)))
    told = journal.runs(runs.root)
    usual = {"kind": "increment", "low": 8, "high": 20, "n": 12, "why": "12 runs on any day found 14"}
    told[0]["tables"][0]["gate"]["checks"][0]["limits"] = usual
    ((one,),) = (table.judged for table in expectations(told))
    assert one.spark is not None
    assert (one.tolerated, one.spark.limits, one.spark.is_beyond) == ("8 to 20", (13.8, 3.0), True)
