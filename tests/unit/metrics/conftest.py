"""A fresh warehouse without Spark for each test."""

from pathlib import Path

import pytest
from judgements import Warehouse, no_spark

from krn.store import Store


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(Store(no_spark, tmp_path))
