"""A draft of a suite: it has the shape of one, leaves slack, shows its evidence and nobody's values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import ArrayType

from krn import gate
from krn.draft import _bounds, draft
from krn.errors import UsageError
from krn.gate import Suite
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, FLAG, INSTANT, MEASURE, MONEY, TEXT

THINGS = Table(
    "silver.things",
    "Things.",
    ("thing_id",),
    (
        Column("thing_id", TEXT, "It."),
        Column("name", TEXT, "Whose it is.", pii="P1"),
        Column("country", TEXT, "A code."),
        Column("remark", TEXT, "In somebody's words."),
        Column("rare", TEXT, "A code of few."),
        Column("size", TEXT, "A code like a number."),
        Column("units", COUNT, "How many."),
        Column("amount", MONEY, "How much."),
        Column("ratio", MEASURE, "A part."),
        Column("is_open", FLAG, "Whether."),
        Column("tags", ArrayType(TEXT), "Some."),
        Column("day", DAY, "When."),
        Column("at", INSTANT, "When."),
        Column("never", COUNT, "Not yet."),
    ),
)
DAY_ONE, NOON = date(2026, 1, 1), datetime(2026, 1, 1, 12, tzinfo=UTC)


def thing(n: int) -> dict[str, Any]:
    return {
        "thing_id": f"t{n}",
        "name": f"Alice {n % 2}",
        "country": ["NO", "DE"][n % 2],
        "remark": ["for my wife", "none"][n % 2],
        "rare": "A" if n else "B7",
        "size": ["1e5", "0o17", "010", "NO", "2026-01-02"][n % 5],
        "units": n,
        "amount": Decimal(n - 20),
        "ratio": n / 40,
        "is_open": n % 3 == 0,
        "tags": ["x"],
        "day": DAY_ONE + timedelta(days=n),
        "at": NOON + timedelta(days=n) if n % 4 else None,
    }


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warehouse")
    path, schema = root / "silver" / "things", to_arrow_schema(THINGS.schema)
    path.mkdir(parents=True)
    rows = [dict.fromkeys(schema.names) | thing(n) for n in range(40)]
    for half in (rows[:20], rows[20:]):
        write_deltalake(str(path), pa.Table.from_pylist(half, schema), mode="append")
    return root


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    return draft(root, THINGS)


@pytest.fixture(scope="module")
def suite(text: str, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    path = tmp_path_factory.mktemp("draft") / "things.yml"
    path.write_text(text)
    return gate.load(path)


def kwargs(suite: Suite, name: str) -> dict[str, Any]:
    return dict(next(e.kwargs for e in suite.expectations if e.id == name))


def test_a_draft_keeps_the_rules_of_suites(suite):
    assert gate.lint(suite, THINGS) == ()
    assert [e.id for e in suite.expectations if e.severity != "warning"] == ["grain"]


def test_bounds_leave_slack_and_keep_the_sign(suite):
    assert kwargs(suite, "units-range") == {"column": "units", "min_value": 0, "max_value": 59, "mostly": 0.99}
    assert kwargs(suite, "amount-range") == {"column": "amount", "min_value": -40, "max_value": 39, "mostly": 0.99}


def test_days_go_on_so_they_have_no_upper_bound(suite):
    assert kwargs(suite, "day-range") == {"column": "day", "min_value": date(2025, 12, 2), "mostly": 0.99}


def test_what_is_sometimes_null_is_a_share_below_the_one_seen(suite):
    assert kwargs(suite, "at-mostly-present") == {"column": "at", "min_value": 0.494}


def test_what_was_always_null_is_waived_for_a_person_to_decide(suite):
    assert suite.waived == {"never": "Null in all 40 rows of version 1 (2 so far): decide."}


def test_codes_that_many_rows_share_are_a_set(suite):
    assert kwargs(suite, "country-known") == {"column": "country", "value_set": ["DE", "NO"], "mostly": 0.99}


def test_codes_that_look_like_numbers_stay_text(suite):
    assert kwargs(suite, "size-known")["value_set"] == ["010", "0o17", "1e5", "2026-01-02", "NO"]


def test_a_range_from_the_first_day_to_the_last_has_a_bound():
    assert _bounds(date.min, date.max) == {"min_value": date.min}
    whole = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert _bounds(*whole) == {"min_value": datetime(1, 1, 1, tzinfo=UTC)}


def test_neither_a_persons_value_nor_a_remark_nor_a_rare_code_is_shown(text):
    assert [word for word in ("Alice", "wife", "B7", "t1") if word in text] == []


def test_the_evidence_is_beside_the_bound(suite):
    notes = next(e.notes for e in suite.expectations if e.id == "units-range")
    assert notes.startswith("Seen in 40 rows of version 1 (2 so far): from 0 to 39, about 40 distinct; 5 % up to ")


def test_a_table_without_rows_or_not_there_has_no_draft(tmp_path):
    with pytest.raises(UsageError, match=r"There is no table silver\.things"):
        draft(tmp_path, THINGS)
    path, schema = tmp_path / "silver" / "things", to_arrow_schema(THINGS.schema)
    path.mkdir(parents=True)
    write_deltalake(str(path), pa.Table.from_pylist([], schema))
    with pytest.raises(UsageError, match="has no rows to look at"):
        draft(tmp_path, THINGS)
