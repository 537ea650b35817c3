"""The one commit that makes a candidate visible."""

from pyspark.sql import DataFrame

from krn.engine.candidate import Candidate
from krn.engine.scope import Scope
from krn.store import Store
from krn.tables.table import Table

#: Of a table of days; more rows are told apart by day.
ROWS_A_FILE = 100_000


def publish(
    candidate: Candidate, scope: Scope, store: Store, commit: dict[str, object], *, retyped: bool
) -> int | None:
    """Publish in the cheapest way that is exact; None when nothing changed. A first build commits even no rows."""
    table, spark = candidate.table, store.spark
    is_new = not store.exists(table.name)
    if not (is_new or retyped or candidate.n_changed):
        return None
    if is_new or (candidate.n_changed == candidate.rows["insert"] and not retyped):
        inserted = candidate.read(spark, "insert").drop("_change")
        return store.append(table, _by_day(table, inserted, candidate.rows["insert"]), commit)
    if retyped or table.scope is None:
        visible = _by_day(table, candidate.visible(spark), candidate.n_visible)
        return store.overwrite(table, visible, commit, retyped=retyped)
    if scope.dates is not None:
        return store.replace(table, candidate.visible(spark), scope.dates, commit)
    return store.merge(table, candidate.read(spark, "insert", "update", "delete"), commit)


def _by_day(table: Table, frame: DataFrame, rows: int) -> DataFrame:
    """Of many rows few days in a file, so that an increment reads and replaces only the files of its own days."""
    files = -(-rows // ROWS_A_FILE)
    return frame.repartitionByRange(files, str(table.scope)) if table.scope_is_date and files > 1 else frame
