"""Silence for loggers that would write values out of the data."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_LOUD = (
    "DataFrameQueryContextLogger",  # PySpark: 30 KB for each failed query, its message with the value and all
    "SQLQueryContextLogger",
    "great_expectations",  # tracebacks of failed metrics, the same message in them
)


@contextmanager
def quiet() -> Iterator[None]:
    """Turn the loud loggers off, and back to what they were."""
    levels = {name: logging.getLogger(name).level for name in _LOUD}
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
