"""Volume, quarantine and duplicates by source and type, over what a run judged."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from krn.contracts import CONTRACTS
from krn.metrics.committed import File, ask
from krn.metrics.sample import Sample, Seen, Series, sample

_TYPES = sorted(contract.type for contract in CONTRACTS)
#: A type that no contract has is the producer's own word, so it is no label.
_COUNTS = """
    SELECT source, CASE WHEN list_contains($types, type) THEN type ELSE 'other' END AS type, verdict, count(*) AS n,
           max(CASE WHEN verdict = 'accepted' THEN epoch_us(event_time) END) / 1e6 AS newest
    FROM delivery GROUP BY ALL ORDER BY ALL
"""
_NEWEST = "source_newest_event_timestamp_seconds"


def of_verdicts(files: Iterable[File], before: Mapping[Series, Seen]) -> Iterator[Sample]:
    """The counts, the shares, and the newest event of each source so far."""
    rows = ask(_COUNTS, files, types=_TYPES)
    counts = Counter({(row["source"], row["type"], row["verdict"]): row["n"] for row in rows})
    for source, type_ in dict.fromkeys((row["source"], row["type"]) for row in rows):
        n = sum(count for (*of, _), count in counts.items() if of == [source, type_])
        for share, verdict in (("quarantine_share", "quarantined"), ("duplicate_share", "duplicate")):
            yield sample(share, counts[source, type_, verdict] / n, n, source=source, type=type_)
    for (source, type_, verdict), n in counts.items():
        yield sample("deliveries", n, source=source, type=type_, verdict=verdict)
    for source in dict.fromkeys(row["source"] for row in rows):
        newest = [row["newest"] for row in rows if row["source"] == source and row["newest"] is not None]
        known = before.get(sample(_NEWEST, 0, source=source).series)
        if latest := max([*newest, *([known.sample.value] if known else [])], default=None):
            yield sample(_NEWEST, latest, source=source)
