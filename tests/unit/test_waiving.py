"""Whether a waiver opens a gate: a question about numbers, asked without Spark."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.gate import Check, Expectation, Result, Suite
from krn.gate.result import STATUSES
from krn.tables.gold.sales_daily import TABLE as SALES_DAILY
from krn.tables.silver.deliveries import TABLE as DELIVERIES
from krn.tables.table import Table
from krn.waivers import Seen, Waiver
from krn.waiving import Parts, never, waived

NAMES = ("units", "total", "orders")
KEY = list(SALES_DAILY.key)
SUITE = Suite(
    SALES_DAILY.name,
    tuple(
        Expectation(n, "expect_column_values_to_be_between", {"column": n, "min_value": 0}, "critical") for n in NAMES
    ),
)
EMPTY = Result(SUITE.table, SUITE.hash, 0)
DATES = {"dates": ["2026-01-05"]}


def found(name: str, bad: int = 1, **other: object) -> Check:
    """What an expectation about rows found, `bad` of them."""
    told = {"unexpected_count": bad, "element_count": bad + 10, **other}
    return Check(name, "expect_column_values_to_be_between", "critical", bad == 0, **told)  # type: ignore[arg-type]


def measured(name: str, observed: float | Decimal | None) -> Check:
    """What an expectation about a column as a whole found; it failed."""
    return Check(name, "expect_column_sum_to_be_between", "critical", False, observed=observed)


def result(*checks: Check, rows: int = 11) -> Result:
    return Result(SUITE.table, SUITE.hash, rows, checks)


def released(*names: str, bad: int = 1, scope: Mapping[str, object] = DATES, suite: Suite = SUITE) -> Waiver:
    """A waiver of what had found `bad` rows."""
    seen = {e.id: Seen(e.statement, bad) for e in suite.expectations if e.id in names}
    return Waiver("w", suite.table, "r1", "2026-01-06", "ann", "a test order", scope, seen)


def parts(inside: Result, outside: Result = EMPTY) -> Parts:
    return lambda named: (inside, outside)


def asked(whole: Result, waiver: Waiver, inside: Result, outside: Result = EMPTY, is_whole: bool = False) -> Result:
    return waived(whole, SUITE, SALES_DAILY, waiver, is_whole, parts(inside, outside))


def test_what_is_released_and_nothing_else_failed_opens_the_gate_as_waived() -> None:
    opened = asked(result(found("units"), found("total", 0)), released("units"), result(found("units")))
    assert (opened.status, opened.is_open, opened.waiver) == ("waived", True, "w")
    assert [check.status for check in opened.checks] == ["waived", "passed"]


def objection(shut: Result) -> str:
    assert not shut.is_open
    assert shut.waiver == ""
    return shut.why.partition("its release does not apply: ")[2]


def test_a_failure_that_is_not_released_keeps_it_shut() -> None:
    whole = result(found("units"), found("total"))
    assert objection(asked(whole, released("units"), result(found("units")))) == "total failed as well"


def test_the_rows_are_not_looked_at_again_when_something_else_failed() -> None:
    def never_asked(named: Suite) -> tuple[Result, Result]:
        raise AssertionError(named)

    whole = result(found("units"), found("total"))
    assert not waived(whole, SUITE, SALES_DAILY, released("units"), False, never_asked).is_open


def test_only_what_failed_is_judged_over_the_parts() -> None:
    named: list[Suite] = []

    def ask(suite: Suite) -> tuple[Result, Result]:
        named.append(suite)
        return result(found("units")), EMPTY

    waived(result(found("units"), found("total", 0)), SUITE, SALES_DAILY, released("units", "total"), False, ask)
    assert [[e.id for e in suite.expectations] for suite in named] == [["units"]]


@pytest.mark.parametrize(("bad", "is_open"), [(0, True), (1, True), (2, True), (3, False)])
def test_in_its_scope_a_waiver_covers_as_many_rows_as_were_seen(bad: int, is_open: bool) -> None:
    inside = result(found("units", bad))
    assert asked(result(found("units", bad + 1)), released("units", bad=2), inside).is_open is is_open


def test_more_rows_than_were_released_are_counted_in_the_objection() -> None:
    shut = asked(result(found("units", 3)), released("units", bad=2), result(found("units", 3)))
    assert objection(shut) == "in the released scope units found 3 of 13"


def test_a_failure_outside_of_the_scope_keeps_it_shut() -> None:
    shut = asked(result(found("units", 2)), released("units"), result(found("units")), result(found("units")))
    assert objection(shut) == "outside of the released scope units found 1 of 11"


def test_no_rows_outside_of_the_scope_fail_nothing() -> None:
    nothing = replace(EMPTY, checks=(measured("units", None),))
    assert asked(result(found("units")), released("units"), result(found("units")), nothing).is_open


@pytest.mark.parametrize(
    ("seen", "now", "is_open"),
    [
        ("12.50", Decimal("12.50"), True),
        ("12.50", Decimal("12.51"), False),
        (7, 7, True),
        (7, 8, False),
        (0.1 + 0.2, 0.3, True),
        (0.3, 0.31, False),
        (None, None, True),
        (None, 3, False),
    ],
)
def test_of_a_column_as_a_whole_a_waiver_covers_the_very_value_that_was_seen(
    seen: float | str | None, now: float | Decimal | None, is_open: bool
) -> None:
    waiver = replace(released("units"), seen={"units": Seen(SUITE.expectations[0].statement, None, seen)})
    assert asked(result(measured("units", now)), waiver, result(measured("units", now))).is_open is is_open


def test_rows_are_covered_by_rows_that_were_seen_and_by_nothing_else() -> None:
    waiver = replace(released("units"), seen={"units": Seen(SUITE.expectations[0].statement)})
    assert not asked(result(found("units")), waiver, result(found("units"))).is_open


def test_an_expectation_that_says_something_else_now_is_not_released() -> None:
    stricter = Suite(SUITE.table, (replace(SUITE.expectations[0], kwargs={"column": "units", "min_value": 1}),))
    shut = asked(result(found("units")), released("units", suite=stricter), result(found("units")))
    assert objection(shut) == "units says something else than when it was released"


def test_prose_may_change() -> None:
    reworded = Suite(SUITE.table, tuple(replace(e, notes="Look at kind.") for e in SUITE.expectations))
    assert asked(result(found("units")), released("units", suite=reworded), result(found("units"))).is_open


def test_what_was_released_for_a_build_in_full_opens_no_other() -> None:
    whole, waiver = result(found("units")), released("units", scope={"all": True})
    assert asked(whole, waiver, result(found("units")), is_whole=True).is_open
    assert objection(asked(whole, waiver, result(found("units")))) == "it is for a build in full"


@pytest.mark.parametrize("at_least", ["held", "error"])
def test_what_no_expectation_says_is_not_released(at_least: str) -> None:
    shut = asked(replace(result(found("units")), at_least=at_least), released("units"), result(found("units")))
    assert objection(shut) == "what keeps the gate shut is no expectation"


def test_what_could_not_be_judged_is_not_released_in_the_whole_nor_in_a_part() -> None:
    broken = result(found("units", error="TypeError"))
    assert objection(asked(broken, released("units"), result(found("units")))) == "units could not be judged"
    assert not asked(result(found("units")), released("units"), broken).is_open
    assert not asked(result(found("units")), released("units"), result(found("units")), broken).is_open
    uncounted = replace(EMPTY, rows=None, at_least="error", why="ArithmeticException")
    assert objection(asked(result(found("units")), released("units"), result(found("units")), uncounted)) == (
        "ArithmeticException"
    )


def expectation(kind: str, **kwargs: object) -> Expectation:
    return Expectation("it", kind, kwargs, "critical")


NOT_NULL = "expect_column_values_to_not_be_null"


@pytest.mark.parametrize(
    ("table", "of", "reason"),
    [
        (SALES_DAILY, expectation("expect_key_to_be_unique", columns=KEY), "rows are compared and merged"),
        (
            SALES_DAILY,
            expectation("expect_key_to_be_unique", columns=KEY, row_condition="units > 1"),
            "readers take one",
        ),
        (SALES_DAILY, expectation("expect_key_to_be_unique", columns=["channel", "units"]), "readers take one row"),
        (SALES_DAILY, expectation(NOT_NULL, column="business_date"), "rows are compared and merged by the key, and"),
        (DELIVERIES, expectation(NOT_NULL, column="data"), "judge can't work without the value"),
        (SALES_DAILY, expectation(NOT_NULL, column="units"), ""),
        (SALES_DAILY, expectation("expect_column_sum_to_be_between", column="units"), ""),
        (DELIVERIES, expectation("expect_column_values_to_be_in_set", column="verdict"), ""),
    ],
)
def test_some_expectations_can_never_be_waived(table: Table, of: Expectation, reason: str) -> None:
    said = never(of, Suite(table.name, (of,)), table)
    assert said.startswith(reason) if reason else said == ""


def test_sums_of_the_whole_table_can_never_be_waived() -> None:
    agree = expectation("expect_column_values_to_be_in_set", column="gap", value_set=[0])
    assert never(agree, Suite(SALES_DAILY.name, (), reconcile=(agree,)), SALES_DAILY).startswith(
        "it is about the whole"
    )


def test_a_record_that_names_what_can_never_be_waived_opens_nothing() -> None:
    grain = replace(expectation("expect_key_to_be_unique", columns=KEY), id="units")
    suite = Suite(SUITE.table, (grain,))
    check = Check("units", grain.type, "critical", False, observed=1)
    waiver = replace(released(), seen={"units": Seen(grain.statement, None, 1)})
    shut = waived(result(check), suite, SALES_DAILY, waiver, False, parts(result(check)))
    assert objection(shut) == "units can't be waived, rows are compared and merged by the key"


bad_rows = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3), min_size=1)
named = st.sets(st.sampled_from(NAMES))


@given(seen=bad_rows, inside=bad_rows, outside=bad_rows, names=named)
def test_a_waiver_opens_exactly_what_it_names_and_saw(
    seen: dict[str, int], inside: dict[str, int], outside: dict[str, int], names: set[str]
) -> None:
    """Whatever is counted: open if each failure is named, not more than was seen inside, and none outside."""
    total = {name: inside.get(name, 0) + outside.get(name, 0) for name in NAMES}
    waiver = replace(
        released(*names),
        seen={e.id: Seen(e.statement, seen.get(e.id, 0)) for e in SUITE.expectations if e.id in names},
    )

    def counted(bad: Mapping[str, int]) -> Result:
        return result(*(found(name, bad.get(name, 0)) for name in NAMES if total[name]))

    whole = result(*(found(name, n) for name, n in total.items()))
    opened = asked(whole, waiver, counted(inside), counted(outside))
    is_covered = all(
        inside.get(name, 0) <= seen.get(name, 0) and not outside.get(name) for name in names if total[name]
    )
    is_named = all(name in names for name, n in total.items() if n)
    assert opened.is_open == (is_named and is_covered)
    assert STATUSES.index(opened.status) <= STATUSES.index(whole.status)
