"""Ask the tables a question in SQL and read only the columns it needs, without Spark."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from krn import delta_rs
from krn.errors import Unreadable
from krn.reading import path_of


def ask(root: Path, query: str, *tables: str, at: Mapping[str, int] | None = None) -> pa.Table:
    """The answer to `query`, which calls gold.sales_daily gold_sales_daily; `at` = the versions to read."""
    versions = at or {}
    try:
        opened = {sql_name(t): delta_rs.opened(path_of(t, root), versions.get(t)) for t in tables}
        return delta_rs.answer(query, **opened)
    except (pa.ArrowException, OSError, delta_rs.DeltaError) as damaged:
        state = f"{' or '.join(tables)} cannot be read: {damaged}."
        raise Unreadable(state, "restore the file from a backup, or krn run --full") from None


def rows(root: Path, query: str, table: str) -> list[dict[str, Any]]:
    """The rows of the answer to a query of one table; none where there is no such table."""
    found: list[dict[str, Any]] = ask(root, query, table).to_pylist() if exists(root, table) else []
    return found


def sql_name(table: str) -> str:
    """What a query calls a table."""
    return table.replace(".", "_")


def exists(root: Path, table: str) -> bool:
    """Whether a table has been written."""
    return (root.joinpath(*table.split(".")) / "_delta_log").is_dir()


def count(root: Path, table: str) -> int:
    """How many rows a table has, without those that deletion vectors hide."""
    return int(ask(root, f"SELECT count(*) AS n FROM {sql_name(table)}", table)["n"][0].as_py())  # noqa: S608  a name of ours
