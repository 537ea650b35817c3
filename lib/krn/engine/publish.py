"""The one commit that makes a candidate visible."""

from krn.engine.candidate import Candidate
from krn.engine.scope import Scope
from krn.store import Store


def publish(
    candidate: Candidate, scope: Scope, store: Store, commit: dict[str, object], *, retyped: bool
) -> int | None:
    """Publish in the cheapest way that is exact; None when nothing changed. A first build commits even no rows."""
    table, spark = candidate.table, store.spark
    is_new = not store.exists(table.name)
    if not (is_new or retyped or candidate.n_changed):
        return None
    if is_new or (candidate.n_changed == candidate.rows["insert"] and not retyped):
        return store.append(table, candidate.read(spark, "insert").drop("_change"), commit)
    if retyped or table.scope is None:
        return store.overwrite(table, candidate.visible(spark), commit, retyped=retyped)
    if scope.dates is not None:
        return store.replace(table, candidate.visible(spark), scope.dates, commit)
    return store.merge(table, candidate.read(spark, "insert", "update", "delete"), commit)
