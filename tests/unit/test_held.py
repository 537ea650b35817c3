"""A hold in words."""

from typing import Any

import pytest

from krn.held import failed, listed, look, next_commands, scope, some, standing

TOTAL = {
    "id": "total",
    "observed": None,
    "unexpected_count": 3,
    "element_count": 1_200,
    "error": "",
    "asks": "column total, min_value 0",
    "description": "Totals are not below 0.",
    "notes": "A refund was taken for an order.",
    "never": "",
}
GRAIN = {**TOTAL, "id": "grain", "never": "rows are merged by the key"}
ODD = {**TOTAL, "id": "odd", "error": "KeyError"}
HOLD: dict[str, Any] = {
    "table": "silver.orders",
    "run": "r2",
    "since": "2026-02-01T06:00:00+00:00",
    "why": "2 of 9 expectations failed: total, grain",
    "status": "held",
    "candidate": "/w/_candidates/silver.orders/r2/rows",
    "rows": {"insert": 1_200, "update": 3, "delete": 0, "same": 9},
    "scope": {"keys": 1_203},
    "failed": [TOTAL, GRAIN, ODD],
    "waiting": ["gold.a", "gold.b", "gold.c", "gold.d"],
}


def test_a_hold_says_since_when_over_what_and_for_whom() -> None:
    assert standing(HOLD) == [
        "silver.orders is held since 2026-02-01T06:00:00+00:00, lastly by r2: 2 of 9 expectations failed: total, grain",
        "It would change the rows of 1,203 keys (1,200 insert, 3 update).",
        "Waiting for it: gold.a, gold.b, gold.c and 1 more. Readers keep the previous version.",
    ]


def test_each_failure_says_what_was_found_what_was_asked_and_whether_it_can_be_released() -> None:
    assert [tuple(row.values()) for row in failed(HOLD)] == [
        (
            "total",
            "3 of 1,200",
            "column total, min_value 0",
            "Totals are not below 0. A refund was taken for an order.",
            "yes",
        ),
        ("grain", *_rest("3 of 1,200"), "never: rows are merged by the key"),
        ("odd", *_rest("KeyError"), "no: mend the suite"),
    ]


def _rest(found: str) -> tuple[str, str, str]:
    return found, "column total, min_value 0", "Totals are not below 0. A refund was taken for an order."


def test_only_what_can_be_released_is_in_the_command_that_releases() -> None:
    assert [command for command, _ in next_commands(HOLD)] == [
        "krn transform",
        'krn hold release silver.orders --expect total --why "…"',
        'krn hold discard silver.orders --why "…"',
    ]


@pytest.mark.parametrize("other", [{"failed": [GRAIN]}, {"failed": []}, {"scope": {}}])
def test_where_nothing_can_be_released_no_command_says_so(other: dict[str, Any]) -> None:
    assert [command.split()[:3] for command, _ in next_commands({**HOLD, **other})] == [
        ["krn", "transform"],
        ["krn", "hold", "discard"],
    ]


def test_the_next_command_of_a_released_hold_is_the_job_that_publishes_it() -> None:
    assert listed(HOLD, [])["next"] == "krn hold show silver.orders"
    gold = listed({**HOLD, "table": "gold.sales_daily"}, ["total"])
    assert (gold["released"], gold["next"]) == ("total", "krn aggregate")


def test_a_record_of_an_earlier_krn_can_be_shown() -> None:
    old = {"table": "silver.orders", "run": "r", "why": "1 of 9", "status": "held", "candidate": "/w/x"}
    assert listed(old, [])["why"] == "1 of 9"
    assert (len(standing(old)), failed(old), len(next_commands(old))) == (3, [], 2)


def test_where_to_look_is_a_command() -> None:
    assert look(HOLD) == (
        "bin/env python -c \"import pandas; print(pandas.read_parquet('/w/_candidates/silver.orders/r2/rows'))\""
    )
    bronze = {"table": "bronze.deliveries", "candidate": "", "scope": {"batches": 7}}
    assert look(bronze) == 'krn sql "SELECT * FROM bronze.deliveries WHERE batch <= 7"'


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"all": True}, "the whole table"),
        ({"dates": ["2026-01-05", "2026-01-06"]}, "2 days: 2026-01-05, 2026-01-06"),
        ({"keys": 1_203}, "the rows of 1,203 keys"),
        ({"keys": 1}, "the rows of 1 key"),
        ({"batches": 7}, "the batches up to 7"),
    ],
)
def test_a_scope_is_said_in_words(record: dict[str, Any], said: str) -> None:
    assert scope(record) == said


def test_names_beyond_the_first_are_counted() -> None:
    assert some(["a"]) == "a"
    assert some(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
