"""What does not fit together in what was accepted: the findings, counted by kind."""

from dataclasses import dataclass
from pathlib import Path

from krn.asking import exists, rows

_QUERY = "SELECT kind, count(*) AS n FROM silver_findings GROUP BY kind ORDER BY n DESC, kind"


@dataclass(frozen=True)
class Kind:
    name: str
    n: int
    percent: float


def findings(root: Path) -> tuple[Kind, ...] | None:
    """The most frequent kind first; None where no table of findings is built."""
    if not exists(root, "silver.findings"):
        return None
    found = rows(root, _QUERY, "silver.findings")
    greatest = max((row["n"] for row in found), default=1)
    return tuple(Kind(row["kind"], row["n"], round(100 * row["n"] / greatest, 1)) for row in found)
