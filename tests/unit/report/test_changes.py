"""What is other than in the run before."""

from datetime import UTC, datetime, timedelta

from krn import journal
from krn.edition import edition
from krn.gate.result import Check, Result
from krn.journal import Record
from krn.outcome import Built
from krn.report.changes import SHOWN, changes

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # of the first run


def ask(name: str, severity: str = "critical", limit: float | None = 0.0) -> Check:
    return Check(name, "expect_x", severity, True, tolerated_percent=limit)


def gated(suite: str, *checks: Check) -> Built:
    return Built("silver.orders", "published", result=Result("silver.orders", suite, 6, checks))


def said(runs) -> list[tuple[str, str]]:
    return [(change.of, change.says) for change in changes(journal.runs(runs.root))]


def test_a_suite_that_stays_is_no_change_and_neither_is_the_first(runs):
    for n in range(3):
        runs.add(gated("one", ask("a")), n=n)
    assert said(runs) == []


def test_expectations_that_came_went_or_ask_otherwise_are_named(runs):
    runs.add(gated("one", ask("a"), ask("b"), ask("c"), ask("d")), n=0)
    runs.add(Built("silver.orders", "unchanged"), n=1)
    runs.add(gated("two", ask("a"), ask("b", "warning"), ask("c", limit=5.0), ask("e")), n=2)
    assert said(runs) == [("suite silver.orders", "added e; removed d; asks otherwise b, c")]


def test_a_suite_whose_arguments_changed_says_so(runs):
    runs.add(gated("one", ask("a")), n=0)
    runs.add(gated("two", ask("a")), n=1)
    assert said(runs) == [("suite silver.orders", "its numbers or arguments")]


def test_many_expectations_are_counted(runs):
    runs.add(gated("one", ask("a")), n=0)
    runs.add(gated("two", ask("a"), *(ask(f"n{n}") for n in range(6))), n=1)
    assert said(runs) == [("suite silver.orders", "added n0, n1, n2, n3 and 2 more")]


def made_by(runs, n: int, **changed: object) -> None:
    start = AT + timedelta(hours=n)
    record = Record(f"run{n:04}", "run", start, start, start, 0, edition={**edition(), **changed})
    journal.write(runs.root, record)


def test_another_version_of_krn_and_of_a_contract_are_told_with_both(runs):
    contracts = dict(edition()["contracts"])
    made_by(runs, 0, version="0.1.0", code="a")
    made_by(runs, 1, version="0.2.0", code="b")
    made_by(runs, 2, version="0.2.0", code="b", contracts={**contracts, "order.created": "2 f"})
    made_by(runs, 3, version="0.2.0", code="c", contracts={**contracts, "order.created": "2 g", "a.b": "1 h"})
    assert said(runs) == [
        ("contract order.created", "its rules, still as version 2"),
        ("contract a.b", "new"),
        ("krn", "its code, still as version 0.2.0"),
        ("contract order.created", "version 1 → 2"),
        ("krn", "version 0.1.0 → 0.2.0"),
    ]


def test_records_of_older_versions_know_no_edition_and_hide_no_change(runs):
    made_by(runs, 0, version="0.1.0")
    runs.add(n=8)
    made_by(runs, 3, version="0.2.0")
    assert said(runs) == [("krn", "version 0.1.0 → 0.2.0")]


def test_only_the_latest_changes_are_shown(runs):
    for n in range(SHOWN + 5):
        made_by(runs, n, version=str(n))
    assert len(said(runs)) == SHOWN
    assert said(runs)[0] == ("krn", f"version {SHOWN + 3} → {SHOWN + 4}")
