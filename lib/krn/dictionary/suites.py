"""The page of expectations: what every gate asks of its table, and the words that a suite may use."""

from collections.abc import Iterable
from pathlib import Path

from krn import gate
from krn.dictionary.markdown import code, grid, part
from krn.dictionary.markdown import page as whole
from krn.gate.limits import HIGH, LOW
from krn.gate.suite import PARAMETER, Expectation, Suite
from krn.gate.vocabulary import ALLOWED, BANNED
from krn.suites import path_of
from krn.tables.every import TABLES
from krn.tables.table import Table

_HEADS = ("expectation", "severity", "what holds", "what it means when it does not")


def page(home: Path) -> str:
    says = (
        "What each table's gate asks. critical holds the table, warning is published and said, info is recorded. "
        "[How to add one](../how-to/change-an-expectation.md)."
    )
    return whole("Expectations", says, *(_suite(table, home) for table in TABLES), _words())


def _suite(table: Table, home: Path) -> str:
    suite = gate.load(path_of(home, table))
    reconciled = f"Over the whole table and its inputs:\n\n{_grid(suite.reconcile)}" if suite.reconcile else ""
    return part(table.name, _grid(suite.expectations), reconciled, _waived(suite))


def _waived(suite: Suite) -> str:
    """The columns of which nothing is asked, each with the reason."""
    reasons = [(code(column), reason) for column, reason in suite.waived.items()]
    return f"Nothing is asked of these:\n\n{grid(('column', 'because'), reasons)}" if reasons else ""


def _grid(expectations: Iterable[Expectation]) -> str:
    return grid(_HEADS, [(code(e.id), e.severity, e.description, e.notes) for e in expectations])


def _words() -> str:
    allowed = [(code(name), code(*(*words.must, *words.may))) for name, words in ALLOWED.items()]
    banned = [(code(name), instead) for name, instead in BANNED.items()]
    return part(
        "Words of a suite",
        "Each is counted in one pass over the rows, keys beside it.",
        grid(("type", "arguments"), allowed),
        f"A bound may be `{{{PARAMETER}: {LOW}}}` or `{{{PARAMETER}: {HIGH}}}`: "
        "[former runs give it](../how-to/change-an-expectation.md#a-bound-that-former-runs-give).",
        "Each other type of Great Expectations is refused; the second column says what to use.",
        grid(("type", "instead"), banned),
    )
