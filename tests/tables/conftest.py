"""Plans over a handful of rows: compiling them to Java would take longer than running them."""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

_INTERPRETED = {"spark.sql.codegen.wholeStage": "false", "spark.sql.adaptive.enabled": "false"}


@pytest.fixture(autouse=True, scope="module")
def _interpreted(spark: SparkSession) -> Iterator[None]:
    for name, value in _INTERPRETED.items():
        spark.conf.set(name, value)
    yield
    for name in _INTERPRETED:
        spark.conf.unset(name)
