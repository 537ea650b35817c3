"""One number that a run measured, and the labels that tell it from others of its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Labels = tuple[tuple[str, str], ...]
#: A metric's name and its labels: what is one line of a chart.
Series = tuple[str, Labels]


@dataclass(frozen=True)
class Sample:
    """`n` is how many deliveries the number is made of, where it is a share or a percentile of some."""

    name: str
    value: float
    labels: Labels = ()
    n: int | None = None

    @property
    def series(self) -> Series:
        return self.name, self.labels


@dataclass(frozen=True)
class Seen:
    """A sample and the instant at which its run ended."""

    sample: Sample
    at: datetime
    run: str


def sample(name: str, value: float, n: int | None = None, **labels: str) -> Sample:
    """A sample whose labels are in the order of their names."""
    return Sample(name, float(value), tuple(sorted(labels.items())), n)


def newest(history: Mapping[Series, tuple[Seen, ...]]) -> dict[Series, Seen]:
    """The last sample of each series."""
    return {series: seen[-1] for series, seen in history.items()}
