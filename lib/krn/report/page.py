"""The page: everything it shows, put into the template, escaped."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from krn import holds, journal
from krn.config import Config
from krn.harmless import harmless
from krn.report import freshness, gates, outdated, set_aside, standing, volume
from krn.report.changes import changes
from krn.report.customers import customers
from krn.report.expectations import expectations
from krn.report.findings import findings
from krn.report.flow import flow
from krn.report.fraud import fraud, matured_by, model_of
from krn.report.restatements import restatements
from krn.report.sales import sales
from krn.report.shipping import shipping

#: What the links at the top of the page lead to, in its order.
SECTIONS = ("flow", "quarantine", "gates", "changes", "freshness", "expectations", "business", "runs")
READ = 1000  # runs: at one every ten minutes, a week
READ_BYTES = 30_000_000  # of their records: 0.3 s
LISTED = 20
CONCERNS = 50  # of a day on which all goes wrong
WHOLE = 20_000  # characters: the line of a chart is the longest text


def build(root: Path, now: datetime, config: Config | None = None) -> str:
    """The report on a warehouse, as one self-contained HTML page; without a configuration its defaults hold."""
    told = config or Config.model_validate({})
    runs, held = journal.runs(root, READ, READ_BYTES), holds.every(root)
    counted, concerns, sources = flow(root), gates.concerns(runs), volume.volumes(root, now)
    scarce = volume.scarce(root, now, sources)
    quarantined, fresh = set_aside.set_aside(root, now, sources), freshness.freshness(root, runs)
    troubles = (
        *standing.troubles(counted, held, runs, concerns),
        *freshness.troubles(fresh, runs, now),
        *volume.troubles((*sources, *scarce)),
        *set_aside.troubles(quarantined),
        *outdated.troubles(root, runs),
    )
    page = _environment().get_template("page.html")
    return page.render(
        now=now,
        warehouse=root.name,
        sections=SECTIONS,
        standing=standing.standing(counted, troubles),
        flow=counted,
        set_aside=quarantined,
        matrix=gates.matrix(runs),
        matrix_runs=gates.last_with_tables(runs),
        marks=gates.MARKS,
        concerns=concerns,
        most_concerns=CONCERNS,
        gated=expectations(runs),
        holds=held,
        waiting=gates.waiting(runs),
        volumes=(*sources, *scarce),
        changes=changes(runs),
        fresh=fresh,
        findings=findings(root),
        restatements=restatements(runs),
        sales=sales(root),
        shipping=shipping(root),
        customers=customers(root),
        fraud=fraud(root, matured_by(runs, now, told), model_of(runs)),
        runs=[_listed(run) for run in reversed(runs[-LISTED:])],
    )


def _environment() -> Environment:
    loader = PackageLoader("krn.report")
    environment = Environment(
        loader=loader, autoescape=True, finalize=_shown, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "count": _count,
        "instant": _instant,
        "short": harmless,
        "span": freshness.ago,
        "seconds": _seconds,
    }
    environment.globals["css"] = Markup(loader.get_source(environment, "page.css")[0])  # noqa: S704  a file of ours
    return environment


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


def _seconds(value: float) -> str:
    return freshness.ago(timedelta(seconds=value))


def _instant(value: datetime) -> str:
    """To the minute, in UTC, as the tables are."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
