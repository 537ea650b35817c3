"""Conditions that contradict themselves are seen before any data; no other is taken for one."""

import pytest
from pyspark.sql.types import ArrayType, BooleanType, DataType, DateType, DecimalType, LongType, StringType

from krn.gate.unmet import is_unmet

TYPES: dict[str, DataType] = {
    "units": LongType(),
    "kind": StringType(),
    "is_open": BooleanType(),
    "day": DateType(),
    "amount": DecimalType(18, 4),
    "tags": ArrayType(StringType()),
}


@pytest.mark.parametrize(
    "condition",
    [
        "units > 5 AND units < 3",
        "units BETWEEN 5 AND 3",
        "units = 3 AND NOT units = 3",
        "kind = 'a' AND is_open AND kind = 'b'",
        "day > '2026-01-02' AND day < '2026-01-01'",
        "amount > 3 AND amount < 2.5",
        "NOT true",
        "is_open AND 1 = 2",
    ],
)
def test_what_no_row_can_meet_is_unmet(condition):
    assert is_unmet(condition, TYPES)


@pytest.mark.parametrize(
    "condition",
    [
        "units > 1000000000000",
        "units > 3 AND units < 5",
        "units > 5 AND units < 3 OR kind = 'a'",
        "kind = 'a and b' AND is_open",
        "units IS NOT NULL AND kind IS NOT NULL",
        "NOT is_open",
        "NOT (units > 5)",
        "day >= '2026-01-01'",
        "exists(tags, tag -> tag = 'a') AND units > 3",
        "kind RLIKE 'a' AND kind = 'b'",
        "units >",
        "kind <> 'Empty Result' AND kind <> 'b' AND kind IS NOT NULL",
        r"kind = 'a\nb' AND kind = 'c'",
        "cast(2.5 AS INT) = 2 AND units > 1 AND units < 5",
    ],
)
def test_what_a_row_may_meet_or_only_spark_can_read_is_not(condition):
    assert not is_unmet(condition, TYPES)
