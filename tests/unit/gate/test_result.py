"""What a severity does, and what never gets into a result."""

from datetime import date
from decimal import Decimal

import pytest

from krn.errors import UsageError
from krn.gate import Check, Expectation, Result, Suite, refused
from krn.gate.result import check, failed, masked

PASSING = Check("p", "t", "critical", success=True)


def failing(severity: str, **found: object) -> Check:
    return Check("f", "t", severity, success=False, **found)


def result(*checks: Check) -> Result:
    return Result("silver.things", "hash", 1, checks)


@pytest.mark.parametrize(
    ("checks", "status", "is_open"),
    [
        ((), "passed", True),
        ((PASSING,), "passed", True),
        ((PASSING, failing("info")), "passed", True),
        ((PASSING, failing("warning")), "warned", True),
        ((failing("warning"), failing("critical")), "held", False),
        ((failing("critical"), failing("info", error="TypeError")), "error", False),
        ((failing("warning"), failing("critical", is_waived=True)), "waived", True),
        ((failing("critical", is_waived=True), failing("critical")), "held", False),
        ((failing("critical", is_waived=True, error="TypeError"),), "error", False),
    ],
)
def test_the_worst_check_decides(checks, status, is_open):
    assert (result(*checks).status, result(*checks).is_open) == (status, is_open)


def test_a_severity_that_nobody_knows_holds():
    assert result(failing("sever")).status == "held"


def test_only_what_shuts_the_gate_has_failed():
    held, error = failing("critical"), failing("info", error="TypeError")
    assert result(PASSING, failing("warning"), held, error).failed == (held, error)


def test_only_what_failed_and_is_named_is_waived():
    found = result(PASSING, failing("critical"), failing("warning")).waived({"p", "f"}, "w")
    assert ([c.status for c in found.checks], found.waiver) == (["passed", "waived", "warned"], "w")
    assert [c.is_waived for c in found.checks] == [False, True, False]


def test_a_refused_candidate_is_held_with_the_reason():
    found = refused(Suite("silver.things", ()), "unexpectedly empty")
    assert (found.status, found.why, found.is_open) == ("held", "unexpectedly empty", False)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, 3),
        (0.5, 0.5),
        (Decimal("1.10"), Decimal("1.10")),
        (None, None),
        (date(2026, 1, 2), "2026-01-02"),
        ("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05+00:00"),
        ("alice@example.org", "(masked)"),
        (["alice"], "(masked)"),
    ],
)
def test_numbers_and_dates_are_shown_and_text_never(value, shown):
    assert masked(value) == shown


def test_a_count_over_no_rows_is_nought():
    found = check(Expectation("e", "t", {}, "info"), True, {"element_count": 0, "unexpected_count": None})
    assert (found.element_count, found.unexpected_count) == (0, 0)


def test_a_check_that_counts_rows_says_how_many_per_cent_may_fail():
    counted = {"element_count": 50, "unexpected_count": 1, "unexpected_percent": 2.0}
    assert check(Expectation("e", "t", {"mostly": 0.95}, "info"), True, counted).tolerated_percent == 5.0
    assert check(Expectation("e", "t", {}, "info"), False, counted).tolerated_percent == 0.0
    assert check(Expectation("e", "t", {}, "info"), True, {"observed_value": 7}).tolerated_percent is None


def test_an_error_tells_its_kind_and_not_the_message_of_a_library():
    expectation = Expectation("e", "t", {}, "info")
    assert failed(expectation, ValueError("cannot read alice")).error == "ValueError"
    assert (
        failed(expectation, UsageError("there is no column x.", "mend it")).error
        == "there is no column x. Next: mend it"
    )
