"""The rows that commits of judge brought, read from their own files: what it costs does not grow with the table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import duckdb

from krn.store import Store
from krn.tables.silver.deliveries import TABLE as DELIVERIES

#: One row per delivery, with its verdict and the instant of its commit. Paths are ours; nothing else is opened.
_ROWS = """
    WITH file AS (SELECT unnest($paths) AS filename, unnest($verdicts) AS verdict, unnest($judged) AS judged_us),
    delivery AS (
        SELECT * FROM read_parquet($paths, filename = true, hive_partitioning = false) JOIN file USING (filename)
    )
"""


@dataclass(frozen=True)
class File:
    """A file of silver.deliveries: its verdict, and when it was committed in microseconds since 1970."""

    path: str
    verdict: str
    judged_us: int


def files(store: Store, versions: Iterable[int]) -> list[File]:
    """The files that judge added in these versions; what maintenance has removed since is left out."""
    kept = {int(commit.stem) for commit in store.log(DELIVERIES.name)}
    return [file for version in versions if version in kept for file in _files(store, version)]


def _files(store: Store, version: int) -> Iterator[File]:
    written = store.metadata(DELIVERIES.name, version)
    if "types" not in written or "readapted" in written:  # upkeep, or events that were accepted before
        return
    actions = store.commit(DELIVERIES.name, version)
    if any("remove" in action for action in actions):  # rejudged: files written anew, most of their rows not new
        return
    judged_us = next(1000 * action["commitInfo"]["timestamp"] for action in actions if "commitInfo" in action)
    for added in (action["add"] for action in actions if "add" in action):
        path = store.path(DELIVERIES.name) / unquote(added["path"])
        if path.exists():
            yield File(str(path), added["partitionValues"]["verdict"], judged_us)


def ask(query: str, of: Iterable[File], **values: object) -> list[dict[str, Any]]:
    """The rows of a query over `delivery`: every row of these files."""
    found = list(of)
    if not found:
        return []
    paths = {
        "paths": [file.path for file in found],
        "verdicts": [file.verdict for file in found],
        "judged": [file.judged_us for file in found],
    }
    with duckdb.connect() as connection:
        answer = connection.sql(_ROWS + query, params={**paths, **values})
        rows: list[dict[str, Any]] = answer.to_arrow_table().to_pylist()
    return rows
