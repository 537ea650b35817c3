"""Counts of each of the last days: spans of 24 hours, so that a report in the morning sees a whole one."""

from datetime import datetime, timedelta
from pathlib import Path

from krn.asking import rows, sql_name

SHOWN = 57  # a day and the eight weeks before it


def by_day(
    root: Path, table: str, end: datetime, *what: str, where: str = "true", days: int = SHOWN
) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Rows of a table by the values of SQL expressions, each as one count a day up to `end`, the oldest first."""
    names = [f"of_{place}" for place in range(len(what))]
    asked = ", ".join(f"{sql} AS {name}" for name, sql in zip(names, what, strict=True))
    ago = f"CAST(floor(date_part('epoch', TIMESTAMP '{end.isoformat()}' - received_at) / 86400) AS INT)"
    start = end - timedelta(days=days)  # a literal, so that files are skipped
    query = f"""
        SELECT {", ".join(names)}, ago, count(*) AS n FROM (
            SELECT {asked}, {ago} AS ago FROM {sql_name(table)}
            WHERE received_at > TIMESTAMP '{start.isoformat()}' AND received_at <= TIMESTAMP '{end.isoformat()}'
              AND {where}
        ) GROUP BY {", ".join(names)}, ago
    """  # noqa: S608  expressions of ours, and instants
    found: dict[tuple[str, ...], list[int]] = {}
    for row in rows(root, query, table):
        counts = found.setdefault(tuple(row[name] for name in names), [0] * days)
        counts[days - 1 - row["ago"]] = row["n"]
    return {of: tuple(found[of]) for of in sorted(found, key=str)}
