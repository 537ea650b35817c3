"""The page: everything it shows, put into the template, escaped."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from krn import holds, journal, quarantine
from krn.config import Config
from krn.harmless import harmless
from krn.report import gates
from krn.report.customers import customers
from krn.report.findings import findings
from krn.report.flow import flow
from krn.report.fraud import fraud, matured_by
from krn.report.restatements import restatements
from krn.report.sales import sales
from krn.report.shipping import shipping
from krn.report.standing import standing

READ = 100  # runs: enough for every gate's latest result; the page costs the same after ten years
LISTED = 20
BARS = 15
WHOLE = 20_000  # characters: the line of a chart is the longest text


def build(root: Path, now: datetime, config: Config | None = None) -> str:
    """The report on a warehouse, as one self-contained HTML page; without a configuration its defaults hold."""
    runs, held = journal.runs(root, READ), holds.every(root)
    counted, concerns = flow(root), gates.concerns(runs)
    page = _environment().get_template("page.html")
    return page.render(
        now=now,
        warehouse=root.name,
        standing=standing(counted, held, runs, concerns),
        flow=counted,
        set_aside=_set_aside(root),
        matrix=gates.matrix(runs),
        matrix_runs=gates.last_with_tables(runs),
        marks=gates.MARKS,
        concerns=concerns,
        holds=held,
        findings=findings(root),
        restatements=restatements(runs),
        sales=sales(root),
        shipping=shipping(root),
        customers=customers(root),
        fraud=fraud(root, matured_by(runs, now, config or Config.model_validate({}))),
        runs=[_listed(run) for run in reversed(runs[-LISTED:])],
    )


def _environment() -> Environment:
    loader = PackageLoader("krn.report")
    environment = Environment(
        loader=loader, autoescape=True, finalize=_shown, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"count": _count, "instant": _instant, "short": harmless}
    environment.globals["css"] = Markup(loader.get_source(environment, "page.css")[0])  # noqa: S704  a file of ours
    return environment


def _set_aside(root: Path) -> dict[str, Any]:
    rows = quarantine.summary(root).to_pylist()
    reasons: dict[str, int] = {}
    for row in rows:
        reasons[row["reason"]] = reasons.get(row["reason"], 0) + row["rows"]
    greatest = max(reasons.values(), default=1)
    bars = [
        {"reason": reason, "rows": n, "percent": round(100 * n / greatest, 1), "sentence": quarantine.sentence(reason)}
        for reason, n in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return {"bars": bars, "examples": rows[:BARS], "more": max(0, len(rows) - BARS)}


def _listed(run: Mapping[str, Any]) -> dict[str, Any]:
    """A run as a line of the table."""
    started, ended = (datetime.fromisoformat(str(run[name])) for name in ("started_at", "ended_at"))
    rows = sum(source["rows"] for source in run["sources"])
    return {**run, "started": started, "seconds": (ended - started).total_seconds(), "rows": rows}


def _shown(value: object) -> object:
    """Every text that the template prints goes through here, then through escaping; only our own markup does not."""
    return harmless(value, WHOLE) if isinstance(value, str) and not isinstance(value, Markup) else value


def _count(value: Decimal | int) -> str:
    return f"{value:,}"


def _instant(value: datetime) -> str:
    """To the minute, in UTC, as the tables are."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
