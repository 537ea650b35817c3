"""Conditions that no row can meet, as DuckDB's planner finds them: `units > 5 AND units < 3`, `NOT true`.

A check of no rows passes, so its gate stands open.
"""

import re
from collections.abc import Mapping
from typing import Any

from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    FractionalType,
    IntegralType,
    StringType,
    TimestampType,
)

#: What Spark reads in its own way: an escape in a text, a function, a cast.
_SPARKS = re.compile(r"\\|::|\b(?!(?:and|or|not|in|between)\b)\w+\s*\(", re.IGNORECASE)
_PARTS = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
#: Columns that are added up, or one comparison of them, which can't contradict itself.
_ONE = re.compile(
    r"\s*(?:not\s+)?(?!(?:true|false)\b)([a-z_]\w*(?:\s*[+-]\s*[a-z_]\w*)*)\s*"
    r"(?:is\s+(?:not\s+)?null|(?:<>|!=|<=|>=|==?|<|>)\s*(?:'[^']*'|[\w.-]+))?\s*",
    re.IGNORECASE,
)


def is_unmet(condition: str, types: Mapping[str, DataType]) -> bool:
    """Whether no row of these columns can meet the condition; False where that isn't seen, or isn't DuckDB's SQL."""
    parts = [_ONE.fullmatch(part) for part in _PARTS.split(condition)]
    names = {part[1].lower() for part in parts if part}
    if len(names) == len(parts) or _SPARKS.search(condition):  # each of another column; or not what it is to DuckDB
        return False
    import duckdb  # these two take a quarter of a second
    import pyarrow as pa

    columns = pa.schema([(name, arrow) for name, of in types.items() if (arrow := _arrow(of, pa)) is not None])
    rows = columns.empty_table()  # of which DuckDB knows no least or greatest value
    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        try:
            return "Empty Result" in connection.from_arrow(rows).filter(condition).explain().splitlines()[0]
        except duckdb.Error:
            return False


def _arrow(of: DataType, pa: Any) -> Any:
    if isinstance(of, DecimalType):
        return pa.decimal128(of.precision, of.scale)
    plain = (
        (StringType, pa.string()),
        (BooleanType, pa.bool_()),
        (IntegralType, pa.int64()),
        (FractionalType, pa.float64()),
        (DateType, pa.date32()),
        (TimestampType, pa.timestamp("us", "UTC")),
    )
    return next((arrow for kind, arrow in plain if isinstance(of, kind)), None)
