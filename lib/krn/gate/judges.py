"""Our expectations as the objects that Great Expectations judges with."""

from collections.abc import Container
from typing import Any

from great_expectations.exceptions.exceptions import GreatExpectationsError
from great_expectations.expectations.expectation import Expectation as Judge
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from krn.errors import KrnError, UsageError
from krn.gate.coverage import columns_of
from krn.gate.suite import Expectation

# what Great Expectations raises for a suite or a value that it can't work with
REFUSALS = (GreatExpectationsError, KrnError, ValueError, TypeError, LookupError, ArithmeticError, AssertionError)


def runtime() -> dict[str, Any]:
    """How results are to be told; anew each time, since Great Expectations writes into it.

    No samples: they are raw values, and each costs a job.
    """
    return {"result_format": {"result_format": "BASIC", "partial_unexpected_count": 0}}


def judge_of(expectation: Expectation, columns: Container[str], place: int = 0) -> Judge:
    """The object for one expectation, its limits filled in; `place` finds its result again."""
    kwargs = _filled(expectation)
    absent = [name for name in columns_of(expectation) if name not in columns]
    if absent:
        raise UsageError(f"there is no column {', '.join(absent)}.", "mend the suite")
    if isinstance(kwargs.get("row_condition"), str):  # the plain text is deprecated; this is what it becomes
        kwargs["row_condition"] = {"type": "pass_through", "pass_through_filter": kwargs["row_condition"]}
        kwargs.pop("condition_parser", None)
    return ExpectationConfiguration(type=expectation.type, kwargs=kwargs, meta={"place": place}).to_domain_obj()


def _filled(expectation: Expectation) -> dict[str, Any]:
    known = expectation.limits.parameters if expectation.limits else {}
    absent = [name for name in expectation.parameters.values() if name not in known]
    if absent:
        raise UsageError(f"the parameter {', '.join(absent)} has no value.", "look at what the job passes")
    return {**expectation.kwargs, **{argument: known[name] for argument, name in expectation.parameters.items()}}
