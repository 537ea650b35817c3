"""The models of a warehouse: each a folder of models/fraud with the forest as Spark ML saved it and how it was made.

A model is used as long as features and rules are defined as they were when it learned from them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from krn import cursors, records
from krn.forests import forest
from krn.tables.models import Model

FOLDER = Path("models", "fraud")
RECORD, FOREST = "model.json", "forest"


@dataclass(frozen=True)
class Trained:
    """How a model was made: of which rows, with what, and how well it did on days that it had not seen.

    `definition` is the fingerprint of each table that a model looks at, `inputs` are the versions that were read.
    """

    version: str
    as_of: datetime
    created_at: datetime
    first: date
    last: date
    seed: int
    features: tuple[str, ...]
    definition: Mapping[str, str]
    inputs: Mapping[str, Mapping[str, Any]]
    transactions: int
    frauds: int
    settings: Mapping[str, Any]
    importances: Mapping[str, float]
    measured: Mapping[str, Any] | None
    krn: str


@dataclass(frozen=True)
class Standing:
    """Whether there is a model to score with; where there is none, or `why` it is stale, only rules count."""

    status: Literal["absent", "stale", "fresh"]
    why: str = ""
    model: Trained | None = None

    @property
    def told(self) -> dict[str, str]:
        """As it stands in the journal."""
        return {"status": self.status, "why": self.why, "version": self.model.version if self.model else ""}


def standing(root: Path, now: datetime, max_age_days: int) -> Standing:
    """How the newest model stands at `now`, beside the tables as they were built last."""
    every = trained(root)
    if not every:
        return Standing("absent", "no model was trained")
    newest, age = every[-1], now - every[-1].as_of
    others = [name for name, print_ in newest.definition.items() if _fingerprint(root, name) != print_]
    if others:
        return Standing("stale", f"{', '.join(others)} is not what {newest.version} learned from", newest)
    if age > timedelta(days=max_age_days):
        return Standing("stale", f"{newest.version} is {age.days} days old, more than {max_age_days}", newest)
    return Standing("fresh", "", newest)


def _fingerprint(root: Path, table: str) -> str:
    built = cursors.load(root, table)
    return built.fingerprint if built else ""


def usable(root: Path, max_age_days: int, definition: Mapping[str, str]) -> tuple[Model, ...] | None:
    """The models that learned from tables of this definition, each in force until the next; None where none did."""
    found = [one for one in trained(root) if one.definition == definition]
    if not found:
        return None
    age = timedelta(days=max_age_days)
    ends = [*(later.as_of for _, later in pairwise(found)), found[-1].as_of + age]
    return tuple(
        Model(
            one.version,
            one.as_of,
            min(end, one.as_of + age),
            forest(root / FOLDER / one.version / FOREST, one.features),
        )
        for one, end in zip(found, ends, strict=True)
    )


def trained(root: Path) -> list[Trained]:
    """How each model was made, the newest last."""
    told = (records.read(path) for path in sorted((root / FOLDER).glob(f"[!.]*/{RECORD}")))
    return sorted((_trained(one) for one in told if one), key=lambda one: (one.as_of, one.version))


def _trained(told: Mapping[str, Any]) -> Trained:
    instants = {name: datetime.fromisoformat(told[name]) for name in ("as_of", "created_at")}
    days = {name: date.fromisoformat(told[name]) for name in ("first", "last")}
    return Trained(**{**told, **instants, **days, "features": tuple(told["features"])})


def keep(root: Path, draft: Path, made: Trained) -> Path:
    """Put a model that was drafted beside the others into its place, whole or not at all."""
    records.write(draft / RECORD, asdict(made))
    place = root / FOLDER / made.version
    return place if place.exists() else draft.rename(place)
