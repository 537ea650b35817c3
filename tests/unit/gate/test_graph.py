"""Metrics of expectations: each is resolved once, however many ways lead to it."""

from collections import Counter

import pandas as pd
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine

from krn.gate import Expectation
from krn.gate.graph import Graph
from krn.gate.judges import judge_of, runtime

SAID = [
    ("expect_column_values_to_not_be_null", {"column": "a"}),
    ("expect_column_values_to_be_between", {"column": "a", "min_value": 1}),
    ("expect_column_values_to_be_in_set", {"column": "a", "value_set": [1, 2]}),
]


class Counting(PandasExecutionEngine):
    """An engine that counts how often each metric is asked for."""

    def __init__(self):
        super().__init__()
        self.asked = Counter()

    def resolve_metrics(self, metrics_to_resolve, metrics=None, runtime_configuration=None):
        self.asked.update(metric.id for metric in metrics_to_resolve)
        return super().resolve_metrics(metrics_to_resolve, metrics, runtime_configuration)


def test_a_metric_that_several_expectations_need_is_resolved_once():
    engine = Counting()
    engine.load_batch_data("numbers", pd.DataFrame({"a": [1, 2]}))
    graph, needs = Graph(engine), Counter()
    for kind, kwargs in SAID:
        judge = judge_of(Expectation("it", kind, kwargs, "critical"), ["a"])
        for metric in judge.get_validation_dependencies(engine, runtime()).get_metric_configurations():
            needs[metric.id] += 1
            graph.resolve(metric)
    assert max(needs.values()) == len(SAID)
    assert set(engine.asked.values()) == {1}
    assert engine.asked.keys() == graph.known.keys() >= needs.keys()
