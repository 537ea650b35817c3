"""Suites that nobody wrote: whatever the lint lets through, the one pass finds what plain Great Expectations finds."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import compress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from judging import found, judged_as_written, rides
from pyspark.sql import SparkSession
from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    TimestampType,
)

from krn.gate import Expectation, Suite, judge, lint
from krn.gate.vocabulary import ALLOWED
from krn.tables.table import Column, Table

TYPES: dict[str, DataType] = {
    "id": StringType(),
    "code": StringType(),
    "units": IntegerType(),
    "stock": LongType(),
    "amount": DecimalType(18, 4),
    "net": DecimalType(18, 4),
    "ratio": DoubleType(),
    "is_open": BooleanType(),
    "day": DateType(),
    "at": TimestampType(),
}
TABLE = Table("silver.things", "Things.", ("id",), tuple(Column(name, of, "It.") for name, of in TYPES.items()))
DAYS = [date(2026, 1, n) for n in (1, 2, 30)]
POOLS: dict[str, list[Any]] = {
    "string": ["a", "b", "ab", "", "z\n", "7", "NO"],
    "int": [-2, 0, 1, 2, 3, 99],
    "bigint": [0, 1, 2, 2**40],
    "decimal(18,4)": [Decimal(text) for text in ("-1.1", "0", "0.29", "0.3", "2", "200.0001")],
    "double": [-0.5, 0.0, 0.125, 0.1 + 0.2, 2.0, float("nan")],
    "boolean": [True, False],
    "date": DAYS,
    "timestamp": [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in DAYS],
}
CONDITIONS = ["units > 0", "id IS NOT NULL AND amount < 2", "is_open", "day = DATE '2026-01-02' OR code IN ('a', 'b')"]
#: Not of instants: plain Great Expectations compares what Spark gives without an offset with a bound that has one.
EXTREMES = ("expect_column_min_to_be_between", "expect_column_max_to_be_between")
REGEXES = [r"^[a-z]+\z", r"^(a|b)\z", r"^\z", r"^\d\z"]


def rows(rng: Random, size: int, nulls: float) -> list[tuple[Any, ...]]:
    pools = [POOLS[of.simpleString()] for of in TYPES.values()]
    return [tuple(None if rng.random() < nulls else rng.choice(pool) for pool in pools) for _ in range(size)]


def drawn(rng: Random, kind: str) -> Any:
    """A value of a kind of arguments; the lint throws out what doesn't fit the column."""

    def value() -> Any:
        found = rng.choice(POOLS[rng.choice(list(POOLS))])
        return float(found) if isinstance(found, Decimal) else found

    draw: dict[str, Callable[[], Any]] = {
        "column": lambda: rng.choice(list(TYPES)),
        "columns": lambda: rng.sample(list(TYPES), rng.choice([2, 2, 3])),
        "value": value,
        "values": lambda: [value() for _ in range(rng.choice([1, 2]))],
        "pairs": lambda: [[value(), value()]],
        "count": lambda: rng.randrange(6),
        "number": lambda: rng.choice([-1, 0, 0.3, 2, 50]),
        "spread": lambda: rng.choice([0, 0.3, 2, 50]),
        "proportion": lambda: rng.choice([0, 0.25, 0.5, 0.9, 1]),
        "share": lambda: rng.choice([0.1, 0.5, 0.9, 1.0]),
        "flag": lambda: rng.random() < 0.5,
        "condition": lambda: rng.choice(CONDITIONS),
        "parser": lambda: "spark",
        "ignore": lambda: rng.choice(["both_values_are_missing", "either_value_is_missing", "neither"]),
        "ignore_of_many": lambda: rng.choice(["all_values_are_missing", "any_value_is_missing", "never"]),
        "match": lambda: rng.choice(["any", "all"]),
        "regex": lambda: rng.choice(REGEXES),
        "anchored": lambda: rng.choice(REGEXES),
        "regex_list": lambda: rng.sample(REGEXES, 2),
        "anchored_list": lambda: rng.sample(REGEXES, 2),
        "unheeded": lambda: "units > 0",
    }
    return draw[kind]()


def expectation(rng: Random, kind: str, name: str) -> Expectation:
    """One of this type that the lint lets through."""
    while True:
        words = ALLOWED[kind]
        optional = {argument: of for argument, of in words.may.items() if rng.random() < 0.5}
        kwargs = {argument: drawn(rng, of) for argument, of in {**words.must, **optional}.items()}
        made = Expectation(name, kind, kwargs, "warning", "what", "why")
        if kind in EXTREMES and kwargs["column"] == "at":
            continue
        if not any(fault.of for fault in lint(Suite(TABLE.name, (made,)), TABLE)):
            return made


def suite(rng: Random) -> Suite:
    return Suite(TABLE.name, tuple(expectation(rng, kind, f"{n}") for n, kind in enumerate(ALLOWED)))


SLOW = [pytest.param(seed, seed, nulls, marks=pytest.mark.slow) for seed in range(2, 9) for nulls in (0.1, 1.0)]


@pytest.mark.parametrize(("seed", "size", "nulls"), [(1, 12, 0.2), *SLOW])
def test_a_suite_that_nobody_wrote_is_judged_as_plain_great_expectations_judges_it(
    spark: SparkSession, tmp_path: Path, seed: int, size: int, nulls: float
):
    rng = Random(seed)
    frame, asked = spark.createDataFrame(rows(rng, size, nulls), TABLE.schema).coalesce(1), suite(rng)
    fused, plain = judge(asked, frame), judge(asked, frame, engine="plain")
    for one, other, of in zip(fused.checks, plain.checks, asked.expectations, strict=True):
        assert found(one) == found(other), (of.type, of.kwargs)
        assert one.error == ""
    riding = [rides(frame, Suite(TABLE.name, (e,))) for e in asked.expectations]
    written = judged_as_written(Suite(TABLE.name, tuple(compress(asked.expectations, riding))), frame, tmp_path)
    assert [found(check) for check in written.checks] == [found(check) for check in compress(fused.checks, riding)]


def test_suites_at_random_are_as_the_lint_wants_them():
    """Each type is drawn, with every argument that it takes, some time."""
    seen = {(e.type, name) for seed in range(40) for e in suite(Random(seed)).expectations for name in e.kwargs}
    takes = {(kind, name) for kind, words in ALLOWED.items() for name in (*words.must, *words.may)}
    assert takes - seen == {("expect_column_pair_values_to_be_in_set", "row_condition")}
