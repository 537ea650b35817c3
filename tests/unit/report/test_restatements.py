"""What runs changed in days that readers knew, as the journal tells it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from krn import journal
from krn.outcome import Built, Restated
from krn.report.restatements import RUNS, Change, restatements

DAY = date(2026, 11, 3)


def sales(n: int = 1, **measures: Any) -> Built:
    given = measures or {"orders": (1, 2)}
    row = Restated(DAY, {"currency": "EUR", "channel": "web"}, given)
    return Built("gold.sales_daily", "published", n_restated=n, restated=(row,) * min(n, 10))


def test_a_restated_day_says_its_measures_before_and_after(runs):
    runs.add(sales(orders=(1, 1200), net_sales=(Decimal("10.5000"), Decimal("1240.0000")), returns=(None, Decimal(3))))
    (found,) = restatements(journal.runs(runs.root))
    (row,) = found.rows
    assert (found.table, found.n, row.on, row.of) == ("gold.sales_daily", 1, DAY, "EUR, web")
    assert row.changes == (
        Change("orders", "1", "1,200"),
        Change("returns", "–", "3.00"),
        Change("net_sales", "10.50", "1,240.00"),
    )
    assert row.more == 0


def test_a_change_that_cannot_be_seen_is_not_told(runs):
    runs.add(sales(orders=(1, 2), net_sales=(Decimal("10.0001"), Decimal("10.0002"))))
    (found,) = restatements(journal.runs(runs.root))
    assert [change.measure for change in found.rows[0].changes] == ["orders"]


def test_a_row_in_which_no_change_can_be_seen_is_left_out(runs):
    runs.add(sales(net_sales=(Decimal("10.0001"), Decimal("10.0002"))))
    (found,) = restatements(journal.runs(runs.root))
    assert found.rows == ()


def test_a_rate_has_its_own_decimals_whatever_the_currency(runs):
    rates = {"decline_rate": (Decimal("0.4000"), Decimal("0.6000")), "amount": (Decimal(100), Decimal(120))}
    runs.add(
        Built("gold.fraud_daily", "published", n_restated=1, restated=(Restated(DAY, {"currency": "JPY"}, rates),))
    )
    (found,) = restatements(journal.runs(runs.root))
    assert found.rows[0].changes == (Change("amount", "100", "120"), Change("decline_rate", "0.4000", "0.6000"))


def test_of_many_measures_and_rows_the_first_are_shown_and_the_rest_is_counted(runs):
    measures = {f"m{n}": (0, n) for n in range(1, 7)}
    rows = tuple(Restated(DAY, {"channel": f"{place}"}, measures) for place in range(7))
    runs.add(Built("gold.sales_daily", "published", n_restated=7, restated=rows))
    (found,) = restatements(journal.runs(runs.root))
    assert (found.n, [row.of for row in found.rows]) == (7, ["0", "1", "2", "3"])
    assert ([change.measure for change in found.rows[0].changes], found.rows[0].more) == (["m1", "m2", "m3", "m4"], 2)


def test_the_newest_runs_come_first_and_old_ones_are_left_out(runs):
    for n in range(RUNS + 2):
        runs.add(sales(), Built("gold.payment_mix", "published"), n=n)
    runs.add(Built("gold.sales_daily", "unchanged"), n=RUNS + 2)
    told = [found.run for found in restatements(journal.runs(runs.root))]
    assert told == [f"run{n:04}" for n in range(RUNS + 1, 1, -1)]


def test_records_of_before_restatements_were_told_are_read(runs):
    runs.add(replace(sales(), n_restated=0, restated=()))
    (record,) = journal.runs(runs.root)
    for table in record["tables"]:
        del table["n_restated"], table["restated"]
    assert restatements([record]) == ()
