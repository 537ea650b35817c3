"""The models of a warehouse: each a folder of models/fraud with the forest as Spark ML saved it and how it was made.

A model is used as long as features and rules are defined as they were when it learned from them. One that can't be read
counts as moved away.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from krn import records
from krn.errors import Unreadable
from krn.forests import forest
from krn.tables.forest import Forest
from krn.tables.models import Model

FOLDER = Path("models", "fraud")
RECORD, FOREST = "model.json", "forest"


@dataclass(frozen=True)
class Trained:
    """How a model was made: of which rows, with what, and how well it did on days that it had not seen.

    `definition` is the fingerprint of each table that a model looks at, `inputs` are the versions that were read.
    `scales` is what money of each currency counts for beside the lesson's main one.
    """

    version: str
    as_of: datetime
    created_at: datetime
    first: date
    last: date
    seed: int
    features: tuple[str, ...]
    scales: Mapping[str, float]
    definition: Mapping[str, str]
    inputs: Mapping[str, Mapping[str, Any]]
    transactions: int
    frauds: int
    settings: Mapping[str, Any]
    importances: Mapping[str, float]
    measured: Mapping[str, Any] | None
    krn: str


def new_version(as_of: datetime, digest: str) -> str:
    """Sorts by the instant of training. Z parts digits that could be a card number's, as in the id of a run."""
    return f"{as_of.astimezone(UTC):%Y%m%dT%H%M%S}Z-{digest}"


@dataclass(frozen=True)
class Found:
    """The models that fit the tables, the newest last, and why each other one scores nothing."""

    fitting: tuple[tuple[Trained, Forest], ...] = ()
    unfit: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """Whether the newest model that fits still scores; where none does, `why` only rules count."""

    status: Literal["absent", "damaged", "stale", "fresh"]
    why: str = ""
    version: str = ""


def found(root: Path, definition: Mapping[str, str]) -> Found:
    """The models of a warehouse beside the tables as they are defined; one that can't be read stops no other."""
    fitting, unfit, damaged = list[tuple[Trained, Forest]](), list[str](), list[str]()
    for folder in sorted((root / FOLDER).glob("[!.]*/")):
        try:
            made = trained(folder)
            if others := [name for name, print_ in made.definition.items() if definition.get(name) != print_]:
                unfit.append(f"{', '.join(others)} is not what {made.version} learned from")
            else:
                fitting.append((made, forest(folder / FOREST, made.features)))
        except Unreadable as why:
            damaged.append(why.state.rstrip("."))
    fitting.sort(key=lambda one: (one[0].as_of, one[0].version))
    return Found(tuple(fitting), tuple(unfit), tuple(damaged))


def usable(these: Found, max_age_days: int) -> tuple[Model, ...]:
    """The models that fit, each in force until the next one or until it is too old."""
    age = timedelta(days=max_age_days)
    began = [made.as_of for made, _ in these.fitting]
    ends = [min(since + age, later) for since, later in pairwise(began)] + [since + age for since in began[-1:]]
    return tuple(
        Model(made.version, made.as_of, end, trees, made.scales)
        for (made, trees), end in zip(these.fitting, ends, strict=True)
    )


def standing(these: Found, now: datetime, max_age_days: int) -> Standing:
    """How the models stand at `now`; a damaged one is told of though another scores in its place."""
    damage = "; ".join(these.damaged)
    if not these.fitting:
        if damage:
            return Standing("damaged", damage)
        return Standing("stale", these.unfit[-1]) if these.unfit else Standing("absent", "no model was trained")
    newest, _ = these.fitting[-1]
    age = now - newest.as_of
    if age <= timedelta(days=max_age_days):
        return Standing("fresh", damage, newest.version)
    old = f"{newest.version} is {age.days} days old, more than {max_age_days}"
    return Standing("damaged" if damage else "stale", damage or old, newest.version)


def trained(folder: Path) -> Trained:
    """How the model of a folder was made."""
    path = folder / RECORD
    with records.whole(path):
        told = records.read(path) or {}
        instants = {name: datetime.fromisoformat(told[name]).astimezone(UTC) for name in ("as_of", "created_at")}
        days = {name: date.fromisoformat(told[name]) for name in ("first", "last")}
        scales = {currency: float(times) for currency, times in told["scales"].items()}
        of = {"features": tuple(told["features"]), "scales": scales, "definition": dict(told["definition"])}
        return Trained(**{**told, **instants, **days, **of})


def keep(root: Path, draft: Path, made: Trained) -> None:
    """Put a model that was drafted beside the others into its place, whole or not at all."""
    records.write(draft / RECORD, asdict(made))
    place = root / FOLDER / made.version
    if not place.exists():
        draft.rename(place)
