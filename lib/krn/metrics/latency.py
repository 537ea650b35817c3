"""How long events take: exact percentiles over those that are new in silver, and over those that are new in gold."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from krn.metrics.committed import File, ask
from krn.metrics.sample import Sample, sample

QUANTILES = (0.5, 0.95, 0.99)
#: Microseconds. A body without a time of its own has none before its delivery.
_TO_SILVER = {
    "event_to_bronze": "CASE WHEN time_source = 'event' THEN epoch_us(received_at) - epoch_us(event_time) END",
    "bronze_to_silver": "judged_us - epoch_us(received_at)",
}
_TO_GOLD = {
    "silver_to_gold": "$now - judged_us",
    "event_to_gold": "CASE WHEN time_source = 'event' THEN $now - epoch_us(event_time) END",
}


def to_silver(files: Iterable[File]) -> Iterator[Sample]:
    """From event to bronze, and from there to the verdict."""
    return _percentiles(files, _TO_SILVER)


def to_gold(files: Iterable[File], at: datetime) -> Iterator[Sample]:
    """From the verdict, and from the event, to the instant at which all of gold reflects it."""
    return _percentiles(files, _TO_GOLD, now=int(at.timestamp() * 1e6))


def _percentiles(files: Iterable[File], hops: Mapping[str, str], **values: object) -> Iterator[Sample]:
    spans = ", ".join(
        f"quantile_cont({span}, {list(QUANTILES)}) AS {hop}, count({span}) AS n_{hop}" for hop, span in hops.items()
    )
    query = f"SELECT source, {spans} FROM delivery WHERE verdict = 'accepted' GROUP BY source ORDER BY source"  # noqa: S608  ours
    for row in ask(query, files, **values):
        for hop in hops:
            for quantile, micros in zip(QUANTILES, row[hop] or (), strict=False):
                labels = {"source": row["source"], "hop": hop, "quantile": str(quantile)}
                yield sample("latency_seconds", micros / 1e6, row[f"n_{hop}"], **labels)
