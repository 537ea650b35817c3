"""What two ways to judge a suite must agree on, and the way that builds take."""

from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from krn.engine import gating
from krn.engine.candidate import Candidate, write
from krn.engine.pins import Pins
from krn.engine.scope import Scope
from krn.gate import Check, Result, Suite, plan
from krn.outcome import Run
from krn.store import Store
from krn.tables.table import Column, Table

FIRST = Scope("first build")


def rides(frame: DataFrame, suite: Suite) -> bool:
    """Whether what a suite asks of a frame is counted while that is written."""
    return plan(suite, frame.sparkSession, frame.schema, F.lit(True)).may_ride


def written(suite: Suite, new: DataFrame, folder: Path, old: DataFrame | None = None) -> Candidate:
    """A candidate as a build writes it, of a table with the frame's columns, the first of them its key."""
    columns = tuple(Column(field.name, field.dataType, "") for field in new.schema)
    table = Table(suite.table, "", (columns[0].name,), columns)
    asked = gating.plan(table, suite, Store(lambda: new.sparkSession, folder), a_run(suite), FIRST)
    return write(table, new, old, folder / "rows", asked)


def gated(made: Candidate, suite: Suite, spark: SparkSession) -> Result | None:
    """What a build says of the candidate."""
    store = Store(lambda: spark, made.path.parent)
    return gating.gated(made, suite, store, Pins({}, 0), FIRST, a_run(suite))


def judged_as_written(suite: Suite, new: DataFrame, folder: Path, old: DataFrame | None = None) -> Result | None:
    """What a build says of a candidate that was counted while it was written; a test fails where it was not."""
    made = written(suite, new, folder, old)
    assert made.counted
    return gated(made, suite, new.sparkSession)


def a_run(suite: Suite) -> Run:
    """A run for which every table has this suite."""
    return Run("r1", {"today": date(2026, 1, 31)}, lambda table: suite)


def found(check: Check) -> tuple[object, ...]:
    """All that a check says of the data. Floats that are added in another order differ in their last digit."""
    observed = (
        pytest.approx(check.observed, rel=1e-12, nan_ok=True) if isinstance(check.observed, float) else check.observed
    )
    counts = (check.unexpected_count, check.element_count, check.unexpected_percent)
    return (check.success, observed, *counts, check.error)
