"""The newest metrics as a text file for Prometheus' node exporter: ops/metrics.prom."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, write_to_textfile
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from krn.metrics.catalogue import METRICS
from krn.metrics.sample import Sample

PREFIX = "krn_"


class _Samples(Collector):
    """Gives the exporter what was measured already."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._by_name = defaultdict[str, list[Sample]](list)
        for sample in samples:
            self._by_name[sample.name].append(sample)

    def collect(self) -> Iterator[Metric]:
        for name, samples in sorted(self._by_name.items()):
            if name not in METRICS:
                continue  # of another version of krn
            family = GaugeMetricFamily(PREFIX + name, METRICS[name].doc, labels=METRICS[name].labels)
            for sample in samples:
                labels = dict(sample.labels)
                family.add_metric([labels[label] for label in METRICS[name].labels], sample.value)
            yield family


def export(root: Path, samples: Iterable[Sample]) -> Path:
    """Write the file so that a scraper sees the old one or the new one."""
    path, registry = root / "ops" / "metrics.prom", CollectorRegistry()
    registry.register(_Samples(samples))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)
    return path
