"""Rows that were set aside under rules that have changed since are named, with the command that says what passes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from krn.report.outdated import troubles

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # when the deliveries of the small warehouse came


def a_run(minutes: int, job: str = "run", code: int = 0, chosen: str | None = None, **contracts: str) -> dict[str, Any]:
    return {
        "job": job,
        "exit_code": code,
        "notes": {"judged_again": {"type": chosen}} if job != "run" and code == 0 else {},
        "ended_at": (AT + timedelta(minutes=minutes)).isoformat(),
        "edition": {"contracts": {kind.replace("_", "."): said for kind, said in contracts.items()}},
    }


def said(root, *runs: dict[str, Any]) -> list[tuple[str, str]]:
    return [(trouble.says, trouble.then) for trouble in troubles(root, runs)]


def test_open_rows_of_a_type_are_named_once_its_contract_changed(small):
    root = small.write(["silver.deliveries"])
    before = a_run(1, order_created="1.0 aa", order_shipped="1.0 aa")
    assert said(root, before) == []
    assert said(root, before, a_run(2, order_created="1.1 bb", order_shipped="1.1 bb")) == [
        (
            "1 of order.created were set aside before its contract changed on 24 November 2026: some may pass now.",
            "krn quarantine rejudge --type order.created --dry-run",
        )
    ]


def test_a_type_that_had_no_contract_is_named_once_it_has_one(small):
    small.rows["silver.deliveries"][5]["type"] = "order.shipped"
    root = small.write(["silver.deliveries"])
    assert (
        len(said(root, a_run(1, order_created="1.0 aa"), a_run(2, order_created="1.0 aa", order_shipped="1.0 c"))) == 1
    )


def test_who_judged_again_since_is_told_no_more_unless_that_failed(small):
    root = small.write(["silver.deliveries"])
    changed = a_run(1, order_created="1.0 aa"), a_run(2, order_created="1.1 bb")
    again = [
        a_run(3, "quarantine rejudge", code, chosen, order_created="1.1 bb")
        for code, chosen in ((0, None), (0, "order.created"), (0, "order.shipped"), (1, None))
    ]
    assert [len(said(root, *changed, one)) for one in again] == [0, 0, 1, 1]


def test_what_is_resolved_or_came_after_the_change_is_not_counted(small):
    small.rows["silver.deliveries"][4]["resolution"] = "dropped"
    root = small.write(["silver.deliveries"])
    assert said(root, a_run(1, order_created="1.0 aa"), a_run(2, order_created="1.1 bb")) == []


def test_rows_that_came_under_the_rules_of_today_are_not_counted(small):
    root = small.write(["silver.deliveries"])
    assert said(root, a_run(-9, order_created="1.0 aa"), a_run(-8, order_created="1.1 bb")) == []
    assert said(root, a_run(-9, order_created="1.0 aa"), a_run(8, order_created="1.1 bb")) == []  # it judged them
