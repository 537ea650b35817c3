"""Whether a table would come out the same today: a hash of everything its rows are made of but the data."""

import ast
import hashlib
import importlib.util
from collections.abc import Mapping
from functools import cache
from importlib.abc import InspectLoader
from threading import Lock

from krn.contracts.contract import Contract
from krn.tables.table import Table

#: Data of krn.contracts that tables are made by, beside the contracts: those have fingerprints of their own.
_DATA = frozenset({"krn.contracts.lifecycles"})
#: Python 3.11 and 3.12 count the depth of a syntax tree once for all threads, so two that parse at a time can fail.
_PARSING = Lock()


def fingerprint(table: Table, args: Mapping[str, object]) -> str:
    """16 hex digits over the code of the table, its columns, the contracts it reads and the values of its `args`."""
    parts = [*_sources(table), *(f"{c.name} {c.type.simpleString()}" for c in table.columns)]
    parts += [i.of.fingerprint for i in table.reads.values() if isinstance(i.of, Contract)]
    parts += [f"{name} {i.scope} {i.via}" for name, i in table.reads.items()]
    parts += [f"{name}={args[name]}" for name in table.args]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _sources(table: Table) -> list[str]:
    if table.transform is None:
        return []
    own = table.transform.__module__
    code = {name: _code(name) for name in _reached(own, frozenset())}
    return [f"{name}\n{text}" for name, text in sorted(code.items())]


def _reached(module: str, seen: frozenset[str]) -> frozenset[str]:
    """The module and the shared modules that it imports, of tables and such data; files of other tables are inputs."""
    found = seen | {module}
    for name in _imports(_code(module)):
        is_shared = name in _DATA or (name.startswith("krn.tables.") and name.count(".") == 2)
        if is_shared and name not in found:
            found = _reached(name, found)
    return found


@cache
def _imports(code: str) -> list[str]:
    with _PARSING:
        tree = ast.parse(code)
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module]
    return sorted({name for n in nodes for name in (str(n.module), *(f"{n.module}.{a.name}" for a in n.names))})


@cache
def _code(module: str) -> str:
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return ""
    loader = spec.loader if spec else None
    return (loader.get_source(module) or "") if isinstance(loader, InspectLoader) else ""
