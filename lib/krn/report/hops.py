"""How long deliveries took from the event to gold, as the runs measured it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from krn.metrics import kept
from krn.metrics.sample import Seen
from krn.report.spark import Spark, spark

NAMES = {
    "event_to_bronze": "event → bronze",
    "bronze_to_silver": "bronze → verdict",
    "silver_to_gold": "verdict → gold",
    "event_to_gold": "event → gold",
}
_HALF, _MOST = "0.5", "0.95"


@dataclass(frozen=True)
class Hop:
    """One way of a source's newest deliveries: the seconds in which 50 and 95 % took it, the latter over the runs."""

    source: str
    name: str
    n: int
    p50: float
    p95: float
    over_time: Spark


def hops(root: Path) -> tuple[Hop, ...]:
    """By source, in the order of the way; runs of older versions measured none."""
    found: dict[tuple[str, str], dict[str, Sequence[Seen]]] = {}
    for (name, pairs), seen in kept.history(root).items():
        if name == "latency_seconds":
            labels = dict(pairs)
            found.setdefault((labels["source"], labels["hop"]), {})[labels["quantile"]] = seen
    order = list(NAMES)
    known = sorted((of for of in found if of[1] in NAMES), key=lambda of: (of[0], order.index(of[1])))
    return tuple(_hop(source, hop, found[source, hop]) for source, hop in known)


def _hop(source: str, hop: str, seen: Mapping[str, Sequence[Seen]]) -> Hop:
    half, most = seen[_HALF][-1].sample, [one.sample.value for one in seen[_MOST]]
    return Hop(source, NAMES[hop], half.n or 0, half.value, most[-1], spark(most))
