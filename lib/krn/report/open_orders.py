"""Orders that wait for something: in which stage, and since how many days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from krn.asking import rows
from krn.tables.gold.open_orders import STAGES

#: The most days of an age, and its name.
_AGES = {3: "up to 3 days", 7: "4 to 7", 14: "8 to 14", 30: "15 to 30", None: "longer"}
_QUERY = """
    SELECT stage, days_in_stage AS days, count(*) AS n, sum(CASE WHEN stuck THEN 1 ELSE 0 END) AS stuck
    FROM gold_open_orders GROUP BY stage, days_in_stage
"""


@dataclass(frozen=True)
class Stage:
    """Open orders of one stage by their age."""

    name: str
    ages: tuple[int, ...]
    stuck: int


@dataclass(frozen=True)
class Open:
    ages: tuple[str, ...]
    stages: tuple[Stage, ...]

    @property
    def n(self) -> int:
        return sum(sum(stage.ages) for stage in self.stages)

    @property
    def stuck(self) -> int:
        return sum(stage.stuck for stage in self.stages)


def open_orders(root: Path) -> Open | None:
    """None while none is open."""
    found = rows(root, _QUERY, "gold.open_orders")
    stages = (_stage(name, [row for row in found if row["stage"] == name]) for name in STAGES)
    return Open(tuple(_AGES.values()), tuple(stage for stage in stages if any(stage.ages))) if found else None


def _stage(name: str, found: Sequence[Mapping[str, Any]]) -> Stage:
    ages = dict.fromkeys(_AGES, 0)
    for row in found:
        ages[next(most for most in _AGES if most is None or row["days"] <= most)] += row["n"]
    return Stage(name, tuple(ages.values()), sum(row["stuck"] for row in found))
