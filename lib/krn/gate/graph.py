"""What expectations are judged by: metrics, and the metrics that those are made of, each resolved once."""

from dataclasses import dataclass, field
from typing import Any

from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.validator.metric_configuration import MetricConfiguration, MetricConfigurationID
from great_expectations.validator.validation_graph import ValidationGraph

from krn.gate.judges import runtime

Metrics = dict[MetricConfigurationID, Any]


@dataclass(frozen=True)
class Graph:
    """Metrics by id. Great Expectations' `ValidationGraph` goes every way to each: 692 to the 77 of 20 expectations."""

    engine: ExecutionEngine[Any]
    known: Metrics = field(default_factory=dict)
    resolved: dict[MetricConfigurationID, MetricConfiguration] = field(default_factory=dict)

    def resolve(self, metric: MetricConfiguration) -> MetricConfiguration:
        """The metric, or its equal that was resolved before; its value is in `known` then."""
        if metric.id not in self.resolved:
            asked = runtime()
            provider, _ = ValidationGraph(self.engine).set_metric_configuration_default_kwargs_if_absent(metric)
            parts = provider.get_evaluation_dependencies(metric, None, self.engine, asked)
            metric.metric_dependencies = {name: self.resolve(part) for name, part in parts.items()}
            self.known.update(self.engine.resolve_metrics([metric], self.known, asked))
            self.resolved[metric.id] = metric
        return self.resolved[metric.id]
