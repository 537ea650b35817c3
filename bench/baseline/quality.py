"""Plain Great Expectations over a frame: the project's suites, for the columns that the frame has."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from ruamel.yaml import YAML

SUITES = Path(__file__).parents[2] / "expectations"


def validate(
    frame: DataFrame, table: str, inputs: Mapping[str, DataFrame] | None = None, without: Collection[str] = ()
) -> None:
    """Stop the job where a critical expectation fails, but for those whose ids are in `without`.

    `inputs` are what the suite's sums are reconciled with.
    """
    suite = YAML(typ="safe", pure=True).load(SUITES.joinpath(*table.split(".")).with_suffix(".yml"))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_spark("spark", persist=False)  # what is read often is persisted by the job
    asked = [entry for entry in suite["expectations"] if entry["meta"]["id"] not in without]
    _judge(source, table, frame, frame.columns, asked)
    if inputs is not None:
        numbers = _numbers(suite["numbers"], {"this": frame, **inputs})
        _judge(context.data_sources.add_pandas("pandas"), table, numbers, list(numbers), suite["reconcile"])


def _judge(source: Any, table: str, frame: Any, columns: list[str], entries: list[dict[str, Any]]) -> None:
    batch = source.add_dataframe_asset(table).add_batch_definition_whole_dataframe("whole")
    wanted = [_expectation(entry) for entry in entries if _can_be_asked(entry["kwargs"], columns)]
    suite = gx.ExpectationSuite(table, expectations=[expectation.to_domain_obj() for expectation in wanted])
    found = batch.get_batch({"dataframe": frame}).validate(suite, result_format="BASIC")
    failed = [r.expectation_config for r in found.results if not r.success]
    for config in failed:
        print(f"{table}: {config.type} {config.kwargs} failed ({config.severity})")
    if any(config.severity == "critical" for config in failed):
        raise SystemExit(f"{table}: a critical expectation failed")


def _can_be_asked(kwargs: dict[str, Any], columns: list[str]) -> bool:
    """Whether the frame has the columns, and no limit is left that krn takes from its journal."""
    return _named(kwargs) <= set(columns) and not any(isinstance(value, dict) for value in kwargs.values())


def _expectation(entry: dict[str, Any]) -> ExpectationConfiguration:
    kwargs = {k: v for k, v in entry["kwargs"].items() if k != "condition_parser"}
    kind = entry["type"]
    if "row_condition" in kwargs:
        kwargs["row_condition"] = {"type": "pass_through", "pass_through_filter": kwargs["row_condition"]}
    if kind == "expect_key_to_be_unique":  # krn's own word for these two
        kind, key = _unique(kwargs.pop("columns"))
        kwargs |= key
    return ExpectationConfiguration(type=kind, kwargs=kwargs, severity=entry["severity"])


def _unique(columns: list[str]) -> tuple[str, dict[str, Any]]:
    if len(columns) == 1:
        return "expect_column_values_to_be_unique", {"column": columns[0]}
    return "expect_compound_columns_to_be_unique", {"column_list": columns}


def _named(kwargs: dict[str, Any]) -> set[str]:
    """The columns an expectation reads; of a condition its first word that is not NOT."""
    words = [w for w in str(kwargs.get("row_condition", "")).split() if w != "NOT"][:1]
    return (
        {kwargs[k] for k in ("column", "column_A", "column_B") if k in kwargs}
        | set(kwargs.get("columns", ()))
        | {*words}
    )


def _numbers(wanted: dict[str, dict[str, str]], frames: Mapping[str, DataFrame]) -> pd.DataFrame:
    """One row of sums, a Spark pass for each frame."""
    row: dict[str, Any] = {}
    for name, frame in frames.items():
        ours = {key: n["expression"] for key, n in wanted.items() if n["of"] == name and _has(frame, n["expression"])}
        sums = [F.expr(expression).alias(key) for key, expression in ours.items()]
        row |= frame.agg(*sums).collect()[0].asDict() if sums else {}
    return pd.DataFrame([{key: value or 0 for key, value in row.items()}])


def _has(frame: DataFrame, expression: str) -> bool:
    """Whether the baseline makes the columns that a number is made of."""
    try:
        frame.agg(F.expr(expression))
    except AnalysisException:
        return False
    return True
