"""The model beside the rules: how old it is, what it learned from, and how both rank days that it had not seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from krn import models, records
from krn.errors import Unreadable
from krn.models import Standing


@dataclass(frozen=True)
class Ranked:
    """How well a score ranks the held out days; a measure is None where they have nothing to measure."""

    by: str
    average_precision: float | None
    card_precision: float | None


@dataclass(frozen=True)
class HeldOut:
    """Days that a forest of the same lesson had not seen; `capacity` is how many cards a day count."""

    first: date
    last: date
    capacity: int
    ranked: tuple[Ranked, ...]


@dataclass(frozen=True)
class FraudModel:
    """A model as its folder tells of it; nothing is held out where its lesson was too short."""

    version: str
    as_of: datetime
    first: date
    last: date
    held_out: HeldOut | None


def fraud_model(root: Path, stands: Standing) -> FraudModel | None:
    """The newest model that fits; None where there is none, or its folder is gone or damaged by now."""
    folder = root / models.FOLDER / stands.version
    try:
        return _told(folder) if stands.version else None
    except Unreadable:
        return None


def _told(folder: Path) -> FraudModel:
    made = models.trained(folder)
    with records.whole(folder / models.RECORD):
        return FraudModel(made.version, made.as_of, made.first, made.last, _held_out(made.measured))


def _held_out(measured: Mapping[str, Any] | None) -> HeldOut | None:
    if measured is None:
        return None
    first, last = map(date.fromisoformat, measured["held_out"])
    return HeldOut(
        first, last, int(measured["capacity"]), tuple(_ranked(by, measured[by]) for by in ("model", "rules"))
    )


def _ranked(by: str, found: Mapping[str, float | None]) -> Ranked:
    average, cards = (
        None if value is None else float(value) for value in (found["average_precision"], found["card_precision"])
    )
    return Ranked(by, average, cards)
