"""Card fraud at a glance: can the alerts be reviewed, what is declined, what proved to be fraud, do the rules work?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from krn import journal
from krn.asking import rows
from krn.config import Config
from krn.models import Standing
from krn.report.fraud_model import FraudModel, fraud_model
from krn.report.money import exact
from krn.report.rates import rates
from krn.report.rule_health import Rule, percent, rule_health
from krn.report.sales import DAYS, PANELS
from krn.report.stacks import Stacks, stacks
from krn.tables.gold.fraud_daily import TABLE as DAILY

_DAILY = f"""
    SELECT business_date AS day, sum(transactions) AS transactions, sum(approved) AS approved,
           sum(declined) AS declined, sum(frauds) AS frauds
    FROM gold_fraud_daily
    WHERE business_date > (SELECT max(business_date) FROM gold_fraud_daily) - INTERVAL '{DAYS} days'
    GROUP BY business_date
"""  # noqa: S608  a number of ours
_ALERTS = """
    SELECT business_date AS day, count(*) AS alerts, count(*) FILTER (WHERE is_within_capacity) AS within,
           count(*) FILTER (WHERE outcome = 'fraud') AS frauds
    FROM gold_fraud_alerts WHERE business_date >= DATE '{first}' GROUP BY business_date
"""
_MONEY = """
    SELECT currency, sum(transactions) AS n, sum(amount) AS amount, sum(fraud_amount) AS fraud FROM gold_fraud_daily
    WHERE business_date >= DATE '{first}' AND business_date < DATE '{matured_by}'
    GROUP BY currency ORDER BY n DESC, currency LIMIT {panels}
"""


@dataclass(frozen=True)
class Share:
    """How many of how many; no `percent` of nothing."""

    n: int
    of: int

    @property
    def percent(self) -> float | None:
        return percent(self.n, self.of)


@dataclass(frozen=True)
class Money:
    """Of the matured days of one currency: what was tried, and how much of it was fraud, in ten-thousandths."""

    currency: str
    transactions: int
    amount: str
    fraud: str
    bps: float | None


@dataclass(frozen=True)
class Fraud:
    """`matured_by`: the first day of which labels may still come; what says `matured` is of the days before it."""

    first: date
    last: date
    matured_by: date
    scored_by: str
    model: FraudModel | None
    headline: str
    beyond: Share  # alerts that were more than can be reviewed on their day
    matured_alerts: Share  # that proved to be fraud
    declined: Share
    matured_frauds: Share
    alerts: Stacks
    decline_rate: Stacks
    fraud_rate: Stacks
    money: tuple[Money, ...]
    rules: tuple[Rule, ...]


def fraud(root: Path, matured_by: date, model: Standing) -> Fraud | None:
    """None while nobody has paid by card; `matured_by` is the first day of which labels may still come."""
    days = {row["day"]: row for row in rows(root, _DAILY, "gold.fraud_daily")}
    if not days:
        return None
    first, last = min(days), max(days)
    found = {row["day"]: row for row in rows(root, _ALERTS.format(first=first), "gold.fraud_alerts")}
    alerts = {day: (of["within"], of["alerts"] - of["within"]) for day, of in found.items()}
    matured, matured_alerts = ([of for day, of in some.items() if day < matured_by] for some in (days, found))
    return Fraud(
        first=first,
        last=last,
        matured_by=matured_by,
        scored_by=scored_by(model),
        model=fraud_model(root, model),
        headline=headline(alerts, last),
        beyond=Share(sum(beyond for _, beyond in alerts.values()), sum(map(sum, alerts.values()))),
        matured_alerts=Share(_sum(matured_alerts, "frauds"), _sum(matured_alerts, "alerts")),
        declined=Share(_sum(days.values(), "declined"), _sum(days.values(), "declined", "approved")),
        matured_frauds=Share(_sum(matured, "frauds"), _sum(matured, "transactions")),
        alerts=stacks(dict.fromkeys(days, (0, 0)) | alerts, "within capacity", "beyond capacity"),
        decline_rate=rates({d: (r["declined"], r["declined"] + r["approved"]) for d, r in days.items()}, "declined"),
        fraud_rate=rates({d: (r["frauds"], r["transactions"]) for d, r in days.items()}, "fraud", matured_by),
        money=_money(root, first, matured_by),
        rules=rule_health(root, first, last),
    )


def matured_by(runs: Sequence[Mapping[str, Any]], now: datetime, config: Config) -> date:
    """The first business day of which labels may come after the last of the runs that built the days of fraud."""
    last = journal.clock_of(reversed(runs), DAILY.name) or now
    return config.today(last) - timedelta(days=config.label_delay_days)


def model_of(runs: Sequence[Mapping[str, Any]]) -> Standing:
    """How the models stood when gold was made last."""
    noted = [run["notes"]["fraud_model"] for run in runs if "fraud_model" in run["notes"]]
    return Standing(**noted[-1]) if noted else Standing("absent", "no run has looked for a model")


def scored_by(model: Standing) -> str:
    """What made the scores: the rules, and a model where one may be relied on."""
    if model.status == "fresh":
        return f"the rules, and beside them by model {model.version}" + (f"; {model.why}" if model.why else "")
    return f"the rules alone: {model.why}"


def headline(alerts: Mapping[date, tuple[int, int]], last: date) -> str:
    """Can what the last seven days brought be reviewed?"""
    week = [of for day, of in alerts.items() if day > last - timedelta(days=7)]
    within, beyond = (sum(of[n] for of in week) for n in (0, 1))
    if beyond:
        return f"{beyond:,} of {within + beyond:,} card alerts of the last week were more than can be reviewed"
    return f"{within:,} card alerts in the last week, and all can be reviewed" if within else "No card alert in a week"


def _sum(found: Iterable[Mapping[str, Any]], *names: str) -> int:
    return sum(row[name] for row in found for name in names)


def _money(root: Path, first: date, matured_by: date) -> tuple[Money, ...]:
    query = _MONEY.format(first=first, matured_by=matured_by, panels=PANELS)
    return tuple(
        Money(
            row["currency"],
            row["n"],
            exact(row["amount"], row["currency"]),
            exact(row["fraud"], row["currency"]),
            round(float(row["fraud"] * 10_000 / row["amount"]), 1) if row["amount"] else None,
        )
        for row in rows(root, query, "gold.fraud_daily")
    )
