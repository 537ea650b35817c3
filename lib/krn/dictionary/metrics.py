"""The page of metrics: the name that Prometheus sees, what it says, and its labels."""

from krn.dictionary.markdown import code, grid, part
from krn.dictionary.markdown import page as whole
from krn.metrics.catalogue import METRICS
from krn.metrics.exposition import PREFIX

_LABELS = {
    "hop": "event_to_bronze, bronze_to_silver, silver_to_gold, event_to_gold",
    "job": "as in the journal: run, ingest, transform, aggregate, maintain, demo",
    "quantile": "0.5, 0.95, 0.99",
    "source": "name of a source in the configuration",
    "step": "ingest, transform, aggregate, maintain; a run does several",
    "table": "name of a table",
    "type": "type of a contract; other: what no contract has",
    "verdict": "accepted, duplicate, quarantined",
}


def page() -> str:
    says = (
        'What each run measures. `krn metrics` shows the newest, `krn.read("ops.metrics")` those of all runs; '
        f"`ops/metrics.prom` in the warehouse has the newest as gauges with `{PREFIX}` before the name, for the "
        "textfile collector of Prometheus' node exporter. Watches of `conf/alerts.toml` leave the prefix out."
    )
    metrics = [(code(metric.name), code(*metric.labels), metric.doc) for metric in METRICS.values()]
    labels = [(code(name), _LABELS[name]) for name in sorted({x for m in METRICS.values() for x in m.labels})]
    return whole(
        "Metrics",
        says,
        part("Every metric", grid(("metric", "labels", "meaning"), metrics)),
        part("Labels", "Names of ours alone, so no event adds a series.", grid(("label", "values"), labels)),
    )
