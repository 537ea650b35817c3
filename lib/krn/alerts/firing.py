"""Which watches fire: a pure question to the metrics."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from itertools import product, takewhile

from krn.alerts.written import Watch
from krn.metrics.catalogue import METRICS
from krn.metrics.sample import Labels, Seen, Series

History = Mapping[Series, tuple[Seen, ...]]


@dataclass(frozen=True)
class Firing:
    """A watch that fires for one group, and of which series with which value."""

    watch: str
    group: Labels
    found: Mapping[str, float]

    @property
    def key(self) -> str:
        return self.watch + "".join(f" {label}={value}" for label, value in self.group)


def firing(watches: Iterable[Watch], history: History, now: datetime) -> list[Firing]:
    """One for each group of each watch in which a series meets the condition for long enough."""
    return [fires for watch in watches for fires in _of_watch(watch, history, now)]


def _of_watch(watch: Watch, history: History, now: datetime) -> Iterator[Firing]:
    watched = {series: _counting(watch, seen) for series, seen in history.items() if _is_watched(watch, series)}
    if watch.absent and not history:
        yield Firing(watch.name, (), {"nothing measured": 0.0})
    groups = defaultdict[Labels, dict[str, float]](dict)
    for (_, labels), seen in sorted(watched.items()):
        if _meets(watch, seen, now):
            groups[_group(watch, labels)][_text(labels)] = _value(watch, seen[-1], now)
    if watch.absent and _is_known_for_long_enough(watch, history, now):
        for labels in _named(watch):
            if not any(set(labels) <= set(series[1]) for series in watched):
                groups[_group(watch, labels)][f"{_text(labels)}, never measured"] = 0.0
    for group, found in groups.items():
        yield Firing(watch.name, group, found)


def _named(watch: Watch) -> Iterator[Labels]:
    """Every series that the watch names in so many words; a pattern names none."""
    words = {label: [one for one in of if not set(one) & set("*?[")] for label, of in sorted(watch.labels.items())}
    if watch.labels and all(words.values()):
        yield from (tuple(zip(words, values, strict=True)) for values in product(*words.values()))


def _is_known_for_long_enough(watch: Watch, history: History, now: datetime) -> bool:
    """Of what is to be no older than 6 h, nothing is missing before something else was measured 6 h ago."""
    longest = watch.condition.threshold if METRICS[watch.metric].is_instant else 0
    return any(now.timestamp() - seen[0].at.timestamp() >= longest for seen in history.values())


def _group(watch: Watch, labels: Labels) -> Labels:
    return tuple((label, value) for label, value in labels if label in watch.group_by)


def _is_watched(watch: Watch, series: Series) -> bool:
    name, labels = series[0], dict(series[1])
    return name == watch.metric and all(
        any(fnmatchcase(labels.get(label, ""), pattern) for pattern in patterns)
        for label, patterns in watch.labels.items()
    )


def _counting(watch: Watch, seen: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """What is made of enough deliveries; shares of fewer are put together, the newest first, until they are."""
    if not METRICS[watch.metric].is_share:
        return tuple(one for one in seen if one.sample.n is None or one.sample.n >= watch.least)
    found, few = list[Seen](), list[Seen]()
    for one in reversed(seen):
        few.append(one)
        if _deliveries(few) >= watch.least:
            found.append(_together(few))
            few = []
    return tuple(reversed(found))


def _together(runs: Sequence[Seen]) -> Seen:
    """The share of all of them, as of the newest, which comes first."""
    newest, n = runs[0], _deliveries(runs)
    if len(runs) == 1:
        return newest
    of_all = sum(one.sample.value * (one.sample.n or 0) for one in runs) / n
    return replace(newest, sample=replace(newest.sample, value=of_all, n=n))


def _deliveries(runs: Sequence[Seen]) -> int:
    return sum(one.sample.n or 0 for one in runs)


def _meets(watch: Watch, seen: tuple[Seen, ...], now: datetime) -> bool:
    """Whether the condition held in the last runs with this series, enough of them, for long enough."""
    held = list(takewhile(lambda one: watch.condition.holds(_value(watch, one, now)), reversed(seen)))
    if len(held) < watch.for_runs:
        return False
    return now - held[-1].at >= timedelta(minutes=watch.for_minutes)


def _value(watch: Watch, one: Seen, now: datetime) -> float:
    return now.timestamp() - one.sample.value if METRICS[watch.metric].is_instant else one.sample.value


def _text(labels: Labels) -> str:
    return ", ".join(value for _, value in labels) or "all"
