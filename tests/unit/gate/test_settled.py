"""What Great Expectations makes of an expectation is made once, and its own register stays as it was."""

import pytest
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.registry import get_expectation_impl

from krn.gate import Expectation
from krn.gate.judges import judge_of, runtime
from krn.gate.settled import settled

IN_SET = "expect_column_values_to_be_in_set"
OF = Expectation("it", IN_SET, {"column": "a", "value_set": [1, 2], "mostly": 0.5}, "critical")


@pytest.fixture
def plain():
    return judge_of(OF, ["a"], place=7)


def test_its_configuration_is_made_once_and_leads_back_to_it(plain):
    assert plain.configuration is not plain.configuration
    judge = settled(plain)
    assert judge.configuration is judge.configuration
    assert judge.configuration.to_domain_obj() is judge


def test_each_has_a_configuration_of_its_own_that_says_what_the_plain_one_says(plain):
    judge = settled(plain)
    assert judge.configuration.to_json_dict() == plain.configuration.to_json_dict()
    assert judge.configuration.meta == {"place": 7}
    assert settled(plain).configuration is not judge.configuration


def test_it_asks_for_the_metrics_that_the_plain_one_asks_for(plain):
    needs = [of.get_validation_dependencies(PandasExecutionEngine(), runtime()) for of in (plain, settled(plain))]
    asked = [[metric.id for metric in of.get_metric_configurations()] for of in needs]
    assert asked[0] == asked[1] != []


def test_great_expectations_knows_its_own_class_still(plain):
    before = get_expectation_impl(IN_SET)
    assert isinstance(settled(plain), before)
    assert type(settled(plain)) is not before
    assert get_expectation_impl(IN_SET) is before
