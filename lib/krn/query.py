"""SQL over the tables without Spark: DuckDB on what delta-rs reads."""

import re
from pathlib import Path

import duckdb
import pyarrow as pa

from krn import reading
from krn.errors import UsageError

_NAME = re.compile(r"\b(bronze|silver|gold|ops)\.([a-z_]+)\b")


def sql(query: str, root: Path) -> pa.Table:
    """The result of a query that names tables as `gold.sales_daily`; only the tables it names are opened."""
    connection = duckdb.connect(config={"enable_external_access": "false"})
    for stage, table in sorted(set(_NAME.findall(query))):
        connection.register(f"_{stage}_{table}", reading.arrow(f"{stage}.{table}", root))
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {stage}")
        connection.execute(f"CREATE VIEW {stage}.{table} AS SELECT * FROM _{stage}_{table}")  # noqa: S608  both match _NAME
    try:
        return connection.sql(query).to_arrow_table()
    except duckdb.Error as wrong:
        raise UsageError(f"The query cannot be run: {wrong}", "krn tables") from None
