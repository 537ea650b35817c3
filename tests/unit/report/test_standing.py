"""Is it fine? The worst that is true, in one sentence, with what to do next."""

import pytest

from krn import journal
from krn.gate.result import Check, Result
from krn.outcome import Built
from krn.report.flow import Flow
from krn.report.gates import concerns
from krn.report.standing import Standing, standing, troubles
from krn.report.sums import Sum
from krn.report.trouble import Trouble

OPEN = Built("silver.orders", "published")
HOLD = {"table": "gold.sales_daily", "run": "r", "why": "1 of 9", "status": "held"}


def flowed(bronze: int = 5, quarantined: int = 0, *sums: Sum) -> Flow:
    return Flow(
        {"shop": bronze}, {"accepted": 5 - quarantined, "duplicate": 0, "quarantined": quarantined}, {}, {}, sums
    )


def stands(flow: Flow, runs, holds=()) -> Standing:
    told = journal.runs(runs.root)
    return standing(flow, troubles(flow, holds, told, concerns(told)))


def test_a_warehouse_where_all_went_well_is_fine(runs):
    runs.add(OPEN)
    assert stands(flowed(), runs) == Standing("good", "Everything is fine.")


def test_an_empty_warehouse_says_how_to_begin(runs):
    assert stands(Flow({}, {"accepted": 0, "duplicate": 0, "quarantined": 0}, {}, {}, ()), runs) == Standing(
        "empty", "Nothing has come in yet.", "krn run"
    )


def test_sums_that_differ_are_said_before_all_else(runs):
    runs.add(OPEN, code=69, error="The queue cannot be reached. Next: krn doctor")
    found = stands(flowed(5, 0, Sum("a = b", {"EUR": 1}, {"EUR": 2})), runs, [HOLD])
    assert (found.level, found.says) == ("bad", "The counts do not add up: a = b.")


def test_a_hold_names_its_table(runs):
    says = "gold.sales_daily is held: 1 of 9. Readers see its previous version."
    assert stands(flowed(), runs, [HOLD]) == Standing("bad", says, "krn hold show gold.sales_daily", "holds")


def test_a_failed_run_says_its_error_and_its_next_command(runs):
    runs.add(OPEN, code=69, error="The queue cannot be reached. Next: krn doctor")
    says = "The last run failed: The queue cannot be reached."
    assert stands(flowed(), runs) == Standing("bad", says, "krn doctor", "runs")


def test_a_command_that_a_person_saw_fail_left_no_work_undone(runs):
    runs.add(job="quarantine rejudge", code=1, error="Accepted events don't pass. Next: mend the contract")
    assert stands(flowed(), runs).level == "good"


@pytest.mark.parametrize("job", ["run", "ingest"])
def test_a_failure_that_a_later_run_made_good_is_past(runs, job):
    runs.add(job="ingest", code=69, error="The queue cannot be reached. Next: krn doctor", n=0)
    runs.add(OPEN, job=job, n=1)
    assert stands(flowed(), runs).level == "good"


def test_a_failure_stands_while_only_other_jobs_ran(runs):
    runs.add(job="ingest", code=69, error="The queue cannot be reached. Next: krn doctor", n=0)
    runs.add(OPEN, job="transform", n=1)
    assert stands(flowed(), runs).says == "The last ingest failed: The queue cannot be reached."


def test_a_table_that_waits_is_not_up_to_date(runs):
    runs.add(Built("gold.payment_mix", "waits", "for silver.payments"), code=3, error="gold.payment_mix waits")
    assert stands(flowed(), runs) == Standing("warn", "Not up to date: gold.payment_mix.", "krn run", "holds")


def test_what_waits_for_a_hold_is_no_matter_of_another_run(runs):
    runs.add(Built("gold.payment_mix", "waits", "for silver.payments"), code=3)
    assert stands(flowed(), runs, [HOLD]).others == (
        Trouble("warn", "Not up to date: gold.payment_mix.", "krn hold list", "holds"),
    )


@pytest.mark.parametrize(("severity", "is_waived"), [("warning", False), ("critical", True)])
def test_a_warning_and_a_release_are_published_and_said_with_the_command_that_asks_again(runs, severity, is_waived):
    failed = Check("c", "expect_x", severity, False, is_waived=is_waived)
    runs.add(Built("silver.orders", "published", result=Result("silver.orders", "h", 1, (failed,))))
    says = "Published with 1 warning: silver.orders."
    assert stands(flowed(), runs) == Standing("warn", says, "krn suite try silver.orders", "gates")


def test_a_warning_of_what_was_judged_points_to_what_was_set_aside(runs):
    failed = Check("c", "expect_x", "warning", False)
    runs.add(Built("silver.deliveries", "published", result=Result("silver.deliveries", "h", 1, (failed,))))
    says = "Published with 1 warning: silver.deliveries."
    assert stands(flowed(), runs) == Standing("warn", says, "krn quarantine", "gates")


def test_deliveries_without_a_verdict_are_said(runs):
    assert stands(flowed(bronze=7), runs) == Standing(
        "warn", "2 deliveries wait for a verdict.", "krn transform", "flow"
    )


def test_quarantine_alone_is_fine_and_points_to_itself(runs):
    assert stands(flowed(quarantined=2), runs) == Standing(
        "good", "Everything is fine.", "krn quarantine", "quarantine"
    )


def test_all_that_is_wrong_is_told_the_worst_first(runs):
    runs.add(Built("gold.payment_mix", "waits"), code=69, error="The queue cannot be reached. Next: krn doctor")
    found = stands(flowed(7, 0, Sum("a = b", {"EUR": 1}, {"EUR": 2})), runs, [HOLD])
    assert [found.level, *(other.level for other in found.others)] == ["bad", "bad", "bad", "warn", "warn"]
    assert [other.section for other in found.others] == ["holds", "runs", "holds", "flow"]
