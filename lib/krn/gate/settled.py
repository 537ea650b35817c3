"""Expectations that are not going to change, so that what Great Expectations makes of them is made once.

Its objects make their configuration whenever it is asked for, and it makes new objects of that: for the 31 expectations
on `silver.orders` 2,954 configurations, half of what it takes Python to judge them.
"""

from functools import cache
from typing import Any

from great_expectations.compatibility.pydantic import ModelMetaclass, PrivateAttr
from great_expectations.expectations.expectation import Expectation as Judge
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration


class _Configuration(ExpectationConfiguration):
    """The configuration of a judge, which it knows."""

    def __init__(self, judge: Judge, of: ExpectationConfiguration) -> None:
        super().__init__(of.type, of.kwargs, of.meta, severity=of.severity)
        self._judge = judge

    def to_domain_obj(self) -> Judge:
        return self._judge


def settled(judge: Judge) -> Judge:
    """The same expectation; neither it nor its configuration may be changed from here on."""
    return _kind(type(judge)).construct(judge.__fields_set__, **vars(judge))


@cache
def _kind(kind: type[Judge]) -> type[Judge]:
    """A class beside `kind`, of its name. Great Expectations registers what is derived from it; this it must not."""

    def configuration(judge: Any) -> Any:
        if judge._configuration is None:
            judge._configuration = _Configuration(judge, super(own, judge).configuration)
        return judge._configuration

    body = {"__module__": __name__, "_configuration": PrivateAttr(None), "configuration": property(configuration)}
    own: type[Judge] = ModelMetaclass.__new__(type(kind), kind.__name__, (kind,), body)
    return own
