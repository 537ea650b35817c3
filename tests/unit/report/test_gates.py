"""What became of each table in each run, and what does not hold now."""

from krn import journal
from krn.gate.result import Check, Result
from krn.outcome import Built
from krn.report.gates import COLUMNS, concerns, matrix


def check(name: str, success: bool = True, severity: str = "critical", **found: object) -> Check:
    return Check(
        name, "expect_x", severity, success, description=f"{name} adds up", notes="or money is missing", **found
    )  # type: ignore[arg-type]


def gated(table: str, outcome: str, *checks: Check) -> Built:
    return Built(table, outcome, result=Result(table, "hash", 6, checks))


def words(runs) -> dict[str, list[str]]:
    return {row.table: [cell.word for cell in row.cells] for row in matrix(journal.runs(runs.root))}


def test_a_row_is_a_table_and_a_cell_is_a_run(runs):
    runs.add(gated("silver.orders", "published", check("a")), n=0)
    runs.add(
        gated("silver.orders", "held", check("a", False)), Built("gold.sales_daily", "waits", "for silver.orders"), n=1
    )
    runs.add(
        gated("silver.orders", "published", check("a", False, "warning")), Built("gold.sales_daily", "unchanged"), n=2
    )
    assert words(runs) == {
        "silver.orders": ["passed", "held", "warned"],
        "gold.sales_daily": ["", "waits", "unchanged"],
    }


def test_what_was_released_has_a_word_of_its_own_and_is_a_concern(runs):
    runs.add(gated("silver.orders", "published", check("a", False, is_waived=True)))
    assert words(runs) == {"silver.orders": ["waived"]}
    assert [concern.status for concern in concerns(journal.runs(runs.root))] == ["waived"]


def test_a_run_without_tables_has_no_column(runs):
    runs.add(job="ingest", n=0)
    runs.add(Built("silver.orders", "published"), n=1)
    assert words(runs) == {"silver.orders": ["published"]}


def test_only_the_newest_runs_are_columns(runs):
    for n in range(COLUMNS + 2):
        runs.add(Built("silver.orders", "unchanged" if n < 2 else "published"), n=n)
    assert words(runs) == {"silver.orders": ["published"] * COLUMNS}


def test_an_outcome_that_is_not_known_is_an_error_and_no_style_of_the_page(runs):
    runs.add(Built("silver.orders", '"><script>'))
    assert words(runs) == {"silver.orders": ["error"]}


def test_a_concern_is_what_failed_in_the_latest_gate_of_its_table(runs):
    runs.add(gated("silver.orders", "held", check("old", False)), n=0)
    runs.add(
        gated("silver.orders", "published", check("new", False, "warning", unexpected_count=3, element_count=20_725)),
        n=1,
    )
    runs.add(Built("silver.orders", "unchanged"), n=2)
    (found,) = concerns(journal.runs(runs.root))
    assert (found.says, found.status, found.found, found.notes, found.run) == (
        "new adds up",
        "warned",
        "3 of 20,725",
        "or money is missing",
        "run0001",
    )


def test_the_worst_concern_comes_first(runs):
    runs.add(
        gated("silver.orders", "published", check("w", False, "warning")),
        gated("silver.refunds", "held", check("c", False, observed=17)),
    )
    assert [(c.table, c.status, c.found) for c in concerns(journal.runs(runs.root))] == [
        ("silver.refunds", "held", "17"),
        ("silver.orders", "warned", "nothing"),
    ]


def test_what_holds_is_no_concern(runs):
    runs.add(gated("silver.orders", "published", check("a")))
    assert concerns(journal.runs(runs.root)) == ()
