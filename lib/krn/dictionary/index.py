"""The data dictionary's first page: every table and event in one line, each with a link."""

from krn.contracts import CONTRACTS
from krn.contracts.contract import Contract
from krn.dictionary.markdown import anchor, bullets, code, grid, part, sentence
from krn.dictionary.markdown import page as whole
from krn.dictionary.tables import EVERY
from krn.tables.table import Table

_PAGES = ("tables", "events", "reasons", "expectations", "metrics", "exit-codes", "configuration", "commands")
_PII = (
    ("P1", "names a person directly, such as an e-mail address; only bronze has it"),
    ("P2", "can be linked to a person, such as a customer_id"),
    ("", "nothing about a person"),
)


def page() -> str:
    links = bullets(f"[{name.replace('-', ' ')}](reference/{name}.md)" for name in _PAGES)
    return whole("Data dictionary", "What every table and event holds.", links, _tables(), _events(), _classes())


def _tables() -> str:
    return part("Tables", grid(("table", "what it holds", "key"), map(_table, EVERY)))


def _table(table: Table) -> tuple[str, str, str]:
    return f"[{table.name}](reference/tables.md#{anchor(table.name)})", sentence(table.doc), code(*table.key)


def _events() -> str:
    return part("Events", grid(("type", "version", "what happened", "required fields"), map(_event, CONTRACTS)))


def _event(contract: Contract) -> tuple[str, str, str, str]:
    required = code(*(field.name for field in contract.fields if field.required))
    link = f"[{contract.type}](reference/events.md#{anchor(contract.type)})"
    return link, str(contract.version), sentence(contract.doc), required


def _classes() -> str:
    return part("Personal data", "Columns and fields carry one of these classes.", grid(("class", "meaning"), _PII))
