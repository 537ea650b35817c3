"""An expectation's configuration is made once, says what it always said, and is changed by nothing."""

from datetime import date

import pandas as pd
import pytest
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.registry import get_expectation_impl

import krn.gate.judging  # noqa: F401 (it registers what is krn's own)
from krn.gate import Expectation
from krn.gate.graph import Graph
from krn.gate.judges import judge_of, runtime
from krn.gate.settled import settled

IN_SET = "expect_column_values_to_be_in_set"
FRAME = pd.DataFrame({"a": [1, 2, 3, None], "b": [2, 2, 2, 2], "c": [date(2026, 1, 1 + n) for n in range(4)]})
#: Of each kind one: rows that are picked, limits that are no numbers, pairs, sums, and what is krn's own.
SAID = {
    "a set": (IN_SET, {"column": "a", "value_set": [1, 2], "mostly": 0.5}),
    "rows that are picked": (IN_SET, {"column": "a", "value_set": [1], "row_condition": "b == 2", "mostly": 1}),
    "days": ("expect_column_values_to_be_between", {"column": "c", "min_value": date(2026, 1, 2)}),
    "a mean": ("expect_column_mean_to_be_between", {"column": "b", "min_value": 1, "max_value": 2}),
    "pairs": (
        "expect_column_pair_values_to_be_in_set",
        {"column_A": "a", "column_B": "b", "value_pairs_set": [[1, 2], [2, 2]]},
    ),
    "a sum of columns": ("expect_multicolumn_sum_to_equal", {"column_list": ["a", "b"], "sum_total": 4}),
    "a key": ("expect_key_to_be_unique", {"columns": ["a"]}),
    "a percentile": ("expect_column_percentile_to_be_between", {"column": "a", "percentile": 0.5, "max_value": 2}),
}
OF_PANDAS = [name for name in SAID if name not in ("a key", "a percentile")]


def plain(name: str):
    kind, kwargs = SAID[name]
    return judge_of(Expectation("it", kind, kwargs, "critical"), [*FRAME.columns], place=7)


def needed(judge):
    needs = judge.get_validation_dependencies(PandasExecutionEngine(), runtime())
    return [metric.id for metric in needs.get_metric_configurations()]


def judged(judge):
    engine = PandasExecutionEngine()
    engine.load_batch_data("numbers", FRAME)
    graph = Graph(engine)
    for metric in judge.get_validation_dependencies(engine, runtime()).get_metric_configurations():
        graph.resolve(metric)
    said = judge.metrics_validate(graph.known, runtime_configuration=runtime())
    return said.success, said.result


@pytest.mark.parametrize("name", SAID)
def test_its_configuration_is_made_once_and_leads_back_to_it(name):
    judge = settled(plain(name))
    assert plain(name).configuration is not plain(name).configuration
    assert judge.configuration is judge.configuration
    assert judge.configuration.to_domain_obj() is judge
    assert settled(plain(name)).configuration is not judge.configuration


@pytest.mark.parametrize("name", SAID)
def test_it_says_and_asks_for_what_the_plain_one_does(name):
    judge = settled(plain(name))
    assert judge.configuration.to_json_dict() == plain(name).configuration.to_json_dict()
    assert judge.configuration.meta == {"place": 7}
    assert needed(judge) == needed(plain(name)) != []


@pytest.mark.parametrize("name", OF_PANDAS)
def test_to_judge_by_it_changes_nothing_of_it(name):
    judge = settled(plain(name))
    before = judge.configuration.to_json_dict()
    assert judged(judge) == judged(plain(name))
    assert judge.configuration.to_json_dict() == before


def test_it_can_t_be_changed():
    with pytest.raises(TypeError, match="immutable"):
        settled(plain("a set")).mostly = 0.2


def test_great_expectations_knows_its_own_class_still():
    of = plain("a set")
    before = get_expectation_impl(IN_SET)
    assert isinstance(settled(of), before)
    assert type(settled(of)) is not before
    assert get_expectation_impl(IN_SET) is before
