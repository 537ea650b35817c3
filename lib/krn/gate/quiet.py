"""What Spark raises, and silence for loggers that would write values out of the data when it does."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

SPARK = (PySparkException, Py4JError)
_LOUD = (
    "DataFrameQueryContextLogger",  # PySpark: 30 KB for each failed query, its message with the value and all
    "SQLQueryContextLogger",
    "great_expectations",  # tracebacks of failed metrics, the same message in them
)


@dataclass
class _Silence:
    """How many threads ask for it; the first turns the loggers off, the last back to what they were."""

    asked: int = 0
    levels: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def begin(self) -> None:
        with self.lock:
            if not self.asked:
                self.levels = {name: logging.getLogger(name).level for name in _LOUD}
            for name in _LOUD:
                logging.getLogger(name).setLevel(logging.CRITICAL + 1)
            self.asked += 1

    def end(self) -> None:
        with self.lock:
            self.asked -= 1
            if not self.asked:
                for name, level in self.levels.items():
                    logging.getLogger(name).setLevel(level)


_SILENCE = _Silence()


@contextmanager
def quiet() -> Iterator[None]:
    """Turn the loud loggers off, and back to what they were once no thread asks for silence."""
    _SILENCE.begin()
    try:
        yield
    finally:
        _SILENCE.end()
