"""The page of tables: what a row is, how it is made again, and every column."""

from collections.abc import Iterator

from krn.contracts.contract import Contract
from krn.dictionary.markdown import anchor, bullets, code, grid, part, sentence
from krn.dictionary.markdown import page as whole
from krn.sources import ledger
from krn.tables.every import TABLES
from krn.tables.table import Input, Table
from krn.views import VIEWS

EVERY = (*TABLES, ledger.TABLE)
_WRITERS = {"bronze.deliveries": "ingest", "silver.deliveries": "judge", "ops.files": "ingest"}


def page() -> str:
    says = "Every table with its columns. Instants are UTC; business dates are days of the configured `timezone`."
    return whole("Tables", says, *map(_table, EVERY), _views())


def _table(table: Table) -> str:
    columns = [(code(c.name), code(c.type.simpleString()), c.pii, c.doc) for c in table.columns]
    described = grid(("column", "type", "PII", "meaning"), columns)
    return part(table.name, sentence(table.doc), bullets(_facts(table)), described)


def _facts(table: Table) -> Iterator[str]:
    yield f"Key: {code(*table.key)}"
    yield f"Written by {_WRITERS[table.name]}" if table.transform is None else f"Made again by: {_scope(table)}"
    if table.inputs:
        yield f"Made from: {'; '.join(_input(name, given) for name, given in table.reads.items())}"
    if table.args:
        yield f"Run values it asks for: {code(*table.args)}"
    if table.partition_by:
        yield f"Partitioned by: {code(*table.partition_by)}"
    if table.may_be_empty:
        yield "May be empty although its inputs are not"


def _scope(table: Table) -> str:
    return f"changed values of {code(table.scope)}" if table.scope else "nothing smaller than the whole table"


def _input(name: str, given: Input) -> str:
    is_event = isinstance(given.of, Contract)
    of = given.of.type if isinstance(given.of, Contract) else given.of.name
    link = f"[{of}]({'events.md' if is_event else ''}#{anchor(of)})"
    reached = f", whose changes are found by {code(given.scope)}" if given.scope else ""
    return f"{code(name)} = {link}{f', reached via {code(given.via)}' if given.via else reached}"


def _views() -> str:
    rows = [(code(name), code(of), code(where)) for name, (of, where) in VIEWS.items()]
    says = (
        "Names that `krn show` and `krn.read` take beside the tables. `ops.runs` is the journal, one row per run; "
        "`ops.results` what its gates found, one row per run, table and expectation; `ops.metrics` what each run "
        "measured, one row per [metric](metrics.md) and set of labels."
    )
    return part("Views", says, grid(("view", "table", "rows where"), rows))
