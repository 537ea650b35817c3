"""Expectations that are not going to change, so that what Great Expectations makes of them is made once.

Whenever an expectation is asked for its configuration it makes one, and Great Expectations makes another expectation of
that: 2,954 configurations for the 31 expectations of `silver.orders`, two fifths of what judging them takes Python.
"""

from functools import cache
from typing import Any

from great_expectations.compatibility.pydantic import ModelMetaclass, PrivateAttr
from great_expectations.expectations.expectation import Expectation as Judge
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration


class _Configuration(ExpectationConfiguration):
    """The configuration of a judge, which it knows."""

    def __init__(self, judge: Judge, of: ExpectationConfiguration) -> None:
        vars(self).update(vars(of))
        self._judge = judge

    def to_domain_obj(self) -> Judge:
        return self._judge


def settled(judge: Judge) -> Judge:
    """The same expectation, to be judged by and no longer to be changed.

    It is for `metrics_validate`; `validate_`, which fills in parameters of a suite, would not find them filled.
    """
    return _class_beside(type(judge)).construct(judge.__fields_set__, **vars(judge))


@cache
def _class_beside(kind: type[Judge]) -> type[Judge]:
    """A class of the same name. Great Expectations would register it, and `plain` get it by that name; it must not."""

    def configuration(judge: Any) -> Any:
        if judge._configuration is None:
            judge._configuration = _Configuration(judge, super(own, judge).configuration)
        return judge._configuration

    body = {
        "__module__": __name__,
        "Config": type("Config", (), {"allow_mutation": False}),
        "_configuration": PrivateAttr(None),
        "configuration": property(configuration),
    }
    own: type[Judge] = ModelMetaclass.__new__(type(kind), kind.__name__, (kind,), body)
    return own
