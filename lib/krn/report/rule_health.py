"""How the fraud rules do: what each hits, how much of that is fraud, and which has changed or does nothing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from pathlib import Path

from krn.asking import rows

WEEKS = 13  # that a precision is of
BEFORE = 4  # weeks that the last one is compared with
FEW = 30  # hits below which a precision is a guess

_WEEKLY = """
    SELECT rule, week, sum(hits) AS hits, sum(matured_hits) AS matured, sum(frauds_hit) AS frauds_hit,
           sum(frauds) AS frauds
    FROM gold_fraud_rule_weekly GROUP BY rule, week
"""


@dataclass(frozen=True)
class Week:
    hits: int
    matured: int
    frauds_hit: int
    frauds: int


@dataclass(frozen=True)
class Rule:
    """Hits of the last whole week and a week before it; precision with its 95 % bounds and recall, in per cent."""

    name: str
    hits: int | None  # None while no week is whole
    before: float | None  # None without a whole week before that
    matured: int
    frauds_hit: int
    frauds: int
    has_ever_hit: bool

    @property
    def precision(self) -> float | None:
        return percent(self.frauds_hit, self.matured)

    @property
    def recall(self) -> float | None:
        return percent(self.frauds_hit, self.frauds)

    @property
    def bounds(self) -> tuple[float, float]:
        return wilson(self.frauds_hit, self.matured)

    @property
    def says(self) -> str:
        """What is strange about it; counts of chance stay within three standard deviations of their mean."""
        if not self.has_ever_hit:
            return "never hit"
        if self.hits is not None and self.before is not None and self.hits > self.before + 3 * sqrt(self.before or 1):
            return "more than before"
        return "few" if 0 < self.matured < FEW else ""


def percent(part: int, whole: int) -> float | None:
    """Of nothing there is none."""
    return round(100 * part / whole, 1) if whole else None


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """The bounds between which a rate lies with 95 % confidence, in per cent; anything is possible of nothing."""
    middle, spread = part + z * z / 2, z * sqrt(part * (whole - part) / whole + z * z / 4) if whole else z * z / 2
    low, high = ((middle + way * spread) / (whole + z * z) * 100 for way in (-1, 1))
    return round(low, 1), round(high, 1)


def rule_health(root: Path, first: date, last: date) -> tuple[Rule, ...]:
    """The rules by how often they hit; `first` and `last` are the business days of which there are transactions."""
    weeks: dict[str, dict[date, Week]] = defaultdict(dict)
    for row in rows(root, _WEEKLY, "gold.fraud_rule_weekly"):
        weeks[row["rule"]][row["week"]] = Week(row["hits"], row["matured"], row["frauds_hit"], row["frauds"])
    found = (_rule(name, of, first, last) for name, of in weeks.items())
    return tuple(sorted(found, key=lambda rule: (-(rule.hits or 0), -rule.matured, rule.name)))


def _rule(name: str, weeks: Mapping[date, Week], first: date, last: date) -> Rule:
    whole = [weeks[monday].hits for monday in sorted(weeks) if first <= monday <= last - timedelta(days=6)]
    before = whole[-1 - BEFORE : -1]
    judged = [week for monday, week in weeks.items() if monday > last - timedelta(weeks=WEEKS)]
    return Rule(
        name,
        whole[-1] if whole else None,
        sum(before) / len(before) if before else None,
        sum(week.matured for week in judged),
        sum(week.frauds_hit for week in judged),
        sum(week.frauds for week in judged),
        any(week.hits for week in weeks.values()),
    )
