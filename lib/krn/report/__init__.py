"""The report: one page from the journal and the tables that says whether it is fine, and where to look if not."""

import os
from datetime import datetime
from pathlib import Path

from krn.config import Config
from krn.report.page import build

__all__ = ["build", "write"]


def write(root: Path, now: datetime, path: Path | None = None, config: Config | None = None) -> Path:
    """Write the page, whole or not at all, to `path` (default: reports/report.html in the warehouse)."""
    target = path or root / "reports" / "report.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_text(build(root, now, config), encoding="utf-8")
    draft.replace(target)
    return target
