"""Great Expectations as it comes: the oracle that the one pass is tested against, and the way out if that breaks."""

import re
from collections.abc import Mapping
from typing import Any

import great_expectations as gx
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.expectation import Expectation as Judge
from pyspark.sql import Column, DataFrame

from krn.errors import KrnError
from krn.gate.judges import REFUSALS, judge_of, runtime
from krn.gate.judging import own_result
from krn.gate.result import Check, Result, check, failed
from krn.gate.suite import Expectation, Suite


def judge(suite: Suite, frame: DataFrame, own: Mapping[str, Column]) -> Result:
    """The suite's expectations over a frame, each as many Spark jobs as it takes."""
    judges: dict[int, Judge] = {}
    checks: dict[int, Check] = {}
    for place, expectation in enumerate(suite.expectations):
        try:
            judges[place] = judge_of(expectation, frame.columns, place)
        except REFUSALS as error:
            checks[place] = failed(expectation, error)
    for said in _validated(judges, frame):
        place = said.expectation_config.meta["place"]
        checks[place] = _check(suite.expectations[place], said)
    return own_result(suite, [checks[place] for place in range(len(suite.expectations))], frame, own)


def _validated(judges: Mapping[int, Judge], frame: DataFrame) -> list[Any]:
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    source = context.data_sources.add_spark("spark", persist=False)  # a persisted frame costs nine scans and stays
    whole = source.add_dataframe_asset("candidate").add_batch_definition_whole_dataframe("whole")
    batch = whole.get_batch(batch_parameters={"dataframe": frame})
    suite = gx.ExpectationSuite("suite", expectations=list(judges.values()))
    return batch.validate(suite, **runtime()).results


def _check(expectation: Expectation, said: ExpectationValidationResult) -> Check:
    why = said.exception_info or {}
    if why.get("raised_exception", bool(why)):
        condition = re.search(r"\[([A-Z][A-Z_.]+)\]", str(why))
        return failed(expectation, KrnError(condition[1] if condition else "failed in Great Expectations"))
    return check(expectation, bool(said.success), said.result)
