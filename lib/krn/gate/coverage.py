"""Whether a suite looks at every column of its table, or says why not: `waived: {column: reason}`."""

from collections.abc import Iterator

from krn.gate import sql
from krn.gate.fault import Fault
from krn.gate.suite import Expectation, Suite
from krn.tables.table import Table


def gaps(suite: Suite, table: Table) -> Iterator[Fault]:
    """A key that may repeat, a column that nobody judges, and a waiver that is empty, idle or of no column."""
    if not any(_holds_key(expectation, table) for expectation in suite.expectations):
        key = ", ".join(table.key)
        yield Fault(f"nothing critical holds the key: write expect_key_to_be_unique with columns: [{key}]")
    columns, seen = [column.name for column in table.columns], judged(suite)
    for name in columns:
        if name not in seen and name not in suite.waived:
            yield Fault(f"column {name} is judged by no expectation: add one, or `waived: {{{name}: why}}`")
    for name, reason in suite.waived.items():
        if name not in columns:
            yield Fault(f"waived column {name} is unknown: drop it from `waived`")
        elif name in seen:
            yield Fault(f"column {name} is judged and waived: drop it from `waived`")
        elif not reason.strip():
            yield Fault(f"column {name} is waived without a reason: say why nothing can be wrong with it")


def _holds_key(expectation: Expectation, table: Table) -> bool:
    """Whether any two rows of one key would hold the table; over more columns than the key's they would not."""
    is_key = expectation.type == "expect_key_to_be_unique" and expectation.severity == "critical"
    is_of_all = set(columns_of(expectation)) <= set(table.key) and not expectation.kwargs.get("row_condition")
    return not table.key or (is_key and is_of_all)


def judged(suite: Suite) -> frozenset[str]:
    """The columns that an expectation is about: by name, or in a number of the table that is reconciled."""
    reconciled = {name for expectation in suite.reconcile for name in columns_of(expectation)}
    summed = [n.expression for n in suite.numbers if n.of == "this" and n.name in reconciled]
    named = [columns_of(expectation) for expectation in suite.expectations]
    return frozenset().union(*named, *map(sql.names, summed))


def columns_of(expectation: Expectation) -> list[str]:
    """The columns that its arguments name; a condition only says where it holds."""
    given = expectation.kwargs
    one_each = [given[name] for name in ("column", "column_A", "column_B") if name in given]
    lists = [given[name] for name in ("columns", "column_list") if isinstance(given.get(name), list)]
    return [str(name) for name in (*one_each, *(name for several in lists for name in several))]
